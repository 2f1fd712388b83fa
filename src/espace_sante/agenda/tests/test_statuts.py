"""Statuses and what they may become (FHR-154, AGD-11 to AGD-13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.agenda.statuts import CREATION, RECUS, Statut, mot, possible

S = Statut
CHEMIN = st.lists(st.sampled_from(sorted(S)), min_size=1, max_size=8)


@pytest.mark.rule("FHR-154")
def test_what_a_source_may_send() -> None:
    assert {s.value for s in CREATION} == {
        "booked",
        "cancelled",
        "proposed",
        "pending",
        "fulfilled",
        "noshow",
    }
    assert {S.ENTERED_IN_ERROR} == RECUS - CREATION


@pytest.mark.rule("AGD-11", "FHR-154")
@pytest.mark.parametrize(
    ("avant", "apres", "permis"),
    [
        (S.PROPOSED, S.BOOKED, True), (S.PENDING, S.CANCELLED, True), (S.BOOKED, S.FULFILLED, True),
        (S.BOOKED, S.PENDING, True), (S.FULFILLED, S.NOSHOW, True), (S.NOSHOW, S.FULFILLED, True),
        (S.CANCELLED, S.BOOKED, False), (S.CANCELLED, S.FULFILLED, False), (S.FULFILLED, S.BOOKED, False),
        (S.NOSHOW, S.CANCELLED, False), (S.CANCELLED, S.ENTERED_IN_ERROR, True),
        (S.ENTERED_IN_ERROR, S.BOOKED, False),
    ],
)  # fmt: skip
def test_transitions(avant: Statut, apres: Statut, permis: bool) -> None:
    assert possible(avant, apres) is permis


@pytest.mark.rule("AGD-11", "AGD-13")
@given(CHEMIN)
def test_nothing_comes_back_from_its_end(suite: list[Statut]) -> None:
    ici, finis = suite[0], {S.CANCELLED, S.FULFILLED, S.NOSHOW, S.ENTERED_IN_ERROR}
    for voulu in suite[1:]:
        avant = ici
        assert possible(ici, ici), "the same status again is no change"
        if possible(ici, voulu):
            ici = voulu
        assert avant not in finis or ici in finis
        assert avant is not S.ENTERED_IN_ERROR or ici is S.ENTERED_IN_ERROR
        assert avant is not S.CANCELLED or ici in {S.CANCELLED, S.ENTERED_IN_ERROR}


@pytest.mark.rule("AGD-12")
def test_words() -> None:
    assert {s: mot(s) for s in S if mot(s) != "En attente"} == {
        S.BOOKED: "Confirmé", S.FULFILLED: "Honoré", S.CANCELLED: "Annulé", S.NOSHOW: "Non honoré",
        S.ENTERED_IN_ERROR: "Saisi par erreur",
    }  # fmt: skip
