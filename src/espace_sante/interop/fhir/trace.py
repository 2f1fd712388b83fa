"""A trace as an AuditEvent (IHE BALP, TDE): who, from where, when, what, for what purpose, with which result (FHR-160).

It names the document, never what it says (FHR-165); it names the patient by our id, never by his INS. Pure.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from espace_sante.interop.fhir import actes
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.valeurs import ecrire_date
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, SYSTEME_STRUCTURE
from espace_sante.traces.ecriture import PORTE_SECRETE, Resultat
from espace_sante.traces.queries import TraceVue

PROFIL: Final = "https://interop.esante.gouv.fr/ig/fhir/tde/StructureDefinition/tde-auditevent"
# TRE_R248-ModeAcces: the purpose of use, as the token carried it (FHR-38).
MODES: Final = "urn:oid:1.2.250.1.213.1.1.4.248"
GENRES: Final = "CodeSystem/genre-acteur"
_ENTITE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
REUSSI: Final = "0"
ECHEC: Final = "4"


def ressource(dossier_id: UUID, trace: TraceVue, base: str, *, service: str) -> dict[str, Any]:
    """The AuditEvent of one trace. `service`: the name of who keeps it."""
    systeme, code, libelle = actes.type_evenement(trace.action)
    quand = ecrire_date(trace.quand)
    refuse = trace.resultat == Resultat.REFUS
    sous_types = [{"system": f"{base}/{actes.ACTE}", "code": trace.action}]
    if nom := actes.interaction(trace.action):
        sous_types.insert(0, {"system": actes.RESTFUL, "code": nom})
    return {
        "resourceType": "AuditEvent",
        "id": composer(dossier_id, trace.id),
        "meta": {"profile": [PROFIL]},
        "type": {"system": systeme, "code": code, "display": libelle},
        "subtype": sous_types,
        "action": actes.lettre(trace.action),
        "period": {"start": quand, "end": quand},
        "recorded": quand,
        "outcome": ECHEC if refuse else REUSSI,
        **({"outcomeDesc": trace.motif} if refuse and trace.motif else {}),
        "purposeOfEvent": [{"coding": [{"system": MODES, "code": trace.mode}]}],
        "agent": _agents(dossier_id, trace, base),
        "source": {
            "site": "fhir" if trace.porte == PORTE_SECRETE else trace.porte,
            "observer": {"display": service},
        },
        "entity": _entites(dossier_id, trace),
    }


def _agents(dossier_id: UUID, trace: TraceVue, base: str) -> list[dict[str, Any]]:
    genre = {"coding": [{"system": f"{base}/{GENRES}", "code": trace.acteur_genre}]}
    if trace.profession:
        genre["text"] = trace.profession  # type: ignore[assignment]
    qui: dict[str, Any] = {"display": trace.acteur_nom} if trace.acteur_nom else {}
    alternatif = ""
    if trace.acteur_genre == GenreActeur.PROFESSIONNEL and trace.acteur_id:
        qui["identifier"] = {"system": SYSTEME_IDNAT_PS, "value": f"8{trace.acteur_id}"}
        alternatif = trace.acteur_id
    elif trace.acteur_genre == GenreActeur.STRUCTURE and trace.acteur_id:
        qui["identifier"] = {"system": SYSTEME_STRUCTURE, "value": trace.acteur_id}
    elif trace.acteur_genre == GenreActeur.TITULAIRE:
        qui["reference"] = f"Patient/{dossier_id}"
    agents = [{
        "role": [genre],
        **({"who": qui} if qui else {}),
        **({"altId": alternatif} if alternatif else {}),
        **({"name": trace.acteur_nom} if trace.acteur_nom else {}),
        "requestor": True,
    }]  # fmt: skip
    if trace.structure_nom:
        lieu = ", ".join(t for t in (trace.structure_nom, trace.structure_commune) if t)
        agents.append(_autre(base, "structure", lieu))
    if trace.logiciel_nom or trace.logiciel:
        agents.append(_autre(base, "logiciel", trace.logiciel_nom or trace.logiciel))
    return agents


def _autre(base: str, genre: str, nom: str) -> dict[str, Any]:
    role = {"coding": [{"system": f"{base}/{GENRES}", "code": genre}]}
    return {"role": [role], "who": {"display": nom}, "name": nom, "requestor": False}


def _entites(dossier_id: UUID, trace: TraceVue) -> list[dict[str, Any]]:
    entites: list[dict[str, Any]] = [
        {
            "what": {"reference": f"Patient/{dossier_id}"},
            "type": {"system": _ENTITE, "code": "1", "display": "Person"},
            "role": {"system": _ROLE, "code": "1", "display": "Patient"},
        }
    ]
    seul = len(trace.document_ids) == 1
    for document_id in trace.document_ids:
        detail = [{"type": "typeCode", "valueString": trace.document_type}] if trace.document_type else []
        entites.append({
            "what": {"reference": f"DocumentReference/{composer(dossier_id, document_id)}"},
            "type": {"system": _ENTITE, "code": "2", "display": "System Object"},
            "role": {"system": _ROLE, "code": "3", "display": "Report"},
            **({"name": trace.document_titre} if seul and trace.document_titre else {}),
            **({"detail": detail} if seul and detail else {}),
        })  # fmt: skip
    return entites


def bundle(
    ressources: list[dict[str, Any]],
    liens: list[dict[str, str]],
    base: str,
    *,
    total: int | None,
    outcome: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A searchset. `total` is told when it is known: counting a long history would cost more than reading it."""
    entrees: list[dict[str, Any]] = [
        {
            "fullUrl": f"{base}/{r['resourceType']}/{r['id']}",
            "resource": r,
            "search": {"mode": "match"},
        }
        for r in ressources
    ]
    if outcome:
        entrees.append({"resource": outcome, "search": {"mode": "outcome"}})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        **({"total": total} if total is not None else {}),
        "link": liens,
        **({"entry": entrees} if entrees else {}),
    }
