"""ITI-65: each way of breaking a lot has its own finding, at its own place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from espace_sante.interop.tests.fabrique import (
    DOSSIER,
    INS,
    bundle,
    codes,
    constats,
    fiche,
    lire,
    poser,
    refus,
)

_F = "Bundle.entry[1].resource"
_L = "Bundle.entry[0].resource"


OBLIGATOIRES = [
    ("masterIdentifier", "masterIdentifier"),
    ("status", "status"),
    ("type", "type"),
    ("category", "category"),
    ("subject", "subject"),
    ("date", "date"),
    ("author", "author"),
    ("securityLabel", "securityLabel"),
    ("content", "content"),
    ("content.0.attachment", "content[0].attachment"),
    ("content.0.format", "content[0].format"),
    ("content.0.attachment.contentType", "content[0].attachment.contentType"),
    ("content.0.attachment.language", "content[0].attachment.language"),
    ("content.0.attachment.url", "content[0].attachment.url"),
    ("content.0.attachment.size", "content[0].attachment.size"),
    ("content.0.attachment.hash", "content[0].attachment.hash"),
    ("content.0.attachment.title", "content[0].attachment.title"),
    ("content.0.attachment.creation", "content[0].attachment.creation"),
    ("context.period.start", "context.period.start"),
    ("context.facilityType", "context.facilityType"),
    ("context.practiceSetting", "context.practiceSetting"),
    ("context.sourcePatientInfo", "context.sourcePatientInfo"),
]


def _oter(objet: Any, chemin: str) -> None:
    *avant, dernier = chemin.split(".")
    parents = []
    for morceau in avant:
        parents.append((objet, morceau))
        objet = objet[int(morceau)] if morceau.isdigit() else objet[morceau]
    del objet[dernier]
    # An object left empty is another fault: it goes with what it held.
    for parent, morceau in reversed(parents):
        if isinstance(parent, dict) and parent[morceau] == {}:
            del parent[morceau]


@pytest.mark.rule("FHR-69", "FHR-10")
@pytest.mark.parametrize(("chemin", "place"), OBLIGATOIRES)
def test_each_mandatory_element_is_asked_by_name(chemin: str, place: str) -> None:
    lot = bundle()
    _oter(fiche(lot), chemin)
    refuse = refus(lambda: lire(lot))
    assert refuse.statut == 400
    assert ("element-obligatoire", f"{_F}.{place}") in constats(refuse)


@pytest.mark.rule("FHR-10")
def test_all_missing_elements_are_told_together() -> None:
    lot = bundle()
    for chemin, _ in reversed(OBLIGATOIRES[:8]):
        _oter(fiche(lot), chemin)
    assert {e for _, e in constats(refus(lambda: lire(lot)))} >= {f"{_F}.{p}" for _, p in OBLIGATOIRES[:8]}


@pytest.mark.rule("FHR-67")
@pytest.mark.parametrize(
    ("element", "place"),
    [
        ("status", "status"),
        ("mode", "mode"),
        ("subject", "subject"),
        ("date", "date"),
        ("source", "source"),
        ("entry", "entry"),
        ("contained", "source.reference"),
    ],
)
def test_each_element_of_the_submission_set(element: str, place: str) -> None:
    lot = bundle()
    del lot["entry"][0]["resource"][element]
    refuse = refus(lambda: lire(lot))
    assert refuse.statut == 400
    assert f"{_L}.{place}" in {e for _, e in constats(refuse)}


@pytest.mark.rule("FHR-67")
@pytest.mark.parametrize(("rang", "nom"), [(0, "ihe-designationType"), (1, "ihe-sourceId")])
def test_each_extension_of_the_submission_set(rang: int, nom: str) -> None:
    lot = bundle()
    del lot["entry"][0]["resource"]["extension"][rang]
    trouves = constats(refus(lambda: lire(lot)))
    assert [code for code, place in trouves] == ["element-obligatoire"]
    assert nom in trouves[0][1]


@pytest.mark.rule("FHR-68")
def test_the_lot_gets_an_identifier_when_it_has_none() -> None:
    lot = bundle()
    del lot["entry"][0]["resource"]["identifier"]
    lu = lire(lot)
    assert codes(lu.avertissements) == {"identifiant-lot"}
    assert lu.a_deposer(DOSSIER).unique_id.startswith("urn:oid:2.25.")


_D = "entry.1.resource"
_A = f"{_D}.content.0.attachment"
_CODAGE = {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]}
FAUTES: list[tuple[str, Callable[[dict[str, Any]], None], str, str]] = [
    ("FHR-57", poser("type", "batch"), "bundle-type", "Bundle.type"),
    (
        "FHR-63",
        poser("meta", {"profile": ["https://exemple.fr/p"]}),
        "profil-inconnu",
        "Bundle.meta.profile",
    ),
    ("FHR-58", poser("entry.0.request.method", "PUT"), "methode-entree", "Bundle.entry[0].request"),
    ("FHR-58", poser("entry.2.request.url", "List"), "methode-entree", "Bundle.entry[2].request"),
    ("FHR-58", lambda lot: lot["entry"].pop(1), "document-absent", "Bundle.entry"),
    ("FHR-58", lambda lot: lot["entry"].pop(0), "lot-absent", "Bundle.entry"),
    (
        "FHR-58",
        lambda lot: lot["entry"].append(copy.deepcopy({**lot["entry"][0], "fullUrl": "urn:uuid:x"})),
        "lot-multiple",
        "Bundle.entry[3].resource",
    ),
    (
        "FHR-64",
        poser(f"{_A}.url", "urn:uuid:absent"),
        "reference-non-resolue",
        f"{_F}.content[0].attachment.url",
    ),
    (
        "FHR-64",
        poser("entry.2.fullUrl", "urn:uuid:autre"),
        "contenu-non-reference",
        "Bundle.entry[2].resource",
    ),
    ("FHR-65", poser("entry.0.resource.entry.0.item.reference", "urn:uuid:z"), "document-hors-lot", _F),
    ("FHR-71", poser(f"{_D}.docStatus", "final"), "element-interdit", f"{_F}.docStatus"),
    ("FHR-71", poser(f"{_A}.data", "AAAA"), "element-interdit", f"{_F}.content[0].attachment.data"),
    (
        "FHR-71",
        poser(f"{_D}.modifierExtension", [{"url": "https://exemple.fr/m", "valueBoolean": True}]),
        "element-interdit",
        f"{_F}.modifierExtension",
    ),
    (
        "FHR-71",
        lambda lot: fiche(lot)["category"].append(copy.deepcopy(fiche(lot)["category"][0])),
        "element-multiple",
        f"{_F}.category",
    ),
    (
        "FHR-71",
        lambda lot: fiche(lot)["content"].append(copy.deepcopy(fiche(lot)["content"][0])),
        "element-multiple",
        f"{_F}.content",
    ),
    ("FHR-69", poser(f"{_D}.status", "superseded"), "valeur-fixe", f"{_F}.status"),
    ("FHR-72", poser(f"{_D}.type.coding.0.code", "00000-0"), "type-inconnu", f"{_F}.type"),
    ("FHR-72", poser(f"{_D}.type.coding.0.system", "http://snomed.info/sct"), "type-inconnu", f"{_F}.type"),
    ("FHR-72", poser(f"{_D}.type", {"coding": [{"code": "11488-4"}]}), "type-sans-systeme", f"{_F}.type"),
    # A type that is only proposed may not be deposited.
    ("FHR-72", poser(f"{_D}.type.coding.0.code", "96163-1"), "type-inconnu", f"{_F}.type"),
    ("FHR-73", poser(f"{_D}.category.0.coding.0.code", "12"), "classe-inconnue", f"{_F}.category"),
    ("FHR-75", poser(f"{_A}.size", 1), "taille-differente", f"{_F}.content[0].attachment.size"),
    (
        "FHR-75",
        poser(f"{_A}.hash", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        "empreinte-differente",
        f"{_F}.content[0].attachment.hash",
    ),
    (
        "FHR-75",
        lambda lot: lot["entry"][2]["resource"].pop("data"),
        "contenu-vide",
        f"{_F}.content[0].attachment",
    ),
    (
        "FHR-76",
        poser("entry.2.resource.contentType", "text/xml"),
        "media-different",
        f"{_F}.content[0].attachment.contentType",
    ),
    (
        "FHR-76",
        lambda lot: [
            poser(p, "image/png")(lot) for p in (f"{_A}.contentType", "entry.2.resource.contentType")
        ],
        "media-different",
        f"{_F}.content[0].attachment.contentType",
    ),
    (
        "FHR-76",
        lambda lot: [
            poser(p, "text/html")(lot) for p in (f"{_A}.contentType", "entry.2.resource.contentType")
        ],
        "media-non-admis",
        f"{_F}.content[0].attachment.contentType",
    ),
    (
        "FHR-81",
        poser(f"{_D}.securityLabel.0.coding.0.code", "M"),
        "etiquette-inconnue",
        f"{_F}.securityLabel[0]",
    ),
    (
        "FHR-113",
        lambda lot: fiche(lot)["securityLabel"].append(
            {"coding": [{**fiche(lot)["securityLabel"][0]["coding"][0], "code": "R"}]}
        ),
        "etiquettes-contraires",
        f"{_F}.securityLabel",
    ),
    ("FHR-83", poser(f"{_D}.date", "2026-06-12T10:00:00"), "date-sans-decalage", f"{_F}.date"),
    ("FHR-83", poser(f"{_D}.date", "2026-06-12"), "date-invalide", f"{_F}.date"),
    (
        "FHR-83",
        poser(f"{_A}.creation", "2027-06-12T10:00:00Z"),
        "date-future",
        f"{_F}.content[0].attachment.creation",
    ),
    # A date at the edge of the calendar could be stored and never read again.
    ("FHR-83", poser(f"{_D}.date", "0001-01-01T00:00:00+14:00"), "date-invalide", f"{_F}.date"),
    ("FHR-83", poser(f"{_D}.date", "9999-12-31T23:59:59-14:00"), "date-invalide", f"{_F}.date"),
    ("FHR-83", poser(f"{_D}.context.period.start", "0001"), "date-invalide", f"{_F}.context.period.start"),
    ("FHR-83", poser(f"{_D}.context.period.end", "2026-06-11"), "periode-inversee", f"{_F}.context.period"),
    (
        "FHR-83",
        poser(f"{_D}.context.period.start", "2026-02-30"),
        "date-invalide",
        f"{_F}.context.period.start",
    ),
    ("FHR-66", poser(f"{_D}.subject.reference", "Patient/x"), "patient-forme", f"{_F}.subject"),
    (
        "FHR-66",
        poser(f"{_D}.subject.reference", f"Patient?identifier={INS.urn}|123"),
        "ins-forme",
        f"{_F}.subject",
    ),
    (
        "FHR-69",
        poser(f"{_D}.masterIdentifier.value", "abcd-efgh"),
        "identifiant-unique",
        f"{_F}.masterIdentifier",
    ),
    (
        "FHR-69",
        poser(f"{_D}.author.0.reference", "#personne"),
        "reference-non-resolue",
        f"{_F}.author[0].reference",
    ),
    (
        "FHR-69",
        poser(f"{_D}.context.related", [{"reference": "ServiceRequest/1"}]),
        "element-obligatoire",
        f"{_F}.context.related[0].identifier.value",
    ),
    (
        "FHR-69",
        poser(
            f"{_D}.extension",
            [
                {
                    "url": "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived",
                    "valueBoolean": True,
                }
            ],
        ),
        "archive-a-la-creation",
        f"{_F}.extension",
    ),
    (
        "FHR-99",
        poser(f"{_D}.relatesTo", [{"code": "inconnu", "target": {"reference": "DocumentReference/1"}}]),
        "relation-inconnue",
        f"{_F}.relatesTo[0].code",
    ),
    ("FHR-58", poser("entry.1.response", {"status": "200"}), "element-interdit", "Bundle.entry[1]"),
    ("FHR-64", poser("entry.2.fullUrl", None), "valeur-vide", "Bundle.entry[2].fullUrl"),
]


@pytest.mark.parametrize(
    ("changer", "code", "place"),
    [
        pytest.param(changer, code, place, marks=pytest.mark.rule(regle), id=f"{regle}-{code}-{n}")
        for n, (regle, changer, code, place) in enumerate(FAUTES)
    ],
)
def test_one_fault_one_finding(changer: Callable[[dict[str, Any]], None], code: str, place: str) -> None:
    lot = bundle()
    changer(lot)
    refuse = refus(lambda: lire(lot))
    assert refuse.statut == 400
    assert (code, place) in constats(refuse)
    assert refuse.statut == 400


@pytest.mark.rule("FHR-07", "FHR-69")
def test_what_is_contained_contains_nothing() -> None:
    lot = bundle()
    contenues = fiche(lot)["contained"]
    contenues[0]["contained"] = [copy.deepcopy(contenues[-1])]
    refuse = refus(lambda: lire(lot))
    assert ("element-interdit", f"{_F}.contained[0].contained") in constats(refuse)
