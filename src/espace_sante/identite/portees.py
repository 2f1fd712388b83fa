"""Scopes that our tokens carry (rule OID-19): transactions of IUA, and SMART forms that stand for them. Pure.

A SMART scope is `context/Resource.letters`, letters of `cruds` in that order. It is asked whole, granted when each
of its letters was granted at registration, and read by the interfaces letter by letter (`user/Patient.r`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TRANSACTIONS: Final = ("ITI-65", "ITI-66", "ITI-67", "ITI-68", "ITI-81", "ITI-105", "ITI-106")
# Introspection by a resource server (OID-20): a right of the program, carried by no token.
INTROSPECTION: Final = "ITI-102"
RESSOURCES: Final = (
    "Appointment", "AuditEvent", "Binary", "CareTeam", "Consent", "DocumentReference", "List", "Observation", "Patient",
    "Provenance", "Schedule", "Slot", "Subscription",
)  # fmt: skip
_SMART: Final = re.compile(rf"(patient|system|user)/({'|'.join(RESSOURCES)})\.(c?r?u?d?s?)")
# What several letters together stand for: (resource, letters) of one context → transaction.
_VALENT: Final = (
    ("ITI-105", {("DocumentReference", "c")}),
    ("ITI-65", {("DocumentReference", "c"), ("List", "c")}),
    ("ITI-67", {("DocumentReference", "r"), ("DocumentReference", "s")}),
    ("ITI-66", {("List", "r"), ("List", "s")}),
    ("ITI-68", {("Binary", "r")}),
    ("ITI-81", {("AuditEvent", "r"), ("AuditEvent", "s")}),
)
# A structure without a person (OID-18): feeding, and the existence test that goes before it.
ALIMENTATION = frozenset({"ITI-65", "ITI-105", "ITI-106", "system/Patient.r", "system/Appointment.cu"})
ALIMENTATION_SMART = frozenset({"system/DocumentReference.c", "system/List.c", "system/Schedule.cud"})
CONSULTATION = frozenset(
    {*TRANSACTIONS, "user/Appointment.crus", "user/AuditEvent.rs", "user/CareTeam.crus", "user/Consent.crus",
     "user/Observation.crus", "user/Patient.r", "user/Subscription.cruds"}
)  # fmt: skip
# Of a person: what acts for a holder (`patient/`) is given by his own agreement, never to a person's software (OID-28).
PERSONNE = CONSULTATION | {
    "user/Binary.r", "user/DocumentReference.cruds", "user/List.crs", "user/Schedule.cud", "user/Slot.rs",
}  # fmt: skip

# The client program of every demonstration.
LPS_DEMONSTRATION = "lps-demonstration"


def lettres(portee: str) -> frozenset[str]:
    """A SMART scope letter by letter; a transaction as it is; empty for what is neither."""
    if portee in TRANSACTIONS or portee == INTROSPECTION:
        return frozenset({portee})
    lue = _SMART.fullmatch(portee)
    return frozenset(f"{lue[1]}/{lue[2]}.{lettre}" for lettre in lue[3]) if lue else frozenset()


def eclater(portees: Iterable[str]) -> frozenset[str]:
    """Every scope, letter by letter."""
    return frozenset[str]().union(*(lettres(p) for p in portees))


def couvertes(demandees: Iterable[str], accordees: Iterable[str]) -> bool:
    """Whether each asked scope is one, and within what was granted."""
    possedees = etendre(accordees)
    return all((vues := lettres(p)) and vues <= possedees for p in demandees)


def etendre(portees: Iterable[str]) -> frozenset[str]:
    """What the interfaces look for: the scopes, their letters, and the transactions that letters stand for."""
    portees = tuple(portees)
    detail = eclater(portees)
    valeurs = set(portees) | detail
    for contexte in ("user", "system"):
        tenues = {
            (p.partition("/")[2].partition(".")[0], p[-1]) for p in detail if p.startswith(f"{contexte}/")
        }
        valeurs |= {transaction for transaction, demande in _VALENT if demande <= tenues}
    return frozenset(valeurs)
