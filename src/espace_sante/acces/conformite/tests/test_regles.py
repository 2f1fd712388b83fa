"""The judge of a conformance run, alone: each step, each way to fail it (OID-34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.conformite.regles import ETAPES, Etat, Fait, a_la_fin, juger, reussi
from espace_sante.traces.ecriture import Action

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
A, B, AUTRE = UUID(int=1), UUID(int=2), UUID(int=9)


def _f(rang: int, action: Action, *documents: UUID, motif: str = "", refus: bool = False) -> Fait:
    return Fait(action.value, "refus" if refus else "fait", motif, documents, T0 + timedelta(seconds=rang))


BON = [
    _f(0, Action.DEPOT, A),
    _f(1, Action.REMPLACEMENT, B, A),
    _f(2, Action.LISTE),
    _f(3, Action.TELECHARGEMENT, B),
    _f(4, Action.CONFIDENTIALITE, B, motif="N>masque+N"),
    _f(5, Action.SUPPRESSION, B, motif="current>entered-in-error"),
    _f(6, Action.DEPOT, motif="unique_id_utilise", refus=True),
    _f(7, Action.OUVERTURE, motif="ins_non_qualifiee", refus=True),
    _f(8, Action.LECTURE, motif="document_introuvable", refus=True),
]


@pytest.mark.rule("OID-34")
def test_a_software_that_does_everything_passes() -> None:
    constats = juger(BON)
    assert [(c.etape, c.etat) for c in constats] == [(e, Etat.REUSSI) for e in ETAPES]
    assert reussi(constats)
    assert not reussi(constats[:-1])


@pytest.mark.rule("OID-34")
@pytest.mark.parametrize(("rang", "etape"), list(enumerate(ETAPES)))
def test_no_step_passes_without_its_own_call(rang: int, etape: str) -> None:
    constats = juger([f for n, f in enumerate(BON) if n != rang])
    assert not reussi(constats)
    assert {c.etape: c.etat for c in constats}[etape] is not Etat.REUSSI
    assert {c.etape: c.motif for c in a_la_fin(juger([]))} == dict.fromkeys(ETAPES, "pas_vu")


@pytest.mark.rule("OID-34")
@pytest.mark.parametrize(
    ("rang", "a_la_place", "etape", "motif"),
    [
        (0, _f(0, Action.DEPOT, motif="consentement_absent", refus=True), "depot", "unique_id_utilise"),
        (1, _f(1, Action.REMPLACEMENT, B, AUTRE), "remplacement", "autre_document"),
        (1, _f(1, Action.DEPOT, motif="non_auteur", refus=True), "remplacement", "non_auteur"),
        (2, _f(-1, Action.LISTE), "recherche", "avant_depot"),
        (
            2,
            _f(2, Action.OUVERTURE, motif="consentement_absent", refus=True),
            "recherche",
            "consentement_absent",
        ),
        (3, _f(3, Action.TELECHARGEMENT, AUTRE), "lecture", "autre_document"),
        (3, _f(3, Action.LECTURE, B), "lecture", "sans_contenu"),
        (4, _f(4, Action.CONFIDENTIALITE, B, motif="masque+N>N"), "masquage", "sans_masque"),
        (4, _f(4, Action.CONFIDENTIALITE, AUTRE, motif="N>masque+N"), "masquage", "autre_document"),
        (
            4,
            _f(4, Action.CONFIDENTIALITE, motif="etiquette_interdite", refus=True),
            "masquage",
            "etiquette_interdite",
        ),
        (5, _f(5, Action.SUPPRESSION, AUTRE), "suppression", "autre_document"),
    ],
)
def test_each_failure_says_why(rang: int, a_la_place: Fait, etape: str, motif: str) -> None:
    faits = sorted([*(f for n, f in enumerate(BON) if n != rang), a_la_place], key=lambda f: f.quand)
    constat = {c.etape: c for c in juger(faits)}[etape]
    assert (constat.etat, constat.motif) == (Etat.ECHOUE, motif)
    # Done again, rightly: the run goes on.
    encore = [*faits, replace(BON[rang], quand=T0 + timedelta(seconds=20))]
    if rang:
        assert {c.etape: c for c in juger(encore)}[etape].etat is Etat.REUSSI


@pytest.mark.rule("OID-34")
def test_a_refusal_before_there_is_anything_to_refuse_proves_nothing() -> None:
    refus = [_f(n, a, motif=m, refus=True) for n, (a, m) in enumerate([
        (Action.DEPOT, "unique_id_utilise"), (Action.LECTURE, "document_introuvable"),
    ])]  # fmt: skip
    etats = {c.etape: c.etat for c in juger(refus)}
    assert (etats["refus_doublon"], etats["refus_supprime"]) == (Etat.ATTENDU, Etat.ATTENDU)


@pytest.mark.rule("OID-34")
@given(st.lists(st.sampled_from(BON), max_size=30))
def test_only_all_nine_calls_pass(faits: list[Fait]) -> None:
    assert reussi(juger(faits)) <= set(BON).issubset(faits)
