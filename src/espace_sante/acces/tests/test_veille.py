"""Watch rules: what alerts, what just does not, and what an alert holds (AUD-21, AUD-22)."""

from __future__ import annotations

import logging
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.signalements import OperateurRequis
from espace_sante.acces.surveillance import (
    alertes,
    demander_identite,
    repondre_identite,
    sans_reponse,
    surveiller,
)
from espace_sante.acces.taches_veille import veille
from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.acces.veille import Alerte, Passage, Regle, Seuils, horaires, veiller
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Titulaire
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.models import AlerteVeille, Trace

SEUILS = Seuils(dossiers_par_heure=5, meme_nom_par_jour=2, urgences_par_mois=3, ouverture=7, fermeture=21)
MIDI = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="Camille")


def _passage(
    n: int, quand: datetime, rpps: str = "A", mode: str = "normal", *, meme_nom: bool = False
) -> Passage:
    return Passage(rpps, UUID(int=n), quand, mode, meme_nom)


def _regles(passages: list[Passage]) -> dict[Regle, int]:
    ranges = sorted(passages, key=lambda p: (p.rpps, p.quand))
    return {a.regle: a.nombre for a in veiller(ranges, SEUILS)}


@pytest.mark.rule("AUD-21")
@pytest.mark.parametrize(("nombre", "attendu"), [(4, {}), (5, {Regle.BEAUCOUP: 5}), (7, {Regle.BEAUCOUP: 7})])
def test_many_records_within_an_hour(nombre: int, attendu: dict[Regle, int]) -> None:
    assert _regles([_passage(n, MIDI + timedelta(minutes=n)) for n in range(nombre)]) == attendu


@pytest.mark.rule("AUD-21")
def test_the_hour_slides_and_one_record_read_often_is_one() -> None:
    assert not _regles([_passage(n, MIDI + timedelta(minutes=15 * n)) for n in range(12)])
    assert not _regles([_passage(1, MIDI + timedelta(minutes=n)) for n in range(50)])
    a_cheval = [_passage(n, MIDI + timedelta(minutes=58 + n)) for n in range(5)]
    assert _regles(a_cheval) == {Regle.BEAUCOUP: 5}
    deux = [_passage(n, MIDI, rpps) for n in range(3) for rpps in "AB"]
    assert not _regles(deux)


@pytest.mark.rule("AUD-21")
def test_records_of_his_own_name() -> None:
    assert not _regles(
        [_passage(1, MIDI, meme_nom=True), _passage(1, MIDI + timedelta(hours=1), meme_nom=True)]
    )
    assert not _regles([_passage(n, MIDI + timedelta(days=n), meme_nom=True) for n in range(3)])
    assert _regles([_passage(n, MIDI, meme_nom=True) for n in range(2)]) == {Regle.MEME_NOM: 2}


@pytest.mark.rule("AUD-21")
def test_many_emergencies_in_thirty_days_whatever_the_hour() -> None:
    nuit = MIDI + timedelta(hours=14)
    urgences = [_passage(n, nuit + timedelta(days=14 * n), mode="bris_de_glace") for n in range(3)]
    assert _regles(urgences) == {Regle.URGENCES: 3}
    assert not _regles([_passage(n, nuit + timedelta(days=15 * n), mode="centre_15") for n in range(3)])


@pytest.mark.rule("AUD-21")
@pytest.mark.parametrize(
    ("heure_utc", "alerte"), [(5, True), (6, False), (19, False), (20, True), (23, True)]
)
def test_outside_the_hours_of_paris(heure_utc: int, alerte: bool) -> None:
    assert (Regle.HORAIRES in _regles([_passage(1, MIDI.replace(hour=heure_utc, minute=30))])) is alerte


@pytest.mark.parametrize("texte", ["", "7", "7-25", "a-b", "-1-8"])
def test_hours_that_cannot_be_read(texte: str) -> None:
    assert horaires("7-21") == (7, 21)
    with pytest.raises(ValueError):
        horaires(texte)


def _trace(rpps: str, dossier_id: UUID, quand: datetime, mode: str = "normal") -> None:
    Trace.objects.using("proprietaire").create(
        dossier_id=dossier_id, id=uuid7(), quand=quand, acteur_genre="professionnel", acteur_id=rpps,
        acteur_nom="Dr Anne MOREL", action="lecture", resultat="fait", porte="fhir", requete=uuid7(), mode=mode,
    )  # fmt: skip


