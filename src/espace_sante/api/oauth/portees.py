"""Scopes: asked, granted at registration, and allowed to a structure without a person (rules OID-18, OID-19)."""

from __future__ import annotations

from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.models import Logiciel

# Scopes that the interfaces of this version understand; discovery announces these and no other.
CONNUES = (
    "ITI-65",
    "ITI-66",
    "ITI-67",
    "ITI-68",
    "ITI-105",
    "user/Patient.r",
    "user/Consent.c",
    "system/Patient.r",
)
# Feeding, and the existence test that goes before it: all that a structure alone may do.
ALIMENTATION = frozenset({"ITI-65", "ITI-105", "system/Patient.r"})


def accordees(
    demandees: str, logiciel: Logiciel, permises: frozenset[str] = frozenset(CONNUES)
) -> frozenset[str]:
    """The asked scopes, all of them or none. Raises RefusOAuth(`invalid_scope`)."""
    portees = frozenset(demandees.split())
    if not portees or not portees <= permises & frozenset(logiciel.portees):
        raise RefusOAuth("invalid_scope", "Une portée demandée n'est pas accordée à ce logiciel.")
    return portees
