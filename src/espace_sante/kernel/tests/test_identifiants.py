import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.kernel.identifiants import (
    OID_PS,
    SYSTEME_IDNAT_PS,
    SYSTEME_RPPS,
    Finess,
    IdentifiantInvalide,
    Rpps,
    Siret,
    idnat_vers_rpps,
    lire_structure,
    rpps_vers_idnat,
    struct_idnat,
)

_rpps = st.from_regex(r"\A[0-9]{11}\Z")


@pytest.mark.rule("ANN-07")
@given(_rpps)
def test_both_systems_denote_the_same_person(rpps: str) -> None:
    idnat = rpps_vers_idnat(rpps)
    assert idnat == "8" + rpps
    assert idnat_vers_rpps(idnat) == rpps
    personne = Rpps.lire(rpps, SYSTEME_RPPS)
    assert personne == Rpps.lire(idnat, SYSTEME_IDNAT_PS) == Rpps.lire(idnat, OID_PS)
    assert personne == Rpps.lire(rpps) == Rpps.lire(idnat)
    assert personne.idnat == idnat
    assert str(personne) == rpps


@pytest.mark.rule("ANN-07")
@pytest.mark.parametrize(
    ("texte", "systeme", "code"),
    [
        ("1000000001", "", "rpps_format"),
        ("010000000012", "", "idnat_format"),
        ("10000000001", SYSTEME_IDNAT_PS, "idnat_format"),
        ("810000000001", SYSTEME_RPPS, "rpps_format"),
        ("10000000001", "urn:oid:1.2.3", "systeme_inconnu"),
        ("1000000000١", "", "rpps_format"),
    ],
)
def test_wrong_numbers_of_persons(texte: str, systeme: str, code: str) -> None:
    with pytest.raises(IdentifiantInvalide) as refus:
        Rpps.lire(texte, systeme)
    assert refus.value.code == code


@pytest.mark.rule("ANN-07")
def test_structures() -> None:
    assert struct_idnat("140000100") == "1140000100"
    assert lire_structure("1140000100") == Finess("140000100")
    assert lire_structure("12a0000123").idnat == "12A0000123"
    assert lire_structure("312345678901234") == Siret("12345678901234")
    assert Siret("12345678901234").idnat == "312345678901234"


@pytest.mark.rule("ANN-07")
@pytest.mark.parametrize(
    "idnat", ["", "1", "114000010", "11400001000", "3140000100", "4140000100", "1C40000100"]
)
def test_wrong_numbers_of_structures(idnat: str) -> None:
    with pytest.raises(IdentifiantInvalide):
        lire_structure(idnat)
