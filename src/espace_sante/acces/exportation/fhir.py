"""The archive as a FHIR R4 document, plain R4, so that any software reads it (rules REG-02, POR-05). Pure but settings.

Every reference inside points to an entry of the same Bundle; what is in another part is named by its uniqueId.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.conf import settings

from espace_sante.acces.consentements import ConsentementVu
from espace_sante.acces.models import Referent
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, URI_DE_SYSTEME
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, SYSTEME_STRUCTURE
from espace_sante.kernel.ids import uuid7

_SEXES: Final = {"M": "male", "F": "female", "I": "unknown"}
_ETIQUETTES: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_VISIBILITES: Final = URI_DE_SYSTEME["1.2.250.1.213.1.1.4.13"]
_GENRES_DE_LISTE: Final = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes"
# What a folder is called when its own title may tell of a hidden document.
TITRE_DE_CLASSEUR: Final = "Classeur"
_ROLES: Final = {
    "administrateur": "Administrateur du dossier",
    "medecin_traitant": "Médecin traitant",
    "sage_femme_referente": "Sage-femme référente",
    "pharmacien_correspondant": "Pharmacien correspondant",
}


def debut(quand: datetime) -> str:
    """Opening of the Bundle, up to its entries."""
    identifiant = uuid7()
    return (
        f'{{"resourceType":"Bundle","id":"{identifiant}","identifier":{{"system":"urn:ietf:rfc:3986",'
        f'"value":"urn:uuid:{identifiant}"}},"type":"document","timestamp":"{instant(quand)}","entry":['
    )


def composition(titulaire: Identite, quand: datetime) -> dict[str, Any]:
    """The first entry, without its sections."""
    return {
        "resourceType": "Composition",
        "id": str(uuid7()),
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11503-0", "display": "Medical records"}]},
        "subject": {"reference": f"urn:uuid:{titulaire.dossier_id}"},
        "date": instant(quand),
        "author": [{"reference": f"urn:uuid:{_service_id(titulaire.dossier_id)}"}],
        "title": "Copie de l’espace santé",
    }


def service(dossier_id: UUID) -> dict[str, Any]:
    """Who made the copy."""
    return {
        "resourceType": "Organization",
        "id": str(_service_id(dossier_id)),
        "identifier": [{"system": SYSTEME_STRUCTURE, "value": settings.ES_SERVICE_ID or "inconnu"}],
        "name": settings.ES_SERVICE_NOM or "Espace santé",
    }


def patient(identite: Identite) -> dict[str, Any]:
    """The holder."""
    t = identite.traits
    ressource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(identite.dossier_id),
        "identifier": [{"system": f"urn:oid:{identite.ins.oid}", "value": identite.ins.matricule}],
        "name": [{"use": "official", "family": t.nom_naissance}],
        "gender": _SEXES[t.sexe],
    }
    if prenoms := t.prenoms.split():
        ressource["name"][0]["given"] = prenoms
    if t.date_naissance:
        ressource["birthDate"] = t.date_naissance
    return ressource


def reference_de_document(vu: DocumentVu, fichier: str, ids: Collection[UUID]) -> dict[str, Any]:
    """One document: its `attachment.url` is the place of the original, seen from the Bundle's folder."""
    auteur = {
        "display": ", ".join(m for m in (vu.auteur_nom, vu.auteur_structure_nom) if m)
        or "Auteur non renseigné"
    }
    etiquettes = [{"coding": [{"system": _ETIQUETTES, "code": vu.confidentialite}]}]
    if vu.masque_ps:
        etiquettes.insert(0, {"coding": [{"system": _VISIBILITES, "code": "MASQUE_PS"}]})
    ressource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": str(vu.id),
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": vu.unique_id},
        "status": "superseded" if vu.statut == "superseded" else "current",
        "type": {"coding": [_code(vu.type_systeme, vu.type_code, vu.type_libelle)]},
        "category": [{"coding": [_code(SYSTEME_CLASSE, vu.classe_code, "")]}],
        "subject": {"reference": f"urn:uuid:{vu.dossier_id}"},
        "date": instant(vu.depose_le),
        "author": [auteur],
        "custodian": {"reference": f"urn:uuid:{_service_id(vu.dossier_id)}"},
        "securityLabel": etiquettes,
        "content": [
            {
                "attachment": {
                    "contentType": vu.mime,
                    "language": vu.langue,
                    "url": fichier,
                    "size": vu.taille,
                    "hash": base64.b64encode(vu.sha1).decode(),
                    "creation": instant(vu.creation),
                },
                "format": _code(vu.format_systeme, vu.format_code, ""),
            }
        ],
        "context": {
            "period": {"start": instant(vu.periode_debut)},
            "facilityType": {"coding": [_code(vu.etablissement_systeme, vu.etablissement_code, "")]},
            "practiceSetting": {"coding": [_code(vu.cadre_systeme, vu.cadre_code, "")]},
        },
    }
    if vu.titre:
        # FHIR has no empty text.
        ressource["description"] = ressource["content"][0]["attachment"]["title"] = vu.titre
    if vu.archive:
        ressource["meta"] = {"tag": [{"system": "urn:espace-sante-ouvert:etat", "code": "archive"}]}
    if vu.periode_fin:
        ressource["context"]["period"]["end"] = instant(vu.periode_fin)
    if vu.remplace_id in ids:
        ressource["relatesTo"] = [{"code": "replaces", "target": {"reference": f"urn:uuid:{vu.remplace_id}"}}]
    return ressource


