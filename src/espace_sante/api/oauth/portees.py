"""Scopes: asked, granted at registration, and allowed to a structure without a person (rules OID-18, OID-19)."""

from __future__ import annotations

from espace_sante.acces.appairages.droits import PORTEES as PORTEES_SERVICE
from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.models import Logiciel
from espace_sante.identite.portees import ALIMENTATION, ALIMENTATION_SMART, PERSONNE, TRANSACTIONS, couvertes

STRUCTURE = ALIMENTATION | ALIMENTATION_SMART
# What discovery announces: each scope in its widest form.
CONNUES = tuple(sorted({*TRANSACTIONS, *PERSONNE, *STRUCTURE, *PORTEES_SERVICE, "openid"}))


def accordees(demandees: str, logiciel: Logiciel, permises: frozenset[str] = PERSONNE) -> frozenset[str]:
    """The asked scopes, all of them or none. Raises RefusOAuth(`invalid_scope`)."""
    portees = frozenset(demandees.split())
    if not portees or not couvertes(portees, permises) or not couvertes(portees, logiciel.portees):
        raise RefusOAuth("invalid_scope", "Une portée demandée n'est pas accordée à ce logiciel.")
    return portees
