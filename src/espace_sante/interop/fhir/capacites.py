"""CapabilityStatement: what this door does, and nothing that it does not (FHR-02, FHR-03, FHR-17)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import orjson

from espace_sante.interop.fhir.lecture import MAX_METADONNEES
from espace_sante.interop.fhir.recherche import COMPTE_DEFAUT, COMPTE_MAX, PARAMETRES, TRIS

_IHE: Final = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/"
_PDSM: Final = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/"
# The reading of published statements that this edition follows in full.
INSTANTIATES: Final = (
    "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentRecipient.Comprehensive",
)
VERSION_FHIR: Final = "4.0.1"
DATE: Final = date(2026, 11, 22)
_TYPES: Final = {
    "_id": "token", "_lastUpdated": "date", "patient": "reference", "subject": "reference",
    "patient.identifier": "token", "subject.identifier": "token", "identifier": "token", "status": "token",
    "isArchived": "token", "type": "token", "category": "token", "setting": "token", "facility": "token",
    "format": "token", "event": "token", "creation": "date", "date": "date", "period": "date",
    "period-start": "date", "period-end": "date", "author.identifier": "token",
}  # fmt: skip


def ressource(base: str, *, max_requete: int, max_document: int, max_documents: int) -> dict[str, Any]:
    """The statement of this instance."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "name": "EspaceSanteOuvert",
        "title": "Espace santé ouvert : partage de documents de santé",
        "status": "active",
        "date": DATE.isoformat(),
        "kind": "instance",
        "instantiates": list(INSTANTIATES),
        "implementation": {"description": "Espace santé ouvert", "url": base},
        "fhirVersion": VERSION_FHIR,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": (
                    f"Limites : {max_requete} octets par requête (dont {MAX_METADONNEES} hors contenus), "
                    f"{max_document} octets par document, {max_documents} documents par lot. XML, PATCH, "
                    "classeurs, recherche sans patient et liens vers un document déjà "
                    "enregistré ne sont pas encore offerts."
                ),
                "security": {
                    "cors": False,
                    "description": "Jeton porteur. En consultation, le logiciel déclare l’identité qualifiée : "
                    "en-tête X-MES-Identite: VALI.",
                },
                "resource": [_document_reference(base), _binaire(), _patient()],
                "interaction": [
                    {
                        "code": "transaction",
                        "documentation": f"ITI-65 : {_PDSM}pdsm-comprehensive-provide-document-bundle",
                    }
                ],
            }
        ],
    }


def _document_reference(base: str) -> dict[str, Any]:
    return {
        "type": "DocumentReference",
        "profile": f"{_PDSM}pdsm-comprehensive-document-reference",
        "supportedProfile": [f"{_PDSM}pdsm-simplified-publish"],
        "documentation": (
            f"Pages de {COMPTE_DEFAUT} documents, {COMPTE_MAX} au plus (_count). Tri (_sort) : {', '.join(TRIS)}. "
            "Un INS s’envoie par POST _search."
        ),
        "interaction": [
            {"code": "read"},
            {"code": "search-type", "documentation": "ITI-67"},
            {"code": "create", "documentation": "ITI-105"},
        ],
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalRead": "not-match",
        "searchParam": [{"name": nom, "type": _TYPES[nom]} for nom in PARAMETRES],
    }


def _binaire() -> dict[str, Any]:
    return {
        "type": "Binary",
        "documentation": "ITI-68 : contenu brut, ou ressource Binary avec Accept: application/fhir+json.",
        "interaction": [{"code": "read"}],
    }


def _patient() -> dict[str, Any]:
    return {
        "type": "Patient",
        "documentation": "TD0.2. Les traits d’identité servent à comparer : un logiciel ne les affiche pas.",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "identifier", "type": "token"}, {"name": "_id", "type": "token"}],
    }


def rendre(base: str, *, max_requete: int, max_document: int, max_documents: int) -> bytes:
    """The statement as JSON."""
    return orjson.dumps(
        ressource(base, max_requete=max_requete, max_document=max_document, max_documents=max_documents)
    )
