"""The three forms of a PATCH and what they do to a state, without HTTP (FHR-125 to FHR-128, FHR-137)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.etiquettes import CONFIDENTIALITE, VISIBILITE
from espace_sante.interop.fhir.patch import LECTEURS, Etat, appliquer

JSON, XML, FHIR = "application/json-patch+json", "application/xml-patch+xml", "application/fhir+json"
TOUTES = ("MASQUE_PS", "INVISIBLE_PATIENT", "N")


def etiquette(code: str) -> dict[str, Any]:
    systeme = CONFIDENTIALITE if len(code) == 1 else VISIBILITE
    return {"coding": [{"system": systeme, "code": code}]}


def en_xml(code: str) -> str:
    (codage,) = etiquette(code)["coding"]
    return (
        f'<securityLabel xmlns="http://hl7.org/fhir"><coding><system value="{codage["system"]}"/>'
        f'<code value="{code}"/></coding></securityLabel>'
    )


def fhirpath(*operations: dict[str, Any]) -> bytes:
    def part(nom: str, valeur: Any) -> dict[str, Any]:
        cle = {dict: "valueCodeableConcept", bool: "valueBoolean", int: "valueInteger"}.get(
            type(valeur), "valueString"
        )
        return {"name": nom, "part": valeur} if isinstance(valeur, list) else {"name": nom, cle: valeur}

    parametres = [{"name": "operation", "part": [part(n, v) for n, v in o.items()]} for o in operations]
    return json.dumps({"resourceType": "Parameters", "parameter": parametres}).encode()


def diff(interieur: str) -> bytes:
    return f'<diff xmlns:f="http://hl7.org/fhir">{interieur}</diff>'.encode()


def apres(media: str, corps: object, etat: Etat | None = None) -> Etat:
    brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
    return appliquer(LECTEURS[media](brut), etat or Etat("current", ("N",), archive=False))


def refus(media: str, corps: object, etat: Etat | None = None) -> tuple[int, str]:
    with pytest.raises(RefusFhir) as leve:
        apres(media, corps, etat)
    return leve.value.statut, leve.value.constats[0].code


@pytest.mark.rule("FHR-127", "FHR-128", "FHR-113")
@pytest.mark.parametrize(
    ("operation", "attendues"),
    [
        ({"op": "replace", "path": "/securityLabel/0", "value": etiquette("INVISIBLE_REPRESENTANTS_LEGAUX")},
         ("MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX", "N")),
        ({"op": "replace", "path": "/securityLabel/0", "value": etiquette("N")}, ("INVISIBLE_PATIENT", "N")),
        ({"op": "replace", "path": "/securityLabel/1", "value": etiquette("N")}, ("MASQUE_PS", "N")),
        ({"op": "replace", "path": "/securityLabel/2", "value": etiquette("N")}, TOUTES),
        ({"op": "replace", "path": "/securityLabel/2", "value": etiquette("R")}, (*TOUTES[:2], "R")),
        ({"op": "replace", "path": "/securityLabel/1", "value": etiquette("V")}, ("MASQUE_PS", "V")),
        ({"op": "add", "path": "/securityLabel/-", "value": etiquette("MASQUE_PS")}, TOUTES),
        ({"op": "remove", "path": "/securityLabel/1"}, ("MASQUE_PS", "N")),
        ({"op": "replace", "path": "/securityLabel", "value": [etiquette("R")]}, ("R",)),
        ({"op": "replace", "path": "/securityLabel", "value": [etiquette("V"), etiquette("MASQUE_PS")]},
         ("MASQUE_PS", "V")),
    ],
)  # fmt: skip
def test_labels_are_a_set(operation: dict[str, Any], attendues: tuple[str, ...]) -> None:
    assert apres(JSON, [operation], Etat("current", TOUTES, archive=False)).etiquettes == attendues


@pytest.mark.rule("FHR-127")
def test_n_in_place_of_a_label_does_not_lower_the_level() -> None:
    etat = Etat("current", ("MASQUE_PS", "R"), archive=False)
    operation = {"op": "replace", "path": "/securityLabel/0", "value": etiquette("N")}
    assert apres(JSON, [operation], etat).etiquettes == ("R",)


@pytest.mark.rule("FHR-128")
@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "remove", "path": "/securityLabel/2"}],
        [{"op": "remove", "path": "/securityLabel"}],
        [{"op": "replace", "path": "/securityLabel", "value": [etiquette("MASQUE_PS")]}],
        [{"op": "add", "path": "/securityLabel/-", "value": etiquette("V")}],
        [{"op": "replace", "path": "/securityLabel", "value": []}],
    ],
)
def test_one_level_and_one_only(operations: list[dict[str, Any]]) -> None:
    assert refus(JSON, operations, Etat("current", TOUTES, archive=False)) == (422, "etiquette-de-niveau")
    deux = [
        {"op": "add", "path": "/securityLabel/-", "value": etiquette("V")},
        {"op": "remove", "path": "/securityLabel/2"},
    ]
    assert apres(JSON, deux, Etat("current", TOUTES, archive=False)).etiquettes == (*TOUTES[:2], "V")


@pytest.mark.rule("FHR-126", "FHR-128")
@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "remove", "path": "/securityLabel/3"}, "patch-inapplicable"),
        ({"op": "add", "path": "/securityLabel/4", "value": etiquette("V")}, "patch-inapplicable"),
        ({"op": "remove", "path": "/securityLabel/-"}, "patch-inapplicable"),
        ({"op": "replace", "path": "/securityLabel/x", "value": etiquette("V")}, "patch-inapplicable"),
        ({"op": "replace", "path": "/securityLabel/0/coding/0/code", "value": "N"}, "patch-inapplicable"),
        ({"op": "replace", "path": "/securityLabel/0", "value": "N"}, "patch-inapplicable"),
        (
            {"op": "replace", "path": "/securityLabel/0", "value": {"coding": [{"code": "N"}]}},
            "etiquette-inconnue",
        ),
        ({"op": "move", "path": "/securityLabel/0", "from": "/securityLabel/1"}, "patch-inapplicable"),
        ({"op": "remove", "path": "/status"}, "patch-inapplicable"),
        ({"op": "replace", "path": "/status", "value": "final"}, "patch-inapplicable"),
        ({"op": "replace", "path": "/status/0", "value": "current"}, "patch-inapplicable"),
        ({"op": "remove", "path": "/extension/0"}, "patch-inapplicable"),
        ({"op": "replace", "path": "/extension/1/valueBoolean", "value": True}, "patch-inapplicable"),
    ],
)
def test_what_cannot_be_done_to_a_good_element(operation: dict[str, Any], code: str) -> None:
    assert refus(JSON, [operation], Etat("current", TOUTES, archive=False)) == (422, code)


@pytest.mark.rule("FHR-126")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/extension/0/valueBoolean", "value": True},
        {"op": "remove", "path": "/extension/0"},
        {"op": "remove", "path": "/extension"},
        {"op": "add", "path": "/extension/-", "value": {"url": "urn:autre", "valueBoolean": True}},
        {"op": "replace", "path": "/extension[url:'urn:autre']/valueBoolean", "value": True},
        {"op": "test", "path": "/id", "value": "x"},
        {"op": "copy", "path": "/status", "from": "/docStatus"},
    ],
)
def test_protected_elements_come_before_all_else(operation: dict[str, Any]) -> None:
    etat = Etat("current", ("N",), archive=True, autres=1)
    faute = {"op": "remove", "path": "/securityLabel/9"}
    assert refus(JSON, [faute, operation], etat) == (405, "element-protege")


@pytest.mark.rule("FHR-125")
@pytest.mark.parametrize(
    ("operation", "tenue"),
    [
        ({"op": "test", "path": "/status", "value": "current"}, True),
        ({"op": "test", "path": "/status", "value": "superseded"}, False),
        ({"op": "test", "path": "/securityLabel/0", "value": etiquette("MASQUE_PS")}, True),
        ({"op": "test", "path": "/securityLabel/1", "value": etiquette("MASQUE_PS")}, False),
        ({"op": "test", "path": "/securityLabel/9", "value": etiquette("MASQUE_PS")}, False),
        ({"op": "test", "path": "/securityLabel", "value": [etiquette(c) for c in reversed(TOUTES)]}, True),
        ({"op": "test", "path": "/securityLabel", "value": [etiquette("N")]}, False),
        ({"op": "test", "path": f"/extension[url:'{IS_ARCHIVED}']/valueBoolean", "value": False}, True),
        ({"op": "test", "path": f"/extension[url:'{IS_ARCHIVED}']/valueBoolean", "value": True}, False),
    ],
)
def test_tests(operation: dict[str, Any], tenue: bool) -> None:
    etat = Etat("current", TOUTES, archive=False)
    if tenue:
        assert apres(JSON, [operation], etat) == etat
    else:
        assert refus(JSON, [operation], etat) == (422, "patch-verification")


@pytest.mark.rule("FHR-125", "FHR-137")
@pytest.mark.parametrize(
    ("operation", "attendu"),
    [
        ({"type": "replace", "path": "DocumentReference.status", "value": "entered-in-error"},
         Etat("entered-in-error", TOUTES, archive=True)),
        ({"type": "delete", "path": "DocumentReference.securityLabel[0]"},
         Etat("current", ("INVISIBLE_PATIENT", "N"), archive=True)),
        ({"type": "delete", "path": "DocumentReference.securityLabel.where(coding.code='INVISIBLE_PATIENT')"},
         Etat("current", ("MASQUE_PS", "N"), archive=True)),
        ({"type": "insert", "path": "DocumentReference.securityLabel", "index": 0,
          "value": etiquette("INVISIBLE_REPRESENTANTS_LEGAUX")},
         Etat("current", (*TOUTES[:2], "INVISIBLE_REPRESENTANTS_LEGAUX", "N"), archive=True)),
        ({"type": "replace", "path": f"DocumentReference.extension.where(url='{IS_ARCHIVED}').value", "value": False},
         Etat("current", TOUTES, archive=False)),
        ({"type": "replace", "path": f"DocumentReference.extension('{IS_ARCHIVED}').value.ofType(boolean)", "value": False},
         Etat("current", TOUTES, archive=False)),
        ({"type": "delete", "path": f"DocumentReference.extension.where(url='{IS_ARCHIVED}')"},
         Etat("current", TOUTES, archive=False)),
        ({"type": "add", "path": "DocumentReference", "name": "extension",
          "value": [{"name": "url", "valueUri": IS_ARCHIVED}, {"name": "value", "valueBoolean": True}]},
         Etat("current", TOUTES, archive=True)),
    ],
)  # fmt: skip
def test_fhirpath_patch(operation: dict[str, Any], attendu: Etat) -> None:
    assert apres(FHIR, fhirpath(operation), Etat("current", TOUTES, archive=True)) == attendu


@pytest.mark.rule("FHR-125", "FHR-126")
@pytest.mark.parametrize(
    ("corps", "attendu"),
    [
        (fhirpath({"type": "replace", "path": "DocumentReference.type", "value": "x"}), (405, "element-protege")),
        (fhirpath({"type": "add", "path": "DocumentReference", "name": "subject", "value": "x"}), (405, "element-protege")),
        (fhirpath({"type": "delete", "path": "DocumentReference.extension.where(url='urn:x')"}), (405, "element-protege")),
        (fhirpath({"type": "move", "path": "DocumentReference.securityLabel"}), (422, "patch-inapplicable")),
        (fhirpath({"type": "replace", "path": "DocumentReference.status"}), (400, "patch-illisible")),
        (fhirpath({"type": "x", "path": "DocumentReference.status", "value": "current"}), (400, "patch-illisible")),
        (fhirpath({"path": "DocumentReference.status", "value": "current"}), (400, "patch-illisible")),
        (fhirpath({"type": "replace", "path": "Patient.name", "value": "x"}), (400, "patch-illisible")),
        (fhirpath(), (400, "patch-illisible")),
        (b'{"resourceType":"DocumentReference","status":"current"}', (400, "patch-illisible")),
        (b'{"resourceType":"Parameters","parameter":[{"name":"autre"}]}', (400, "patch-illisible")),
    ],
)  # fmt: skip
def test_fhirpath_patch_refused(corps: bytes, attendu: tuple[int, str]) -> None:
    assert refus(FHIR, corps) == attendu


@pytest.mark.rule("FHR-125", "FHR-137")
@pytest.mark.parametrize(
    ("interieur", "attendu"),
    [
        ('<replace sel="f:DocumentReference/f:status/@value">entered-in-error</replace>',
         Etat("entered-in-error", TOUTES, archive=True)),
        ('<replace sel="/DocumentReference/status"><status xmlns="http://hl7.org/fhir" value="superseded"/></replace>',
         Etat("superseded", TOUTES, archive=True)),
        ('<remove sel="f:DocumentReference/f:securityLabel[2]"/>', Etat("current", ("MASQUE_PS", "N"), archive=True)),
        (f'<replace sel="f:DocumentReference/f:securityLabel[1]">{en_xml("N")}</replace>',
         Etat("current", ("INVISIBLE_PATIENT", "N"), archive=True)),
        (f'<add sel="f:DocumentReference">{en_xml("INVISIBLE_REPRESENTANTS_LEGAUX")}</add>',
         Etat("current", (*TOUTES[:2], "INVISIBLE_REPRESENTANTS_LEGAUX", "N"), archive=True)),
        (f'<replace sel="f:DocumentReference/f:extension[@url=\'{IS_ARCHIVED}\']/f:valueBoolean/@value">false</replace>',
         Etat("current", TOUTES, archive=False)),
        (f'<remove sel="f:DocumentReference/f:extension[@url=\'{IS_ARCHIVED}\']"/>',
         Etat("current", TOUTES, archive=False)),
    ],
)  # fmt: skip
def test_xml_patch(interieur: str, attendu: Etat) -> None:
    assert apres(XML, diff(interieur), Etat("current", TOUTES, archive=True)) == attendu


@pytest.mark.rule("FHR-125", "FHR-126", "FHR-07")
@pytest.mark.parametrize(
    ("corps", "attendu"),
    [
        (diff('<replace sel="f:DocumentReference/f:type/f:text/@value">x</replace>'), (405, "element-protege")),
        (diff('<remove sel="f:DocumentReference/f:extension[@url=\'urn:x\']"/>'), (405, "element-protege")),
        (diff('<add sel="f:DocumentReference" type="@id">x</add>'), (405, "element-protege")),
        (diff('<remove sel="f:DocumentReference/f:securityLabel[9]"/>'), (422, "patch-inapplicable")),
        (diff('<replace sel="f:DocumentReference/f:status/@value">final</replace>'), (422, "patch-inapplicable")),
        (diff(""), (400, "patch-illisible")),
        (diff('<replace sel="//*">x</replace>'), (400, "patch-illisible")),
        (diff("<autre/>"), (400, "patch-illisible")),
        (b"<diff>", (400, "patch-illisible")),
        (b'<!DOCTYPE diff [<!ENTITY e "x">]><diff><remove sel="DocumentReference/status"/></diff>',
         (400, "patch-illisible")),
    ],
)  # fmt: skip
def test_xml_patch_refused(corps: bytes, attendu: tuple[int, str]) -> None:
    assert refus(XML, corps) == attendu


def test_too_many_operations() -> None:
    operation = {"op": "test", "path": "/status", "value": "current"}
    assert apres(JSON, [operation] * 100)
    assert refus(JSON, [operation] * 101) == (400, "patch-illisible")
