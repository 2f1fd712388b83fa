"""Labels: every published spelling read, one written."""

from __future__ import annotations

import pytest

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.etiquettes import (
    CONFIDENTIALITE,
    VISIBILITE,
    Etiquettes,
    concepts,
    lire_etiquettes,
)
from espace_sante.interop.fhir.structs import CodeableConcept, Coding

_FAUTIF = (
    "https://mos.esante.gouv.fr/NOS/TRE_A07-StatusVisibiliteDocument/FHIR/TRE-A07-StatusVisibiliteDocument"
)


def _lire(*paires: tuple[str, str]) -> tuple[Etiquettes, list[Constat]]:
    constats: list[Constat] = []
    liste = [CodeableConcept(coding=[Coding(system=s, code=c)]) for s, c in paires]
    return lire_etiquettes(liste, "x", constats), constats


@pytest.mark.rule("FHR-82")
@pytest.mark.parametrize("systeme", [VISIBILITE, _FAUTIF, "urn:oid:1.2.250.1.213.1.1.4.13"])
def test_every_spelling_of_the_visibility_system(systeme: str) -> None:
    lues, constats = _lire((systeme, "MASQUE_PS"), (systeme, "N"))
    assert constats == []
    assert lues == Etiquettes("N", masque_ps=True)


@pytest.mark.rule("FHR-82")
def test_the_short_name_of_the_third_label() -> None:
    lues, constats = _lire((VISIBILITE, "INVISIBLE_REP_LEGAUX"))
    assert constats == []
    assert lues.codes == ("INVISIBLE_REPRESENTANTS_LEGAUX", "N")


@pytest.mark.rule("FHR-81")
def test_normal_is_added_to_a_visibility_label_alone() -> None:
    assert _lire((VISIBILITE, "MASQUE_PS"))[0].niveau == "N"


@pytest.mark.rule("FHR-81")
@pytest.mark.parametrize(
    ("systeme", "code"),
    [
        (CONFIDENTIALITE, "M"),
        (CONFIDENTIALITE, "MASQUE_PS"),
        (VISIBILITE, "MASQUE_PT"),
        ("http://snomed.info/sct", "N"),
        ("", "N"),
    ],
)
def test_unknown_labels(systeme: str, code: str) -> None:
    assert [c.code for c in _lire((systeme, code))[1]] == ["etiquette-inconnue"]


@pytest.mark.rule("FHR-113")
def test_a_set_in_a_fixed_order_without_duplicates() -> None:
    lues, constats = _lire(
        (CONFIDENTIALITE, "V"),
        (VISIBILITE, "INVISIBLE_PATIENT"),
        (VISIBILITE, "MASQUE_PS"),
        (_FAUTIF, "MASQUE_PS"),
        (CONFIDENTIALITE, "V"),
    )
    assert constats == []
    assert lues.codes == ("MASQUE_PS", "INVISIBLE_PATIENT", "V")
    rendus = concepts(lues)
    assert [(c.coding[0].system, c.coding[0].code) for c in rendus] == [
        (VISIBILITE, "MASQUE_PS"),
        (VISIBILITE, "INVISIBLE_PATIENT"),
        (CONFIDENTIALITE, "V"),
    ]


@pytest.mark.rule("FHR-113")
def test_two_levels_contradict_each_other() -> None:
    assert [c.code for c in _lire((CONFIDENTIALITE, "N"), (CONFIDENTIALITE, "R"))[1]] == [
        "etiquettes-contraires"
    ]
