"""Traits of a document against those of the record, at the gate (CDA-29, CDA-30)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces import queries
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.concordance import concorder
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.queries import identite
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres import direct
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces

LOU = Traits("MARTIN", "Lou", "1978-03-02", "F", "14118")
_mots = st.text("abcdéèïç-' ", min_size=1, max_size=12).filter(lambda t: t.strip("-' "))


def _refus(du_document: Traits, du_dossier: Traits = LOU) -> str:
    try:
        concorder([replace(document(), traits=du_document)], du_dossier)
    except AlimentationRefusee as refus:
        return refus.code
    return ""


@pytest.mark.rule("CDA-29")
@given(_mots, _mots, st.sampled_from("MFI"), st.dates())
def test_only_the_birth_date_and_the_sex_refuse(nom: str, prenom: str, sexe: str, jour: object) -> None:
    du_document = Traits(nom, prenom, str(jour), sexe)  # type: ignore[arg-type]
    attendu = sexe != LOU.sexe or str(jour) != LOU.date_naissance
    assert bool(_refus(du_document)) is attendu


@pytest.mark.rule("CDA-29")
@given(_mots, _mots)
def test_case_accents_and_hyphens_say_nothing(nom: str, prenom: str) -> None:
    du_dossier = Traits(nom.upper(), prenom.replace("-", " "), "1978-03-02", "F")
    plie = Traits(nom, prenom, "1978-03-02", "F")
    assert concorder([replace(document(), traits=plie)], du_dossier) == ()


@pytest.mark.rule("CDA-29")
def test_a_document_that_names_nobody_is_not_compared() -> None:
    assert concorder([document()], LOU) == ()
    assert concorder([replace(document(), traits=LOU)], None) == ()


@pytest.mark.rule("CDA-29")
@pytest.mark.django_db
@pytest.mark.parametrize("autre", [{"date_naissance": "1979-03-02"}, {"sexe": "M"}])
def test_another_birth_date_or_sex_stores_nothing_and_is_traced(autre: dict[str, str]) -> None:
    dossier_id, _ = dossier(71)
    pro = professionnel()
    faux = replace(document(auteur=pro), traits=replace(LOU, **autre))  # type: ignore[arg-type]
    with pytest.raises(AlimentationRefusee) as refus:
        # All or nothing: the good document of the lot is not stored either.
        alimenter(pro, dossier_id, lot(pro, document(auteur=pro), faux), contexte=CONTEXTE)
    assert refus.value.code == "traits_differents"
    assert "1978" not in refus.value.message
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lister(Filtre()).elements == ()
        motifs = [t.motif for t in espace.historique(FiltreTraces()).elements]
    assert "traits_differents" in motifs


@pytest.mark.rule("CDA-29", "CDA-30")
@pytest.mark.django_db
def test_another_name_is_stored_told_and_changes_no_identity(settings: Any) -> None:
    dossier_id, _ = dossier(72)
    pro = professionnel()
    autre = replace(document(auteur=pro), traits=Traits("MARTIN-DURAND", "Louise", "1978-03-02", "F"))
    meme = replace(document(auteur=pro), traits=Traits("Martin", "LOU ANNE", "1978-03-02", "F"))
    fait = alimenter(pro, dossier_id, lot(pro, autre, meme), contexte=CONTEXTE)
    assert fait.noms_differents == (autre.id,)
    with portee(dossier_id):
        assert identite(dossier_id).traits == LOU
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        depots = {
            t.document_ids[0]: t.motif
            for t in espace.historique(FiltreTraces()).elements
            if t.action == "depot"
        }
    assert depots == {autre.id: "noms_differents", meme.id: ""}
    settings.ES_INS_TRAITS = "refuse"
    with pytest.raises(AlimentationRefusee):
        alimenter(
            pro, dossier_id, lot(pro, replace(document(auteur=pro), traits=autre.traits)), contexte=CONTEXTE
        )


@pytest.mark.rule("CDA-29")
@pytest.mark.django_db
def test_the_traits_cost_no_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, _ = dossier(73)
    pro = professionnel()
    sans, avec = document(auteur=pro), replace(document(auteur=pro), traits=LOU)
    allers: list[int] = []
    for nouveau in (sans, avec):
        with _compter(monkeypatch) as compte, CaptureQueriesContext(connection) as requetes:
            alimenter(pro, dossier_id, lot(pro, nouveau), contexte=CONTEXTE)
        allers.append(compte[0] + len(requetes))
    assert allers[0] == allers[1]


@contextmanager
def _compter(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Round trips of what goes straight to the database."""
    compte, vrai = [0], direct.Canal.envoyer

    def espion(canal: direct.Canal, ordres: tuple[direct.Ordre, ...]) -> object:
        compte[0] += 1
        return vrai(canal, ordres)

    with monkeypatch.context() as m:
        m.setattr(direct.Canal, "envoyer", espion)
        yield compte


@pytest.mark.rule("CDA-29")
@pytest.mark.django_db
def test_a_reading_does_not_pay_for_the_traits() -> None:
    dossier_id: UUID = dossier(74)[0]
    with queries.portee_et_situation(dossier_id, titulaire(dossier_id)) as vue:
        assert vue.traits is None
    with queries.portee_et_situation(dossier_id, titulaire(dossier_id), traits=True) as vue:
        assert vue.traits == LOU
