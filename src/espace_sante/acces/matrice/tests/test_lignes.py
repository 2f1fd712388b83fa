"""Lines and differences, pure: what is previewed is what is approved (rules ACC-37, ACC-39, ACC-44, ACC-45)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.matrice import lignes
from espace_sante.acces.matrice.lignes import Case, Cle, Groupe

GROUPES = [Groupe(s, p, f) for s in ("TRE_G15", "TRE_R85") for p in ("10", "21") for f in ("", "SM03", "G")]
CASES = st.lists(
    st.builds(
        Case,
        st.builds(Cle, st.sampled_from(GROUPES), st.sampled_from("ABCDE")),
        st.booleans(),
        st.just("official"),
    ),
    unique_by=lambda c: c.cle,
)
SYSTEMES = st.sets(st.sampled_from(["TRE_G15", "TRE_R85"]))


def naive(cases: list[Case], systemes: set[str], groupe: Groupe, type_code: str) -> bool:
    """Straight from the rulebook: look for the precise cell, else the profession's, else no."""
    if groupe.systeme not in systemes:
        return False
    for cherche in (groupe, Groupe(groupe.systeme, groupe.profession)):
        for case in cases:
            if case.cle == Cle(cherche, type_code):
                return case.consultation
    return False


@pytest.mark.rule("ACC-37", "ACC-44", "ACC-45")
@given(CASES, SYSTEMES)
def test_lines_are_those_of_a_naive_scan(cases: list[Case], systemes: set[str]) -> None:
    for groupe, types in lignes.lignes(cases, systemes, GROUPES).items():
        assert types == {t for t in "ABCDE" if naive(cases, systemes, groupe, t)}


@pytest.mark.rule("ACC-39")
@given(CASES, SYSTEMES, CASES, SYSTEMES)
def test_a_preview_applied_to_the_former_edition_gives_the_new_one_exactly(
    avant: list[Case], systemes_avant: set[str], apres: list[Case], systemes_apres: set[str]
) -> None:
    pour = lignes.groupes([*avant, *apres])
    a, b = lignes.lignes(avant, systemes_avant, pour), lignes.lignes(apres, systemes_apres, pour)
    difference = lignes.comparer(a, b)
    assert lignes.appliquer(a, difference) == b
    assert not difference.ouvertures & difference.fermetures
    for cle in difference.ouvertures:
        assert cle.type_code not in a[cle.groupe]
    for cle in difference.fermetures:
        assert cle.type_code in a[cle.groupe]
    assert set(difference.types) == {c.type_code for c in difference.ouvertures | difference.fermetures}


@pytest.mark.rule("ACC-39")
@given(CASES, SYSTEMES)
def test_nothing_differs_from_itself(cases: list[Case], systemes: set[str]) -> None:
    memes = lignes.lignes(cases, systemes, lignes.groupes(cases))
    assert lignes.comparer(memes, memes) == lignes.Difference(frozenset(), frozenset())
