"""What a publisher's software sends: ITI-65 and ITI-105 bodies around a document, in plain dicts.

Sample client code, used by the tests, the demonstration and the bench. It shares no code with the
server's own reading of FHIR, so that one cannot hide an error of the other.
"""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.kernel.ins import Ins

_PDSM: Final = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
_IHE: Final = "https://profiles.ihe.net/ITI/MHD"
_URI: Final = "urn:ietf:rfc:3986"
_PS: Final = "urn:oid:1.2.250.1.71.4.2.1"
_STRUCTURE: Final = "urn:oid:1.2.250.1.71.4.2.2"
_CONFIDENTIALITE: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_VISIBILITE: Final = (
    "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/TRE-A07-StatutVisibiliteDocument"
)

Json = dict[str, Any]


def metadonnees_de_cda(contenu: bytes) -> tuple[Metadonnees, Ins | None]:
    """Metadata and INS of a CDA header. Raises CdaInvalide."""
    entete = lire_entete(lire(contenu))
    return vers_metadonnees(entete, contenu), entete.ins


def lot_iti65(
    contenu: bytes,
    ins: Ins,
    source: Auteur,
    *,
    metadonnees: Metadonnees | None = None,
    remplace: str = "",
    maintenant: datetime | None = None,
) -> Json:
    """A transaction Bundle of one document; the metadata are those of its CDA header unless given.

    `source` is who deposits; `remplace` the id of the DocumentReference to replace.
    """
    return lot_de_documents([(contenu, metadonnees)], ins, source, remplace=remplace, maintenant=maintenant)


def lot_de_documents(
    documents: list[tuple[bytes, Metadonnees | None]],
    ins: Ins,
    source: Auteur,
    *,
    remplace: str = "",
    maintenant: datetime | None = None,
) -> Json:
    """The same for several documents of one patient."""
    quand = (maintenant or datetime.now(UTC)).isoformat(timespec="seconds")
    fiches: list[Json] = []
    contenus: list[Json] = []
    items: list[Json] = []
    for contenu, donnees in documents:
        m = donnees or metadonnees_de_cda(contenu)[0]
        url_fiche, url_contenu = f"urn:uuid:{uuid.uuid4()}", f"urn:uuid:{uuid.uuid4()}"
        fiche = document_reference(m, ins)
        fiche["content"][0]["attachment"]["url"] = url_contenu
        if remplace:
            fiche["relatesTo"] = [
                {"code": "replaces", "target": {"reference": f"DocumentReference/{remplace}"}}
            ]
        binaire = {
            "resourceType": "Binary",
            "contentType": m.mime,
            "data": base64.b64encode(contenu).decode(),
        }
        fiches.append(_entree(url_fiche, fiche))
        contenus.append(_entree(url_contenu, binaire))
        items.append({"item": {"reference": url_fiche}})
    liste = {
        "resourceType": "List",
        "meta": {"profile": [f"{_PDSM}/pdsm-submissionset-comprehensive"]},
        "contained": [_contenue(source, "source")],
        "extension": [
            {
                "url": f"{_IHE}/StructureDefinition/ihe-designationType",
                "valueCodeableConcept": fiches[0]["resource"]["category"][0],
            },
            {
                "url": f"{_IHE}/StructureDefinition/ihe-sourceId",
                "valueIdentifier": {"system": _URI, "value": "urn:oid:1.2.250.1.999.1"},
            },
        ],
        "identifier": [{"use": "usual", "system": _URI, "value": f"urn:oid:2.25.{uuid.uuid4().int}"}],
        "status": "current",
        "mode": "working",
        "code": {"coding": [{"system": f"{_IHE}/CodeSystem/MHDlistTypes", "code": "submissionset"}]},
        "subject": _patient(ins),
        "date": quand,
        "source": {"reference": "#source"},
        "entry": items,
    }
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_PDSM}/pdsm-comprehensive-provide-document-bundle"]},
        "type": "transaction",
        "entry": [_entree(f"urn:uuid:{uuid.uuid4()}", liste), *fiches, *contenus],
    }


def depot_iti105(contenu: bytes, ins: Ins, *, metadonnees: Metadonnees | None = None) -> Json:
    """A simplified deposit: what the server can take from the CDA header is left to it."""
    m = metadonnees or metadonnees_de_cda(contenu)[0]
    fiche = document_reference(m, ins)
    for deduit in ("category", "securityLabel", "context"):
        del fiche[deduit]
    # Only the context names it, and a contained resource that nothing names is refused by R4 (dom-3).
    fiche["contained"] = [c for c in fiche["contained"] if c["id"] != "patient-source"]
    fiche["meta"] = {"profile": [f"{_PDSM}/pdsm-simplified-publish"]}
    fiche["content"] = [
        {
            "attachment": {
                "contentType": m.mime,
                "data": base64.b64encode(contenu).decode(),
                "title": m.titre,
            }
        }
    ]
    return fiche


