"""The simulated FranceConnect: pivot identity by signed userinfo (rules OID-24 to OID-26)."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.openid.fournisseur import Simulateur, decouverte, racine

_VIE_ACCES_S = 60


def personne(sub: str) -> donnees.Pivot | None:
    """The fictitious person of that subject."""
    return next((p for p in donnees.pivots(racine()) if p.sub == sub), None)


def reclamations(sub: str) -> dict[str, Any] | None:
    """Pivot identity, with the real claim names."""
    p = personne(sub)
    if p is None:
        return None
    fiche = {
        "sub": p.sub,
        "given_name": p.given_name,
        "given_name_array": p.given_name.split(),
        "family_name": p.family_name,
        "birthdate": p.birthdate,
        "gender": p.gender,
        "birthplace": p.birthplace,
        "birthcountry": p.birthcountry,
        "email": p.email,
    }
    return {**fiche, **({"preferred_username": p.preferred_username} if p.preferred_username else {})}


def simulateur() -> Simulateur:
    """The provider, for the addresses of the current settings."""
    emetteur = f"{settings.ES_BASE_URL}/simulateurs/franceconnect"
    return Simulateur(
        nom="franceconnect",
        emetteur=emetteur,
        client=settings.ES_FC_CLIENT,
        retours=(f"{settings.ES_BASE_URL}/connexion/franceconnect/retour/",),
        fins=(f"{settings.ES_BASE_URL}/",),
        decouverte=decouverte(
            emetteur, "authorize", ["eidas1", "eidas2", "eidas3"], ["openid", "identite_pivot", "email"]
        ),
        reclamations=reclamations,
        signe=True,
        vie_acces_s=_VIE_ACCES_S,
    )
