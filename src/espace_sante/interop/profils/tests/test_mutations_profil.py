"""Each mandatory element removed, each element broken, one at a time: a distinct code and place (issue 4, Bad input)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from espace_sante.interop.profils.regles import RegleProfil
from espace_sante.interop.profils.verification import verifier
from espace_sante.interop.tests.fabrique import DOSSIER, bundle, fiche, lire, simple

Json = dict[str, Any]
Chemin = tuple[str | int, ...]
_MHD = "https://profiles.ihe.net/ITI/MHD/StructureDefinition"


def _document() -> Json:
    """A complete DocumentReference, as the product stores it."""
    representation = lire(bundle()).a_deposer(DOSSIER).documents[0].representation
    assert representation is not None
    lue: Json = json.loads(representation)
    return lue


def _liste() -> Json:
    representation = lire(bundle()).a_deposer(DOSSIER).representation
    assert representation is not None
    lue: Json = json.loads(representation)
    return lue


def _classeur() -> Json:
    liste = _liste()
    liste["meta"]["profile"] = [
        "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-folder-comprehensive"
    ]
    liste |= {"title": "Suivi", "identifier": liste["identifier"][1:], "extension": liste["extension"][:1]}
    liste["code"]["coding"][0]["code"] = "folder"
    for absent in ("source", "contained"):
        del liste[absent]
    return liste


# What each profile makes mandatory: (what follows it, its name, elements).
OBLIGATOIRES: dict[str, tuple[Any, str, str]] = {
    "document": (
        _document,
        "pdsm-comprehensive-document-reference",
        """contained masterIdentifier masterIdentifier.system masterIdentifier.value status type category subject date
        author custodian securityLabel content content[0].attachment content[0].attachment.contentType
        content[0].attachment.language content[0].attachment.url content[0].attachment.size
        content[0].attachment.hash content[0].attachment.title content[0].attachment.creation content[0].format
        context context.period context.period.start context.facilityType context.practiceSetting
        context.sourcePatientInfo identifier[0].system identifier[0].value""",
    ),
    "simplifie": (
        simple,
        "pdsm-simplified-publish",
        """masterIdentifier status subject date author custodian content content[0].attachment
        content[0].attachment.contentType content[0].attachment.data content[0].attachment.title""",
    ),
    "lot": (
        _liste,
        "pdsm-submissionset-comprehensive",
        """contained status mode code subject date source identifier[0].system identifier[0].value
        entry[0].item extension[0].valueCodeableConcept extension[1].valueIdentifier""",
    ),
    "classeur": (
        _classeur,
        "pdsm-folder-comprehensive",
        "status mode title code subject date entry entry[0].item",
    ),
    "requete": (
        bundle,
        "pdsm-comprehensive-provide-document-bundle",
        """meta.profile type entry[0].request.method entry[0].request.url entry[1].request.url
        entry[2].resource.contentType""",
    ),
}


def _morceaux(chemin: str) -> Chemin:
    brut = chemin.replace("[", ".").replace("]", "").split(".")
    return tuple(int(m) if m.isdigit() else m for m in brut)


def _sans(ressource: Json, chemin: Chemin) -> Json:
    copie = copy.deepcopy(ressource)
    objet: Any = copie
    for morceau in chemin[:-1]:
        objet = objet[morceau]
    del objet[chemin[-1]]
    return copie


def _avec(ressource: Json, chemin: Chemin, valeur: Any) -> Json:
    copie = copy.deepcopy(ressource)
    objet: Any = copie
    for morceau in chemin[:-1]:
        objet = objet[morceau]
    objet[chemin[-1]] = valeur
    return copie


def _erreurs(ressource: Any, nom: str = "requete") -> list[tuple[str, str]]:
    return [(c.code, c.expression) for c in verifier(ressource, [OBLIGATOIRES[nom][1]]) if c.refuse]


@pytest.mark.parametrize("nom", OBLIGATOIRES)
def test_what_is_complete_follows_its_profile(nom: str) -> None:
    faire, profil, _ = OBLIGATOIRES[nom]
    assert verifier(faire(), [profil]) == []


@pytest.mark.rule("FHR-67", "FHR-69", "FHR-85", "FHR-93")
@pytest.mark.parametrize(
    ("nom", "chemin"), [(n, c) for n, (_, _, cs) in OBLIGATOIRES.items() for c in cs.split()]
)
def test_a_mandatory_element_that_is_missing(nom: str, chemin: str) -> None:
    ressource = OBLIGATOIRES[nom][0]()
    morceaux = _morceaux(chemin)
    place = _ecrire(ressource["resourceType"], morceaux)
    # A choice of types is missing under its own name.
    attendu = (
        "profil-absent",
        place.replace("valueCodeableConcept", "value").replace("valueIdentifier", "value"),
    )
    if len(_lire(ressource, morceaux[:-1])) == 1:
        # Nothing else was there: the empty object is told in its place.
        attendu = ("profil-vide", _ecrire(ressource["resourceType"], morceaux[:-1]))
    if chemin == "entry[0].request.method":
        # The method tells what the entry is.
        attendu = ("profil-hors-tranche", "Bundle.entry[0]")
    trouves = _erreurs(_sans(ressource, morceaux), nom)
    assert attendu in trouves
    # What it carried may be missed elsewhere (an author that nothing contains), but nothing comes twice.
    assert len(trouves) == len(set(trouves))


def _feuilles(valeur: Any, chemin: Chemin = ()) -> Iterator[Chemin]:
    if isinstance(valeur, dict):
        for cle, contenu in valeur.items():
            if cle != "resourceType":
                yield (*chemin, cle)
                yield from _feuilles(contenu, (*chemin, cle))
    elif isinstance(valeur, list):
        for rang, contenu in enumerate(valeur):
            yield (*chemin, rang)
            yield from _feuilles(contenu, (*chemin, rang))


def _ecrire(type_: str, chemin: Chemin) -> str:
    return type_ + "".join(f"[{m}]" if isinstance(m, int) else f".{m}" for m in chemin)


@pytest.mark.rule("FHR-07", "FHR-08")
@pytest.mark.parametrize("nom", OBLIGATOIRES)
def test_each_element_of_a_wrong_type(nom: str) -> None:
    """Every element, the deepest too, replaced by a value of another JSON type: told at its own place."""
    ressource = OBLIGATOIRES[nom][0]()
    vus: dict[tuple[str, str], Chemin] = {}
    for chemin in _feuilles(ressource):
        faux: Any = "?" if isinstance(_lire(ressource, chemin), int) else 12.5
        place = _ecrire(ressource["resourceType"], chemin)
        trouves = _erreurs(_avec(ressource, chemin, faux), nom)
        # There, or at what contains it when it says what its container is.
        assert any(place.startswith(t[1].partition(".where")[0]) for t in trouves), (place, trouves)
        premier = next((t for t in trouves if t[1] == place), None)
        if premier is not None:
            assert premier not in vus, (place, vus[premier])
            vus[premier] = chemin
    # All but what a slice is chosen by (a method, an address) are told exactly there.
    assert len(vus) > 0.9 * sum(1 for _ in _feuilles(ressource))


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize("nom", OBLIGATOIRES)
def test_an_element_that_r4_does_not_know(nom: str) -> None:
    ressource = OBLIGATOIRES[nom][0]()
    objets = [()] + [c for c in _feuilles(ressource) if isinstance(_lire(ressource, c), dict)]
    for chemin in objets:
        place = _ecrire(ressource["resourceType"], (*chemin, "inconnu"))
        assert ("profil-element-inconnu", place) in _erreurs(_avec(ressource, (*chemin, "inconnu"), "x")), (
            place
        )


def _lire(ressource: Any, chemin: Chemin) -> Any:
    for morceau in chemin:
        ressource = ressource[morceau]
    return ressource


# (what is broken, where, with what) → what is found there.
FAUTES: list[tuple[str, str, Any, tuple[str, str]]] = [
    ("document", "status", "entered-in-error", ("profil-code", "DocumentReference.status")),
    ("document", "docStatus", "final", ("profil-interdit", "DocumentReference.docStatus")),
    ("document", "modifierExtension", [{"url": "urn:x", "valueCode": "a"}],
     ("profil-interdit", "DocumentReference.modifierExtension")),
    ("document", "content[0].attachment.data", "AAAA", ("profil-interdit", "DocumentReference.content[0].attachment.data")),
    ("document", "date", "2026-06-12", ("profil-forme", "DocumentReference.date")),
    ("document", "date", "2026-06-12T10:00:00", ("profil-forme", "DocumentReference.date")),
    ("document", "id", "a b", ("profil-forme", "DocumentReference.id")),
    ("document", "description", "x" * 1_048_577, ("profil-longueur", "DocumentReference.description")),
    ("document", "description", "", ("profil-vide", "DocumentReference.description")),
    ("document", "author", [], ("profil-vide", "DocumentReference.author")),
    ("document", "context.period", {}, ("profil-vide", "DocumentReference.context.period")),
    ("document", "category[1]", {"coding": [{"code": "10"}]}, ("profil-en-trop", "DocumentReference.category")),
    ("document", "category[0].coding[0].code", "12", ("profil-code", "DocumentReference.category[0]")),
    ("document", "type.coding[0].code", "00000-0", ("profil-code", "DocumentReference.type")),
    ("document", "securityLabel[0].coding[0].code", "X", ("profil-code", "DocumentReference.securityLabel[0]")),
    ("document", "subject", {"reference": "Group/1"}, ("profil-cible", "DocumentReference.subject")),
    ("document", "subject", {"reference": "https://h/fhir/Group/1"}, ("profil-cible", "DocumentReference.subject")),
    ("document", "subject", {"type": "Group", "display": "x"}, ("profil-cible", "DocumentReference.subject")),
    ("document", "author[0].reference", "#absent", ("profil-reference", "DocumentReference.author[0]")),
    ("document", "custodian.reference", "Patient/1", ("profil-cible", "DocumentReference.custodian")),
    ("document", "masterIdentifier.use", "official", ("profil-valeur", "DocumentReference.masterIdentifier.use")),
    ("document", "identifier[0].value", "urn:oid:1.2", ("profil-valeur", "DocumentReference.identifier[0].value")),
    ("document", "identifier[0].use", "autre", ("profil-code", "DocumentReference.identifier[0].use")),
    ("document", "content[0].attachment.size", -1, ("profil-forme", "DocumentReference.content[0].attachment.size")),
    ("document", "content[0].attachment.hash", "A!", ("profil-forme", "DocumentReference.content[0].attachment.hash")),
    ("document", "context.period.end", "2020-01-01T00:00:00Z", ("profil-invariant", "DocumentReference.context.period")),
    ("document", "context.related", [{"identifier": {"system": "urn:x"}}],
     ("profil-absent", "DocumentReference.context.related[0].identifier.value")),
    ("document", "contained[0].contained", [{"resourceType": "Patient", "id": "x"}],
     ("profil-invariant", "DocumentReference.contained[0]")),
    ("document", "contained[0].id", "auteur-0", ("profil-invariant", "DocumentReference.contained[0]")),
    ("document", "contained[0].meta", {"versionId": "1"}, ("profil-invariant", "DocumentReference.contained[0]")),
    ("document", "contained[0].gender", "homme", ("profil-code", "DocumentReference.contained[0].gender")),
    ("document", "extension", [{"url": "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/"
                                "pdsm-ext-is-archived", "valueString": "oui"}],
     ("profil-type", "DocumentReference.extension[0].valueString")),
    ("document", "extension", [{"url": "urn:x"}], ("profil-invariant", "DocumentReference.extension[0]")),
    ("document", "extension", [{"url": "urn:x", "valueCode": "a", "valueString": "b"}],
     ("profil-en-trop", "DocumentReference.extension[0].value[x]")),
    ("simplifie", "identifier", [{"value": "x"}], ("profil-interdit", "DocumentReference.identifier")),
    ("simplifie", "status", "superseded", ("profil-valeur", "DocumentReference.status")),
    ("simplifie", "content[0].attachment.url", "urn:x", ("profil-interdit", "DocumentReference.content[0].attachment.url")),
    ("lot", "status", "retired", ("profil-valeur", "List.status")),
    ("lot", "mode", "snapshot", ("profil-valeur", "List.mode")),
    ("lot", "code.coding[0].code", "autre", ("profil-valeur", "List.code")),
    ("lot", "extension[0].url", "urn:x", ("profil-absent", f"List.extension('{_MHD}/ihe-designationType')")),
    ("lot", "extension[1].url", "urn:x", ("profil-absent", f"List.extension('{_MHD}/ihe-sourceId')")),
    ("lot", "extension[2]", {"url": f"{_MHD}/ihe-sourceId", "valueIdentifier": {"value": "x"}},
     ("profil-en-trop", f"List.extension('{_MHD}/ihe-sourceId')")),
    ("lot", "source.reference", "Organization/1", ("profil-cible", "List.source")),
    ("lot", "emptyReason", {"text": "x"}, ("profil-interdit", "List.emptyReason")),
    ("lot", "entry[0].deleted", True, ("profil-interdit", "List.entry[0].deleted")),
    ("lot", "identifier[0].value", "urn:uuid:x", ("profil-valeur", "List.identifier[0].value")),
    ("classeur", "source", {"reference": "Patient/1"}, ("profil-interdit", "List.source")),
    ("classeur", "code.coding[0].code", "submissionset", ("profil-valeur", "List.code")),
    ("requete", "type", "batch", ("profil-valeur", "Bundle.type")),
    ("requete", "entry[0].request.method", "PUT", ("profil-hors-tranche", "Bundle.entry[0]")),
    ("requete", "entry[0].resource.code.coding[0].code", "autre", ("profil-hors-tranche", "Bundle.entry[0]")),
    ("requete", "entry[2].resource", {"resourceType": "Observation"}, ("profil-hors-tranche", "Bundle.entry[2]")),
    ("requete", "entry[1].fullUrl", "urn:uuid:1/_history/2", ("profil-invariant", "Bundle.entry[1]")),
    ("requete", "total", 3, ("profil-invariant", "Bundle.total")),
]  # fmt: skip


@pytest.mark.rule("FHR-67", "FHR-69", "FHR-71", "FHR-72", "FHR-81", "FHR-93")
@pytest.mark.parametrize(
    ("nom", "chemin", "valeur", "attendu"), FAUTES, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(FAUTES)]
)
def test_a_broken_element(nom: str, chemin: str, valeur: Any, attendu: tuple[str, str]) -> None:
    ressource = OBLIGATOIRES[nom][0]()
    morceaux = _morceaux(chemin)
    if isinstance(morceaux[-1], int):
        _lire(ressource, morceaux[:-1]).append(None)
    assert attendu in _erreurs(_avec(ressource, morceaux, valeur), nom)


def test_two_slices_of_one() -> None:
    lot = bundle()
    lot["entry"].append(copy.deepcopy(lot["entry"][0]) | {"fullUrl": "urn:uuid:autre"})
    del lot["entry"][0]["resource"]["source"]
    trouves = _erreurs(lot)
    assert any(c == "profil-en-trop" and "resource is List" in e for c, e in trouves)
    assert ("profil-absent", "Bundle.entry[0].resource.source") in trouves


def test_a_folder_and_a_patient_find_their_slices() -> None:
    lot = bundle()
    classeur = _classeur()
    lot["entry"].append(
        {"fullUrl": "urn:uuid:c", "resource": classeur, "request": {"method": "POST", "url": "List"}}
    )
    lot["entry"].append({"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"},
                         "request": {"method": "GET", "url": "Patient/1"}})  # fmt: skip
    assert _erreurs(lot) == []
    del classeur["title"]
    lot["entry"][-2]["request"]["method"] = "PATCH"
    assert _erreurs(lot) == [
        ("profil-absent", "Bundle.entry[3].resource.title"),
        ("profil-code", "Bundle.entry[3].request.method"),
    ]


def test_every_code_of_the_checker_is_met_here() -> None:
    """Codes that a resource can give; the others are information."""
    rencontres = {attendu[0] for *_, attendu in FAUTES} | {
        "profil-absent",
        "profil-type",
        "profil-element-inconnu",
    }
    autres = {RegleProfil.NOMENCLATURE, RegleProfil.RESSOURCE, RegleProfil.NON_SERVI, RegleProfil.CONFORME}
    assert rencontres == {r.code for r in RegleProfil} - {r.code for r in autres}
    assert fiche(bundle())["resourceType"] == "DocumentReference"
