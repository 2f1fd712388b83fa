"""What is sealed comes back the same; what finds an appointment tells nothing (FHR-155, FHR-156)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.agenda.filtre import empreinte, empreintes
from espace_sante.agenda.statuts import Statut
from espace_sante.agenda.tests.fabrique import recu
from espace_sante.agenda.valeurs import (
    Garde,
    GenreParticipant,
    Identifiant,
    Origine,
    Participant,
    Periode,
    RendezVous,
    ecrire,
    lire,
)
from espace_sante.documents.metadonnees import Code

TEXTE = st.text(max_size=20)
MOMENT = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
RENDEZ_VOUS = st.builds(
    RendezVous,
    identifiants=st.lists(st.builds(Identifiant, TEXTE, TEXTE), min_size=1, max_size=3).map(tuple),
    statut=st.sampled_from(Statut),
    participants=st.lists(
        st.builds(Participant, genre=st.sampled_from(GenreParticipant), statut=TEXTE, nom=TEXTE), max_size=3
    ).map(tuple),
    debut=MOMENT,
    fin=st.none() | MOMENT,
    periodes=st.lists(st.builds(Periode, st.none() | MOMENT, st.none() | MOMENT), max_size=2).map(tuple),
    prestations=st.lists(st.builds(Code, TEXTE, TEXTE, TEXTE), max_size=2).map(tuple),
    creneaux=st.lists(st.uuids(), max_size=2).map(tuple),
    representation=st.binary(max_size=40),
)


@pytest.mark.rule("FHR-154")
@given(RENDEZ_VOUS)
def test_sealed_and_opened_again(rdv: RendezVous) -> None:
    garde = Garde(rdv, Origine("service", "Carnet", "", ""))
    assert lire(ecrire(garde)) == garde


@pytest.mark.rule("AGD-14")
def test_until_when_it_is_to_come() -> None:
    rdv = recu("1")
    assert (rdv.quand, rdv.jusqua) == (rdv.debut, rdv.fin)
    debut = datetime(2030, 1, 1, tzinfo=UTC)
    sans_fin = RendezVous(identifiants=(), statut=Statut.BOOKED, participants=(), debut=debut)
    assert sans_fin.jusqua == debut + timedelta(hours=1)
    voulu = RendezVous(
        identifiants=(), statut=Statut.PROPOSED, participants=(),
        periodes=(Periode(None, debut), Periode(debut + timedelta(days=2), None)),
    )  # fmt: skip
    assert (voulu.quand, voulu.jusqua) == (debut, debut + timedelta(days=2))


@pytest.mark.rule("FHR-156")
@given(st.lists(st.tuples(TEXTE, TEXTE), min_size=2, max_size=2, unique=True))
def test_two_identifiers_never_meet(paires: list[tuple[str, str]]) -> None:
    (s1, v1), (s2, v2) = paires
    assert empreinte(s1, v1, b"k") != empreinte(s2, v2, b"k")
    assert (empreinte(None, v1, b"k") == empreinte(None, v2, b"k")) is (v1 == v2)
    assert empreinte(s1, v1, b"k") != empreinte(None, v1, b"k")
    assert empreinte(s1, v1, b"k") != empreinte(s1, v1, b"autre")
    assert empreintes((Identifiant(s1, v1),), b"k")[0] == empreinte(s1, v1, b"k")
