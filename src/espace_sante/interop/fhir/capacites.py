"""CapabilityStatement: what this door does, and nothing that it does not (FHR-02, FHR-03, FHR-17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

import orjson

from espace_sante.interop.fhir.capacites_agenda import agenda
from espace_sante.interop.fhir.capacites_lecture import lectures
from espace_sante.interop.fhir.capacites_mesures import mesures
from espace_sante.interop.fhir.lecture import MAX_METADONNEES
from espace_sante.interop.fhir.parametres import COMPTE_DEFAUT, COMPTE_MAX
from espace_sante.interop.fhir.patch import MEDIAS
from espace_sante.interop.fhir.presentation import INCLUSIONS
from espace_sante.interop.fhir.recherche import PARAMETRES, TRIS
from espace_sante.interop.fhir.recherche_listes import PARAMETRES as PARAMETRES_LISTES

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
    "security-label": "token", "author": "reference", "author.given": "string", "author.family": "string",
    "contenttype": "token", "language": "token", "description": "string", "related": "reference",
    "related:identifier": "token", "relatesto": "reference", "relation": "token",
}  # fmt: skip

_TYPES_LISTES: Final = {
    **{nom: _TYPES.get(nom, "token") for nom in PARAMETRES_LISTES},
    "source": "reference", "source.given": "string", "source.family": "string", "authorOrg": "reference",
    "title": "string", "item": "reference",
}  # fmt: skip

DEPOTS: Final = ("ITI-65", "ITI-105", "ITI-106")
_TRANSACTION: Final = {
    "interaction": [
        {
            "code": "transaction",
            "documentation": (
                f"ITI-65 : {_PDSM}pdsm-comprehensive-provide-document-bundle. Avec les jetons d’un service relié : une "
                "mesure (une Observation et au plus un Device)."
            ),
        }
    ]
}
_GENERER: Final = {
    "name": "generate-metadata",
    "definition": "https://profiles.ihe.net/ITI/MHD/OperationDefinition/IHE.MHD.GenerateMetadata",
    "documentation": (
        "ITI-106 : POST DocumentReference/$generate-metadata avec un Binary qui contient un CDA ou "
        "un document FHIR, ou avec ce document lui-même (Bundle), donne sa fiche. Rien n’est gardé."
    ),
}


def ressource(
    base: str,
    *,
    max_requete: int,
    max_document: int,
    max_documents: int,
    depots: Collection[str] = DEPOTS,
    creneaux: bool = False,
) -> dict[str, Any]:
    """The statement of this instance; `depots` are the ways of depositing that are switched on (FHR-98)."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "name": "EspaceSanteOuvert",
        "title": "Espace santé ouvert : partage de documents de santé",
        "status": "active",
        "date": DATE.isoformat(),
        "kind": "instance",
        **({"instantiates": list(INSTANTIATES)} if "ITI-65" in depots else {}),
        "implementation": {"description": "Espace santé ouvert", "url": base},
        "fhirVersion": VERSION_FHIR,
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "patchFormat": list(MEDIAS),
        "rest": [
            {
                "mode": "server",
                "documentation": (
                    f"Limites : {max_requete} octets par requête (dont {MAX_METADONNEES} hors contenus), "
                    f"{max_document} octets par document, {max_documents} documents par lot."
                ),
                "security": {
                    "cors": False,
                    "description": "Jeton porteur. En consultation, le logiciel déclare l’identité qualifiée : "
                    "en-tête X-MES-Identite: VALI.",
                },
                "resource": [
                    _document_reference(base, depots),
                    _list(),
                    _binaire(),
                    _patient(),
                    _consent(),
                    *agenda(creneaux=creneaux),
                    *mesures(),
                    *lectures(),
                ],
                **(_TRANSACTION if "ITI-65" in depots else {}),
                "operation": [
                    *([_GENERER] if "ITI-106" in depots else []),
                    {
                        "name": "validate",
                        "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
                        "documentation": (
                            "POST <type>/$validate, pour DocumentReference, List, Bundle et Observation : les constats sur "
                            "FHIR R4 et sur les profils PDSm. Rien n’est gardé."
                        ),
                    },
                ],
            }
        ],
    }


def _document_reference(base: str, depots: Collection[str]) -> dict[str, Any]:
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
            {"code": "vread"},
            {"code": "history-instance", "documentation": "Les versions des métadonnées : _since, _count."},
            {"code": "search-type", "documentation": "ITI-67"},
            *([{"code": "create", "documentation": "ITI-105"}] if "ITI-105" in depots else []),
            {
                "code": "patch",
                "documentation": (
                    "TD3.3, par identifiant ou par identifier : seuls status, securityLabel et l’extension "
                    "isArchived changent. Les étiquettes sont un ensemble, montré dans un ordre fixe."
                ),
            },
        ],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalRead": "not-match",
        "searchInclude": sorted(INCLUSIONS["DocumentReference"]),
        "searchParam": [{"name": nom, "type": _TYPES[nom]} for nom in PARAMETRES],
    }


def _list() -> dict[str, Any]:
    return {
        "type": "List",
        "profile": f"{_PDSM}pdsm-submissionset-comprehensive",
        "supportedProfile": [f"{_PDSM}pdsm-folder-comprehensive"],
        "documentation": (
            "ITI-66 : lots et classeurs dont vous pouvez lire au moins un document, avec ces documents seuls. "
            "Un classeur se dépose dans un lot (ITI-65)."
        ),
        "interaction": [{"code": "read"}, {"code": "search-type", "documentation": "ITI-66"}],
        "searchInclude": sorted(INCLUSIONS["List"]),
        "searchParam": [{"name": nom, "type": _TYPES_LISTES[nom]} for nom in PARAMETRES_LISTES],
    }


def _binaire() -> dict[str, Any]:
    return {
        "type": "Binary",
        "documentation": (
            "ITI-68 : contenu brut, ou ressource Binary avec Accept: application/fhir+json ou application/fhir+xml."
        ),
        "interaction": [{"code": "read"}],
    }


def _patient() -> dict[str, Any]:
    return {
        "type": "Patient",
        "documentation": (
            "TD0.2. Les traits d’identité servent à comparer : un logiciel ne les affiche pas. $everything est pour le "
            "titulaire, avec un jeton à lui : Patient, CareTeam, DocumentReference, page par page (_count, _type)."
        ),
        "operation": [
            {"name": "everything", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything"}
        ],
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "identifier", "type": "token"}, {"name": "_id", "type": "token"}],
    }


def _consent() -> dict[str, Any]:
    return {
        "type": "Consent",
        "documentation": (
            "TD0.3. L’autorisation de l’appelant, avec urn:espace-sante-ouvert:mode-recueil (oral, ecrit, numerique, "
            "code_acces) et, pour code_acces, urn:espace-sante-ouvert:code-acces. PATCH : status vers inactive."
        ),
        "interaction": [{"code": "create"}, {"code": "patch"}],
    }


def rendre(
    base: str,
    *,
    max_requete: int,
    max_document: int,
    max_documents: int,
    depots: Collection[str] = DEPOTS,
    creneaux: bool = False,
) -> bytes:
    """The statement as JSON."""
    return orjson.dumps(
        ressource(
            base,
            max_requete=max_requete,
            max_document=max_document,
            max_documents=max_documents,
            depots=depots,
            creneaux=creneaux,
        )
    )
