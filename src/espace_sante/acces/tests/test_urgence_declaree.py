"""What an emergency must state: the bounds of its reason, the two facts of the law (EMG-01, EMG-02). Pure."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.errors import UrgenceRefusee
from espace_sante.acces.urgence import Declaration, verifier
from espace_sante.kernel.codes import ModeAcces

BRIS, C15 = ModeAcces.BRIS_DE_GLACE, ModeAcces.CENTRE_15
BLANCS = st.text(" \t\n\u00a0\u2009", max_size=5)
MOTS = st.lists(st.text("abcdéèœ’-", min_size=1, max_size=60), max_size=14)


def _code(mode: ModeAcces, declaration: Declaration) -> str:
    try:
        verifier(mode, declaration)
    except UrgenceRefusee as refus:
        return refus.code if refus.message else "sans message"
    return ""


@pytest.mark.rule("EMG-01", "EMG-02")
@given(MOTS, BLANCS, BLANCS, st.booleans(), st.booleans(), st.sampled_from([BRIS, C15]))
def test_the_reason_counts_its_letters_and_not_its_blanks(
    mots: list[str], avant: str, entre: str, hors_d_etat: bool, risque: bool, mode: ModeAcces
) -> None:
    declaration = Declaration(avant + (entre + " ").join(mots) + entre, hors_d_etat, risque)
    nettoye = " ".join(mots)
    if len(nettoye) < 10:
        attendu = "motif_absent"
    elif len(nettoye) > 500:
        attendu = "motif_trop_long"
    elif mode == "bris_de_glace" and not (hors_d_etat and risque):
        attendu = "faits_non_attestes"
    else:
        attendu = ""
    assert _code(mode, declaration) == attendu
    if not attendu:
        assert verifier(mode, declaration) == nettoye


@pytest.mark.rule("EMG-01")
@pytest.mark.parametrize(
    ("longueur", "code"), [(0, "motif_absent"), (9, "motif_absent"), (10, ""), (500, ""), (501, "motif_trop_long")]
)  # fmt: skip
def test_ten_to_five_hundred_characters(longueur: int, code: str) -> None:
    for mode in (BRIS, C15):
        assert _code(mode, Declaration("x" * longueur, hors_d_etat=True, risque_immediat=True)) == code


@pytest.mark.rule("EMG-01", "EMG-02")
def test_both_facts_for_the_glass_and_none_for_centre_15() -> None:
    raison = "Personne inconsciente"
    for hors_d_etat, risque in itertools.product((True, False), repeat=2):
        faits = Declaration(raison, hors_d_etat=hors_d_etat, risque_immediat=risque)
        assert (_code(BRIS, faits) == "") is (hors_d_etat and risque)
        assert _code(C15, faits) == ""
    assert _code(BRIS, Declaration(raison)) == "faits_non_attestes"