def document_reference(m: Metadonnees, ins: Ins) -> Json:
    """The comprehensive DocumentReference of those metadata; the content's URL is left to the caller."""
    contenues = [
        {
            "resourceType": "Patient",
            "id": "patient-source",
            "identifier": [{"use": "official", "system": ins.urn, "value": ins.matricule}],
        },
        *(_contenue(a, f"auteur-{rang}") for rang, a in enumerate(m.auteurs)),
    ]
    fiche: Json = {
        "resourceType": "DocumentReference",
        "meta": {"profile": [f"{_PDSM}/pdsm-comprehensive-document-reference"]},
        "contained": contenues,
        "masterIdentifier": {"system": _URI, "value": m.unique_id},
        "status": "current",
        "type": _concept(m.type),
        "category": [_concept(m.classe)],
        "subject": _patient(ins),
        "date": m.date.isoformat(),
        "author": [{"reference": f"#auteur-{rang}"} for rang in range(len(m.auteurs))],
        "securityLabel": [_concept(Code(m.confidentialite, _CONFIDENTIALITE)), *_visibilites(m)],
        "content": [
            {
                "attachment": {
                    "contentType": m.mime,
                    "language": m.langue,
                    "size": m.taille,
                    "hash": base64.b64encode(m.sha1).decode(),
                    "title": m.titre,
                    "creation": m.creation.isoformat(),
                },
                "format": _codage(m.format),
            }
        ],
        "context": {
            "period": {"start": m.periode_debut.isoformat()},
            "facilityType": _concept(m.etablissement),
            "practiceSetting": _concept(m.cadre),
            "sourcePatientInfo": {"reference": "#patient-source"},
        },
    }
    if m.periode_fin:
        fiche["context"]["period"]["end"] = m.periode_fin.isoformat()
    evenements = [_concept(e) for e in m.evenements if e.systeme]
    if evenements:
        fiche["context"]["event"] = evenements
    if m.description:
        fiche["description"] = m.description
    if m.authentificateur and m.authentificateur.affichage:
        contenues.append(_contenue(m.authentificateur, "authentificateur"))
        fiche["authenticator"] = {"reference": "#authentificateur"}
    if m.depositaire:
        contenues.append(_contenue(m.depositaire, "depositaire"))
        fiche["custodian"] = {"reference": "#depositaire"}
    return fiche


def _entree(url: str, ressource: Json) -> Json:
    requete = {"method": "POST", "url": ressource["resourceType"]}
    return {"fullUrl": url, "resource": ressource, "request": requete}


def _patient(ins: Ins) -> Json:
    return {"reference": f"Patient?identifier={ins.urn}|{ins.matricule}"}


def _codage(code: Code) -> Json:
    codage = {"system": code.systeme, "code": code.code}
    return {**codage, "display": code.libelle} if code.libelle else codage


def _concept(code: Code) -> Json:
    return {"coding": [_codage(code)]}


def _visibilites(m: Metadonnees) -> list[Json]:
    drapeaux = {
        "MASQUE_PS": m.masque_ps,
        "INVISIBLE_PATIENT": m.invisible_patient,
        "INVISIBLE_REPRESENTANTS_LEGAUX": m.invisible_representants,
    }
    return [_concept(Code(nom, _VISIBILITE)) for nom, mis in drapeaux.items() if mis]


def _contenue(auteur: Auteur, local_id: str) -> Json:
    """The contained resource of an author."""
    nom = {"family": auteur.nom} if auteur.nom else {}
    if auteur.prenom:
        nom = {**nom, "given": [auteur.prenom]}  # type: ignore[dict-item]
    noms: Json = {"name": [nom]} if nom else {}
    if auteur.genre == "dispositif":
        nom_appareil = [{"name": auteur.nom or "Logiciel", "type": "user-friendly-name"}]
        return {"resourceType": "Device", "id": local_id, "deviceName": nom_appareil}
    if auteur.genre == "patient":
        return {"resourceType": "Patient", "id": local_id, **noms}
    if auteur.genre == "organisation":
        return {"resourceType": "Organization", "id": local_id, **_structure(auteur)}
    if not (auteur.structure_idnat or auteur.structure_nom):
        praticien: Json = {"resourceType": "Practitioner", "id": local_id, **noms}
        if auteur.idnat:
            praticien["identifier"] = [{"system": _PS, "value": auteur.idnat}]
        return praticien
    affichage = auteur.affichage
    praticien_lie: Json = {"display": affichage} if affichage else {}
    if auteur.idnat:
        praticien_lie["identifier"] = {"system": _PS, "value": auteur.idnat}
    organisation: Json = {"display": auteur.structure_nom} if auteur.structure_nom else {}
    if auteur.structure_idnat:
        organisation["identifier"] = {"system": _STRUCTURE, "value": auteur.structure_idnat}
    role: Json = {"resourceType": "PractitionerRole", "id": local_id, "organization": organisation}
    if praticien_lie:
        role["practitioner"] = praticien_lie
    for element, code in (("code", auteur.role), ("specialty", auteur.specialite)):
        if code and code.systeme:
            role[element] = [_concept(code)]
    return role


def _structure(auteur: Auteur) -> Json:
    structure: Json = {"name": auteur.structure_nom} if auteur.structure_nom else {}
    if auteur.structure_idnat:
        structure["identifier"] = [{"system": _STRUCTURE, "value": auteur.structure_idnat}]
    return structure