def consentement(c: ConsentementVu, titulaire: Identite) -> dict[str, Any]:
    """One consent, in force or past."""
    return {
        "resourceType": "Consent",
        "id": str(c.id),
        "status": "active" if c.en_cours else "inactive",
        "scope": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
            ]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"urn:uuid:{titulaire.dossier_id}"},
        "dateTime": instant(c.recueilli_le),
        "policyRule": {"text": "Code de la santé publique, article R. 1111-46"},
        "provision": {
            "type": "permit",
            "period": {"start": instant(c.recueilli_le), "end": instant(c.retire_le or c.expire_le)},
            "actor": [
                {"role": {"text": c.genre}, "reference": {"display": c.beneficiaire or "Professionnel"}}
            ],
        },
    }


def equipe(referents: Collection[Referent], titulaire: Identite) -> dict[str, Any]:
    """The professionals who have a role in the record."""
    participants = [
        {
            "role": [{"text": _ROLES.get(r.role, r.role)}],
            "member": {
                "identifier": {"system": SYSTEME_IDNAT_PS, "value": f"8{r.rpps}"},
                "display": r.nom or r.rpps,
            },
            "period": {"start": instant(r.depuis)} | ({"end": instant(r.jusqua)} if r.jusqua else {}),
        }
        for r in referents
    ]
    return {
        "resourceType": "CareTeam",
        "id": str(uuid5(titulaire.dossier_id, "equipe")),
        "status": "active",
        "subject": {"reference": f"urn:uuid:{titulaire.dossier_id}"},
        "participant": participants,
    }


def dossier_perso(
    identifiant: UUID, nom: str, documents: Collection[UUID], titulaire: Identite
) -> dict[str, Any]:
    """A folder of the holder, with its documents that are in this part."""
    ressource: dict[str, Any] = {
        "resourceType": "List",
        "id": str(identifiant),
        "status": "current",
        "mode": "working",
        "title": nom,
        "subject": {"reference": f"urn:uuid:{titulaire.dossier_id}"},
    }
    if documents:
        ressource["entry"] = [{"item": {"reference": f"urn:uuid:{d}"}} for d in documents]
    return ressource


def classeur(lot: dict[str, Any], documents: Collection[str], titulaire: Identite) -> dict[str, Any]:
    """A folder of a professional (XDS Folder), with its documents that are in this part."""
    ressource: dict[str, Any] = {
        "resourceType": "List",
        "id": lot["id"],
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": lot["unique_id"]}],
        "status": "current",
        "mode": "working",
        "title": lot["titre"] or TITRE_DE_CLASSEUR,
        "code": {"coding": [{"system": _GENRES_DE_LISTE, "code": "folder"}]},
        "subject": {"reference": f"urn:uuid:{titulaire.dossier_id}"},
        "date": instant(datetime.fromisoformat(lot["date"])),
    }
    if lot["auteur_nom"]:
        ressource["source"] = {"display": lot["auteur_nom"]}
    if cites := [i for i in lot["items"] if i in documents]:
        ressource["entry"] = [{"item": {"reference": f"urn:uuid:{i}"}} for i in cites]
    return ressource


def _service_id(dossier_id: UUID) -> UUID:
    return uuid5(NAMESPACE_OID, f"service/{dossier_id}")


def _code(systeme: str, code: str, libelle: str) -> dict[str, str]:
    return {"system": systeme, "code": code} | ({"display": libelle} if libelle else {})


def instant(quand: datetime) -> str:
    """As FHIR writes a moment."""
    return quand.isoformat(timespec="seconds")
