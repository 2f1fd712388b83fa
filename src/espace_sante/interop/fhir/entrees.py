"""Entries of an ITI-65 Bundle, sorted by what they are (FHR-58, FHR-60, FHR-64, FHR-100)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.valeurs import codages, present

CODE_LISTE: Final = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes"
Genre = Literal["lot", "classeur", "document", "binaire", "document_fhir", "patient", "patch", "refusee"]
_ATTENDUS: Final[dict[type, tuple[Genre, str]]] = {
    structs.Liste: ("lot", "List"),
    structs.DocumentReference: ("document", "DocumentReference"),
    structs.Binary: ("binaire", "Binary"),
    structs.BundleDocument: ("document_fhir", "Bundle"),
}


@dataclass(slots=True)
class Entree:
    """One entry: its rank in the request, kind, resource and place (FHIRPath)."""

    rang: int
    genre: Genre
    full_url: str
    ressource: Any
    chemin: str
    si_absent: bool = False


def trier(bundle: structs.Bundle, constats: list[Constat]) -> list[Entree]:
    """Classify every entry; findings are added for those that have no place in a lot."""
    entrees: list[Entree] = []
    vues: set[str] = set()
    for rang, entry in enumerate([] if isinstance(bundle.entry, UnsetType) else bundle.entry):
        chemin = f"Bundle.entry[{rang}]"
        if entry.modifierExtension is not UNSET or len(entry.response) or len(entry.search):
            constats.append(
                Erreur.ELEMENT_INTERDIT.constat(chemin, element="response, search, modifierExtension")
            )
        entree = _classer(entry, rang, chemin, constats)
        if entree.full_url:
            if entree.full_url in vues:
                constats.append(Erreur.FULLURL_EN_DOUBLE.constat(f"{chemin}.fullUrl"))
            vues.add(entree.full_url)
        elif entree.genre in ("document", "binaire", "document_fhir", "classeur"):
            constats.append(Erreur.FULLURL_ABSENT.constat(f"{chemin}.fullUrl"))
        entrees.append(entree)
    return entrees


def _classer(entry: structs.Entry, rang: int, chemin: str, constats: list[Constat]) -> Entree:
    entree = Entree(rang, "refusee", present(entry.fullUrl), None, f"{chemin}.resource")
    if isinstance(entry.resource, UnsetType):
        constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(entree.chemin, element="resource"))
        return entree
    if isinstance(entry.request, UnsetType):
        constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.request", element="request"))
        return entree
    methode, url = present(entry.request.method), present(entry.request.url).removeprefix("/")
    entree.ressource = ressource = entry.resource
    if isinstance(ressource, structs.Patient):
        entree.genre = "patient"
        admise = methode in ("POST", "PUT") and url.startswith("Patient")
    elif isinstance(ressource, structs.Parameters):
        entree.genre = "patch"
        admise = methode == "PATCH" and url.startswith(("DocumentReference/", "DocumentReference?"))
    else:
        entree.genre, attendu = _ATTENDUS[type(ressource)]
        admise = methode == "POST" and url == attendu
        entree.si_absent = present(entry.request.ifNoneExist).startswith("identifier=")
    if not admise:
        constats.append(Erreur.METHODE_ENTREE.constat(f"{chemin}.request"))
        entree.genre = "refusee"
    elif isinstance(ressource, structs.Liste) and _code(ressource) == "folder":
        entree.genre = "classeur"
    return entree


def _code(liste: structs.Liste) -> str:
    return next((present(c.code) for c in codages(liste.code) if c.system == CODE_LISTE), "")


def controler_patch(entree: Entree) -> list[Constat]:
    """The PATCH of a lot only says `status` → `superseded`, as FHIRPath Parameters (FHR-100)."""
    try:
        operations = [msgspec.json.decode(p) for p in entree.ressource.parameter or []]
        for operation in operations:
            parties = {p["name"]: p for p in operation["part"]}
            if (
                operation.get("name") != "operation"
                or parties["type"].get("valueCode", parties["type"].get("valueString")) != "replace"
                or parties["path"].get("valueString") != "DocumentReference.status"
                or parties["value"].get("valueCode", parties["value"].get("valueString")) != "superseded"
            ):
                return [Erreur.PATCH_INVALIDE.constat(entree.chemin)]
    except (KeyError, TypeError, AttributeError):
        return [Erreur.PATCH_INVALIDE.constat(entree.chemin)]
    return [] if operations else [Erreur.PATCH_INVALIDE.constat(entree.chemin)]


def bruts_des_documents_fhir(corps: bytes, entrees: list[Entree]) -> dict[int, bytes]:
    """Bytes of each document Bundle exactly as sent, by rank (CDA-09 holds for FHIR documents too)."""
    rangs = [e.rang for e in entrees if e.genre == "document_fhir"]
    if not rangs:
        return {}
    lus = structs.LIRE_BUNDLE_RAW.decode(corps.removeprefix(b"\xef\xbb\xbf")).entry
    return {rang: bytes(lus[rang].resource) for rang in rangs}
