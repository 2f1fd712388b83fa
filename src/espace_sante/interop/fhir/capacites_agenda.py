"""What the CapabilityStatement says of appointments, and of schedules when they are kept (FHR-02, FHR-154 to FHR-159)."""

from __future__ import annotations

from typing import Any, Final

from espace_sante.interop.fhir import rendez_vous_recherche
from espace_sante.interop.fhir.rendez_vous_rendu import PROFIL

_GAP: Final = "https://interop.esante.gouv.fr/ig/fhir/gap/"
_TYPES: Final = {
    "patient": "reference", "actor": "reference", "practitioner": "reference", "supporting-info": "reference",
    "date": "date", "start": "date", "earliestStart": "date", "latestStart": "date", "created": "date",
    "description": "string",
}  # fmt: skip


def agenda(*, creneaux: bool) -> list[dict[str, Any]]:
    """Appointment; Schedule and Slot only where they are switched on (FHR-158)."""
    return [_appointment(), *([_schedule(), _slot()] if creneaux else [])]


def _appointment() -> dict[str, Any]:
    return {
        "type": "Appointment",
        "supportedProfile": [PROFIL],
        "documentation": (
            "Un logiciel ou un service relié met un rendez-vous dans l’agenda, sans autorisation de lecture, puis le change "
            "par PUT Appointment?identifier=<système>|<valeur>. Chacun voit et change les siens. Les noms GAP_Appointment_… "
            "du guide sont admis. Statuts : proposed, pending, booked, cancelled, fulfilled, noshow."
        ),
        "interaction": [{"code": "create"}, {"code": "update"}, {"code": "read"}, {"code": "search-type"}],
        "versioning": "versioned",
        "updateCreate": False,
        "conditionalUpdate": True,
        "searchParam": [
            {"name": nom, "type": _TYPES.get(nom, "token")} for nom in rendez_vous_recherche.PARAMETRES
        ],
    }


def _schedule() -> dict[str, Any]:
    return {
        "type": "Schedule",
        "supportedProfile": [f"{_GAP}StructureDefinition/gap-fr-schedule"],
        "documentation": "Les plages de disponibilité d’un professionnel ou d’un lieu ; ses créneaux (Slot) en sont coupés.",
        "interaction": [{"code": "create"}, {"code": "update"}, {"code": "patch"}, {"code": "delete"}],
        "versioning": "versioned",
        "updateCreate": False,
    }


def _slot() -> dict[str, Any]:
    return {
        "type": "Slot",
        "supportedProfile": [f"{_GAP}StructureDefinition/gap-fr-slot"],
        "documentation": "Un Appointment qui nomme un créneau le réserve ; celui qui n’est plus libre donne 409.",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [
            {"name": "_id", "type": "token"},
            {"name": "identifier", "type": "token"},
            {"name": "status", "type": "token"},
            {"name": "start", "type": "date"},
            {"name": "schedule", "type": "reference"},
            {"name": "schedule.actor", "type": "reference"},
        ],
    }
