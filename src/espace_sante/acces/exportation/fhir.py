"""The archive's FHIR R4 resources: plain R4, so that any software reads them (rule REG-02). Pure."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Final

from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite

_SEXES: Final = {"M": "male", "F": "female", "I": "unknown"}
_ETIQUETTES: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def patient(identite: Identite) -> dict[str, Any]:
    """The holder."""
    t = identite.traits
    ressource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(identite.dossier_id),
        "identifier": [{"system": f"urn:oid:{identite.ins.oid}", "value": identite.ins.matricule}],
        "name": [{"use": "official", "family": t.nom_naissance, "given": t.prenoms.split()}],
        "gender": _SEXES[t.sexe],
    }
    if t.date_naissance:
        ressource["birthDate"] = t.date_naissance
    return ressource


def reference_de_document(vu: DocumentVu, fichier: str) -> dict[str, Any]:
    """One document: its `attachment.url` is the place of the original, seen from the Bundle's folder."""
    auteur = {
        "display": ", ".join(m for m in (vu.auteur_nom, vu.auteur_structure_nom) if m)
        or "Auteur non renseigné"
    }
    ressource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": str(vu.id),
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": vu.unique_id},
        "status": "superseded" if vu.statut == "superseded" else "current",
        "type": {"coding": [_code(vu.type_systeme, vu.type_code, vu.type_libelle)]},
        "category": [{"coding": [{"code": vu.classe_code}]}],
        "subject": {"reference": f"urn:uuid:{vu.dossier_id}"},
        "date": _instant(vu.depose_le),
        "author": [auteur],
        "description": vu.titre,
        "securityLabel": [{"coding": [{"system": _ETIQUETTES, "code": vu.confidentialite}]}],
        "content": [
            {
                "attachment": {
                    "contentType": vu.mime,
                    "language": vu.langue,
                    "url": fichier,
                    "size": vu.taille,
                    "hash": base64.b64encode(vu.sha1).decode(),
                    "title": vu.titre,
                    "creation": _instant(vu.creation),
                },
                "format": _code(vu.format_systeme, vu.format_code, ""),
            }
        ],
        "context": {"period": {"start": _instant(vu.periode_debut)}},
    }
    if vu.periode_fin:
        ressource["context"]["period"]["end"] = _instant(vu.periode_fin)
    if vu.remplace_id:
        ressource["relatesTo"] = [{"code": "replaces", "target": {"reference": f"urn:uuid:{vu.remplace_id}"}}]
    return ressource


def _code(systeme: str, code: str, libelle: str) -> dict[str, str]:
    return {"system": systeme, "code": code} | ({"display": libelle} if libelle else {})


def _instant(quand: datetime) -> str:
    return quand.isoformat(timespec="seconds")
