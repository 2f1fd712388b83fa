import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.kernel.traits import Traits, comparer, plier

_noms = st.text(st.characters(categories=["L", "M", "Zs", "Pd", "Po"]), max_size=40)


def _traits(**autres: str) -> Traits:
    valeurs = {
        "nom_naissance": "PATIENT-FEUILLE",
        "prenoms": "Élodie Anne",
        "date_naissance": "1979-03-04",
        "sexe": "F",
        "lieu_naissance": "51215",
    } | autres
    return Traits(**valeurs)  # type: ignore[arg-type]


@pytest.mark.rule("IDN-12")
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Élodie", "ELODIE"),
        ("Jean-Pierre", "jean pierre"),
        ("D’Arc", "D'ARC"),
        ("D'ARC", "d arc"),
        ("  de   la  Tour ", "DE LA TOUR"),
        ("Lœuf", "LOEUF"),
        ("François‐Noël", "FRANCOIS NOEL"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_are_the_same(a: str, b: str) -> None:
    assert plier(a) == plier(b)


@pytest.mark.rule("IDN-12")
@pytest.mark.parametrize(("a", "b"), [("MARTIN", "MARTINE"), ("DE LA TOUR", "DELATOUR"), ("", "A")])
def test_names_that_are_not(a: str, b: str) -> None:
    assert plier(a) != plier(b)


@pytest.mark.rule("IDN-12")
@given(_noms)
def test_folding_is_stable(nom: str) -> None:
    plie = plier(nom)
    assert plier(plie) == plie
    assert plier(unicodedata.normalize("NFD", nom)) == plier(unicodedata.normalize("NFC", nom))
    assert "  " not in plie
    assert plie == plie.strip()


@pytest.mark.rule("IDN-09", "IDN-12")
def test_differing_traits_are_named() -> None:
    assert comparer(_traits(), _traits(nom_naissance="Patient Feuille", prenoms="ELODIE")) == ()
    assert comparer(
        _traits(),
        _traits(nom_naissance="X", prenoms="Anne", date_naissance="1979-03-05", sexe="M", lieu_naissance="1"),
    ) == ("nom_naissance", "prenoms", "date_naissance", "sexe", "lieu_naissance")


@pytest.mark.rule("IDN-09")
def test_a_missing_name_differs_but_a_missing_place_does_not() -> None:
    assert comparer(_traits(), _traits(lieu_naissance="", prenoms="", date_naissance="")) == (
        "prenoms",
        "date_naissance",
    )


@pytest.mark.rule("IDN-11")
@pytest.mark.parametrize("partielle", ["1979", "1979-03", "1979-00-00", "1979-03-00"])
def test_partial_dates_compare_on_known_parts(partielle: str) -> None:
    assert comparer(_traits(), _traits(date_naissance=partielle)) == ()
    assert comparer(_traits(date_naissance=partielle), _traits(date_naissance="1980-03-04")) == (
        "date_naissance",
    )


@given(
    st.builds(_traits, nom_naissance=_noms, prenoms=_noms),
    st.builds(_traits, nom_naissance=_noms, prenoms=_noms),
)
def test_comparison_has_no_direction(a: Traits, b: Traits) -> None:
    assert comparer(a, b) == comparer(b, a)
    assert comparer(a, a) == ()


def test_nothing_printable_shows_the_traits() -> None:
    assert repr(_traits()) == "<Traits>"
