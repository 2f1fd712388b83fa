"""Our acts in the words of AuditEvent: action, RESTful interaction, type of event (FHR-160, FHR-162). Pure.

An act that is not named here is told as an operation (`E`): a new one is never left out of a search.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from espace_sante.traces.ecriture import Action

RESTFUL: Final = "http://hl7.org/fhir/restful-interaction"
EVENEMENT: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
ACTE: Final = "CodeSystem/acte"
EXECUTION: Final = "E"

_LUS: Final = {
    Action.OUVERTURE: "read", Action.LECTURE: "read", Action.TELECHARGEMENT: "read", Action.LISTE: "search-type",
    Action.RENDEZ_VOUS_LECTURE: "search-type", Action.EXISTENCE: "search-type", Action.HISTORIQUE: "search-type",
    Action.CERCLE: "search-type", Action.MESURES_LUES: "search-type",
}  # fmt: skip
_FAITS: Final = {
    "create": (
        Action.DEPOT, Action.CONSENTEMENT, Action.BLOCAGE, Action.ADMINISTRATEUR, Action.CODE_ACCES, Action.PARTAGE,
        Action.SIGNALEMENT, Action.EXCLUSION, Action.MESURE_AJOUTEE, Action.RENDEZ_VOUS_AJOUT,
    ),
    "update": (
        Action.REMPLACEMENT, Action.MASQUAGE, Action.DEMASQUAGE, Action.ARCHIVAGE, Action.DESARCHIVAGE,
        Action.CONFIDENTIALITE, Action.LEVEE_ANNONCE, Action.VISIBILITE_AUTOMATIQUE, Action.REGLAGE_CONFIDENTIALITE,
        Action.REGLAGE, Action.RANGEMENT, Action.PERIME, Action.SUPPRESSION_ANNULEE, Action.SUITE_SIGNALEMENT,
        Action.MESURE_CHANGEE,
        Action.RENDEZ_VOUS_CHANGEMENT,
    ),
    "delete": (
        Action.SUPPRESSION, Action.DESTRUCTION, Action.EFFACEMENT, Action.RETRAIT_CONSENTEMENT, Action.DEBLOCAGE,
        Action.RETRAIT_PARTAGE, Action.EXTRACTION_RETIREE, Action.EXPORT_DETRUIT, Action.MESURE_SUPPRIMEE,
    ),
}  # fmt: skip
_INTERACTIONS: Final[dict[str, str]] = {
    **{action.value: interaction for action, interaction in _LUS.items()},
    **{action.value: interaction for interaction, actions in _FAITS.items() for action in actions},
}
_LETTRES: Final = {"read": "R", "search-type": "R", "create": "C", "update": "U", "delete": "D"}
_TYPES: Final = {
    Action.HISTORIQUE.value: (DCM, "110101", "Audit Log Used"),
    Action.CONNEXION.value: (DCM, "110114", "User Authentication"),
    Action.EXPORT_TELECHARGE.value: (DCM, "110106", "Export"),
    Action.EXPORT_TRACES.value: (DCM, "110106", "Export"),
}
_TYPE: Final = (EVENEMENT, "rest", "RESTful Operation")
TOUTES: Final = tuple(a.value for a in Action)


def interaction(action: str) -> str:
    """The RESTful interaction; empty for an act that is none."""
    return _INTERACTIONS.get(action, "")


def lettre(action: str) -> str:
    """AuditEvent.action."""
    return _LETTRES.get(interaction(action), EXECUTION)


def type_evenement(action: str) -> tuple[str, str, str]:
    """(system, code, display) of AuditEvent.type."""
    return _TYPES.get(action, _TYPE)


def de_lettre(code: str) -> set[str]:
    """The acts of one AuditEvent.action."""
    return {a for a in TOUTES if lettre(a) == code}


def de_type(systeme: str | None, code: str) -> set[str]:
    """The acts of one AuditEvent.type."""
    return {a for a in TOUTES for s, c, _ in (type_evenement(a),) if c == code and systeme in (None, s)}


def de_sous_type(systeme: str | None, code: str, systeme_actes: str) -> set[str]:
    """The acts of one AuditEvent.subtype: an interaction, or one of our own codes."""
    trouves: set[str] = set()
    if systeme in (None, RESTFUL):
        trouves |= {a for a in TOUTES if interaction(a) == code}
    if systeme in (None, systeme_actes):
        trouves |= {a for a in TOUTES if a == code}
    return trouves


def communes(actuelles: Iterable[str] | None, voulues: set[str]) -> tuple[str, ...]:
    """What two criteria have in common, in a fixed order; None: no criterion yet."""
    return tuple(a for a in TOUTES if a in voulues and (actuelles is None or a in actuelles))
