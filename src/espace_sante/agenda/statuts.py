"""Status of an appointment and what it may become (rules FHR-154, AGD-11 to AGD-13). Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Statut(StrEnum):
    """FHIR R4 AppointmentStatus."""

    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"
    CHECKED_IN = "checked-in"
    WAITLIST = "waitlist"


# What a source may send (FHR-154), and the withdrawal of a mistake (AGD-13), which nothing begins with.
CREATION: Final = frozenset(
    {Statut.PROPOSED, Statut.PENDING, Statut.BOOKED, Statut.FULFILLED, Statut.CANCELLED, Statut.NOSHOW}
)
RECUS: Final = CREATION | {Statut.ENTERED_IN_ERROR}
# How it ended: it comes back to nothing before. That somebody came or not may be corrected.
_VENUE: Final = frozenset({Statut.FULFILLED, Statut.NOSHOW})
_MOTS: Final = {
    Statut.BOOKED: "Confirmé",
    Statut.FULFILLED: "Honoré",
    Statut.CANCELLED: "Annulé",
    Statut.NOSHOW: "Non honoré",
    Statut.ENTERED_IN_ERROR: "Saisi par erreur",
}


def possible(avant: Statut, apres: Statut) -> bool:
    """Whether a source may bring an appointment from one status to another; staying is always possible."""
    if avant == apres:
        return True
    if avant is Statut.ENTERED_IN_ERROR:
        return False
    if apres is Statut.ENTERED_IN_ERROR:
        return True
    if avant in _VENUE:
        return apres in _VENUE
    return avant is not Statut.CANCELLED


def mot(statut: Statut) -> str:
    """How it is told to the holder (AGD-12)."""
    return _MOTS.get(statut, "En attente")