@pytest.mark.rule("AUD-21", "REG-12")
@pytest.mark.django_db(databases=["default", "proprietaire"])
def test_the_job_keeps_one_alert_a_day_without_naming_a_record(caplog: pytest.LogCaptureFixture) -> None:
    rpps = professionnel().rpps
    dossiers = [uuid7() for _ in range(3)]
    for n, dossier_id in enumerate(dossiers):
        Titulaire.objects.using("proprietaire").create(
            dossier_id=dossier_id, matricule="1", oid="o", nom_naissance="Môrel" if n < 2 else "MARTIN",
            prenoms="Lou", date_naissance="1980", sexe="F",
        )  # fmt: skip
        _trace(rpps, dossier_id, MIDI - timedelta(hours=n))
    with caplog.at_level(logging.INFO):
        veille.func(timestamp=int(MIDI.timestamp()))
    assert surveiller(MIDI) == 0
    (ligne,) = alertes(OPERATEUR, depuis=date(2026, 11, 1))
    assert ligne == Alerte(Regle.MEME_NOM, rpps, MIDI.date(), 2)
    assert {c.name for c in AlerteVeille._meta.get_fields()} == {
        "id",
        "regle",
        "rpps",
        "jour",
        "nombre",
        "quand",
    }
    journal = str([vars(r) for r in caplog.records])
    assert "'code': 'veille'" in journal
    for interdit in (rpps, "MOREL", *map(str, dossiers)):
        assert interdit not in journal
    with pytest.raises(OperateurRequis):
        alertes(professionnel(), depuis=date(2026, 11, 1))


@pytest.mark.rule("AUD-21")
def test_memory_does_not_grow_with_the_day() -> None:
    """A day of two hundred thousand passages, read one by one: nothing of it is kept but what is counted."""

    def journee() -> Iterator[Passage]:
        for pro in range(200):
            for n in range(1000):
                yield _passage(n % 4, MIDI + timedelta(seconds=n), f"{pro:03d}")

    tracemalloc.start()
    assert list(veiller(journee(), SEUILS)) == []
    _, pointe = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pointe < 200_000


@pytest.mark.rule("AUD-21")
@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"), st.integers(0, 8), st.integers(0, 180), st.booleans(), st.booleans()
        ),
        max_size=80,
    )
)
def test_the_windows_agree_with_a_naive_count(actes: list[tuple[str, int, int, bool, bool]]) -> None:
    passages = sorted(
        (_passage(d, MIDI + timedelta(minutes=m), r, "centre_15" if u else "normal", meme_nom=n)
         for r, d, m, u, n in actes),
        key=lambda p: (p.rpps, p.quand),
    )  # fmt: skip
    naif: dict[tuple[Regle, str], int] = {}
    for fin in passages:
        avant = [p for p in passages if p.rpps == fin.rpps and p.quand <= fin.quand]
        for regle, vus, seuil in (
            (Regle.BEAUCOUP, [p for p in avant if p.quand > fin.quand - timedelta(hours=1)], 5),
            (Regle.MEME_NOM, [p for p in avant if p.meme_nom], 2),
            (Regle.URGENCES, [p for p in avant if p.mode != "normal"], 3),
        ):
            nombre = len({p.dossier_id for p in vus})
            if nombre >= seuil:
                naif[regle, fin.rpps] = max(nombre, naif.get((regle, fin.rpps), 0))
    assert {(a.regle, a.rpps): a.nombre for a in veiller(passages, SEUILS)} == naif


@pytest.mark.rule("AUD-22")
@pytest.mark.django_db
def test_a_structure_has_five_working_days_to_say_who_it_was() -> None:
    jeudi = datetime(2026, 12, 24, 9, tzinfo=UTC)
    demande = demander_identite(OPERATEUR, "1990000001", uuid7(), jeudi)
    assert demande.echeance == date(2027, 1, 4)
    assert sans_reponse(OPERATEUR, date(2027, 1, 4)) == []
    assert [d.id for d in sans_reponse(OPERATEUR, date(2027, 1, 5))] == [demande.id]
    repondre_identite(demande, "99000000001", jeudi)
    assert sans_reponse(OPERATEUR, date(2027, 1, 5)) == []
    with pytest.raises(OperateurRequis):
        demander_identite(Acteur(GenreActeur.STRUCTURE), "1", uuid7(), jeudi)
