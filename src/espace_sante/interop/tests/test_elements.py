"""Every mandatory element of a deposit, missing or wrong, has a code of its own (FHR-08, FHR-69)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, professionnel
from espace_sante.interop.fhir import elements
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.tests.fabrique import bundle, lire, lire_105, octets, poser, refus, simple
from espace_sante.interop.tests.lps import FHIR, entetes, logiciel

_URL = "urn:uuid:00000000-0000-4000-8000-000000000000"
# Element → where it is in a lot, a wrong value there.
LOT: dict[str, tuple[str, str, object]] = {
    f"DocumentReference.{nom}": (f"entry.1.resource.{place}", f"entry.1.resource.{faux}", valeur)
    for nom, place, faux, valeur in (
        ("contained", "contained", "contained", "x"),
        ("masterIdentifier", "masterIdentifier", "masterIdentifier.value", "urn:oid:1.02"),
        ("status", "status", "status", "final"),
        ("type", "type", "type.coding.0.code", "0"),
        ("category", "category", "category.0.coding.0.code", "999"),
        ("subject", "subject", "subject", {"reference": "Patient"}),
        ("date", "date", "date", "hier"),
        ("author", "author", "author", [{"reference": "#absent"}]),
        ("securityLabel", "securityLabel", "securityLabel.0.coding.0.code", "Z"),
        ("content", "content", "content", "x"),
        ("content.attachment", "content.0.attachment", "content.0.attachment", "x"),
        ("content.attachment.contentType", "content.0.attachment.contentType",
         "content.0.attachment.contentType", "application/zip"),
        ("content.attachment.language", "content.0.attachment.language", "content.0.attachment.language", 1),
        ("content.attachment.url", "content.0.attachment.url", "content.0.attachment.url", _URL),
        ("content.attachment.size", "content.0.attachment.size", "content.0.attachment.size", 1),
        ("content.attachment.hash", "content.0.attachment.hash", "content.0.attachment.hash", "A" * 27 + "="),
        ("content.attachment.title", "content.0.attachment.title", "content.0.attachment.title", 1),
        ("content.attachment.creation", "content.0.attachment.creation",
         "content.0.attachment.creation", "2999-01-01T00:00:00Z"),
        ("content.format", "content.0.format", "content.0.format.code", ""),
        ("context", "context", "context", "x"),
        ("context.period.start", "context.period.start", "context.period.start", "hier"),
        ("context.facilityType", "context.facilityType", "context.facilityType.coding.0.system", ""),
        ("context.practiceSetting", "context.practiceSetting", "context.practiceSetting.coding.0.system", ""),
        ("context.sourcePatientInfo", "context.sourcePatientInfo",
         "context.sourcePatientInfo", {"reference": "#absent"}),
    )
} | {
    f"List.{nom}": (f"entry.0.resource.{place}", f"entry.0.resource.{faux}", valeur)
    for nom, place, faux, valeur in (
        ("contained", "contained", "contained", "x"),
        ("extension", "extension", "extension", "x"),
        ("extension(ihe-designationType)", "extension.0", "extension.0.valueCodeableConcept", "x"),
        ("extension(ihe-sourceId)", "extension.1", "extension.1.valueIdentifier", "x"),
        ("status", "status", "status", "retired"),
        ("mode", "mode", "mode", "snapshot"),
        ("code", "code", "code.coding.0.code", "autre"),
        ("subject", "subject", "subject", {"reference": "Patient"}),
        ("date", "date", "date", "hier"),
        ("source", "source", "source", {"reference": "#absent"}),
        ("entry", "entry", "entry.0.item", {"reference": _URL}),
    )
} | {
    "Binary.contentType": ("entry.2.resource.contentType", "entry.2.resource.contentType", 1),
    "Binary.data": ("entry.2.resource.data", "entry.2.resource.data", "==="),
}  # fmt: skip
SIMPLE = "content.0.attachment.data"


def _oter(chemin: str) -> Callable[[dict[str, Any]], None]:
    def changer(corps: dict[str, Any]) -> None:
        pile: list[tuple[Any, Any]] = []
        objet: Any = corps
        for morceau in chemin.split("."):
            cle = int(morceau) if morceau.isdigit() else morceau
            pile.append((objet, cle))
            objet = objet[cle]
        for parent, cle in reversed(pile):
            del parent[cle]
            # An empty container is another fault.
            if parent:
                return

    return changer


def _elements(refuse: RefusFhir) -> set[str]:
    return {c.element for c in refuse.constats if c.element}


def _lot(changer: Callable[[dict[str, Any]], None]) -> set[str]:
    corps = json.loads(json.dumps(bundle()))
    changer(corps)
    return _elements(refus(lambda: lire(corps)))


@pytest.mark.rule("FHR-08", "FHR-69", "FHR-67")
@pytest.mark.parametrize("element", list(LOT))
def test_a_missing_element_has_its_own_code(element: str) -> None:
    assert f"{element}.absent" in _lot(_oter(LOT[element][0]))


@pytest.mark.rule("FHR-08", "FHR-69", "FHR-67")
@pytest.mark.parametrize("element", [e for e in LOT if e not in elements.ABSENTS_SEULEMENT])
def test_a_broken_element_has_its_own_code(element: str) -> None:
    _, place, valeur = LOT[element]
    assert f"{element}.invalide" in _lot(poser(place, valeur))


@pytest.mark.rule("FHR-08", "FHR-69")
def test_no_two_elements_share_their_answer() -> None:
    """Whatever one element is removed or broken, the codes of all findings tell which."""
    reponses = [
        *(frozenset(_lot(_oter(place))) for place, _, _ in LOT.values()),
        *(frozenset(_lot(poser(faux, valeur))) for _, faux, valeur in LOT.values()),
    ]
    assert len(reponses) - len(set(reponses)) == 0


@pytest.mark.rule("FHR-08", "FHR-93")
def test_the_same_of_a_simplified_deposit() -> None:
    for chemin in ("masterIdentifier", "status", "subject", "date", "author", "content", SIMPLE):
        corps = json.loads(json.dumps(simple()))
        _oter(chemin)(corps)
        refuse = refus(lambda corps=corps: lire_105(corps))  # type: ignore[misc]
        nom = chemin.replace(".0.", ".")
        assert f"DocumentReference.{nom}.absent" in _elements(refuse)
        assert all(c.statut == 422 for c in refuse.constats if c.refuse)


@pytest.mark.rule("FHR-08")
def test_every_code_given_is_listed_and_every_element_listed_is_tried() -> None:
    connus = {code for code, _ in elements.codes()}
    essayes = set(LOT) | {"DocumentReference.content.attachment.data"}
    assert {c.rpartition(".")[0] for c in connus} == essayes
    for place, faux, valeur in LOT.values():
        assert _lot(_oter(place)) | _lot(poser(faux, valeur)) <= connus


def test_a_good_lot_and_its_warnings_have_none() -> None:
    assert not [c for c in lire(bundle()).avertissements if c.element]


@pytest.mark.django_db
@pytest.mark.rule("FHR-08")
def test_the_answer_gives_both_codes_and_both_lists_are_public(client: Client) -> None:
    _, ins = dossier()
    corps = json.loads(json.dumps(bundle(ins=ins)))
    _oter("entry.1.resource.type")(corps)
    reponse = client.post(
        "/fhir", octets(corps), content_type=FHIR, headers=entetes(logiciel(professionnel()))
    )
    (issue,) = [i for i in reponse.json()["issue"] if i["severity"] == "error"]
    codes = {c["system"].rpartition("/fhir/")[2]: c["code"] for c in issue["details"]["coding"]}
    assert codes == {
        "CodeSystem/erreur-mes": "element-obligatoire",
        "CodeSystem/element-mes": "DocumentReference.type.absent",
    }
    liste = client.get("/fhir/CodeSystem/element-mes").json()
    assert {c["code"] for c in liste["concept"]} == {code for code, _ in elements.codes()}
    assert all(c["display"] for c in liste["concept"])
