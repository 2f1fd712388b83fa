"""The simulated Pro Santé Connect."""

from __future__ import annotations

from django.conf import settings

from espace_sante.simulateurs.openid import ciba
from espace_sante.simulateurs.openid.fournisseur import Simulateur, decouverte
from espace_sante.simulateurs.psc.fiche import reclamations

# The real login lives four hours; its access token about two minutes (IDN-59).
_VIE_ACCES_S = 120


def simulateur() -> Simulateur:
    """The provider, for the addresses of the current settings."""
    emetteur = f"{settings.ES_BASE_URL}/simulateurs/psc"
    return Simulateur(
        nom="psc",
        emetteur=emetteur,
        client=settings.ES_PSC_CLIENT,
        retours=(f"{settings.ES_BASE_URL}/connexion/pro/retour/",),
        fins=(f"{settings.ES_BASE_URL}/",),
        decouverte={
            **decouverte(emetteur, "auth", ["eidas1", "eidas2"], ["openid", "scope_all"]),
            "grant_types_supported": ["authorization_code", ciba.GRANT],
            "backchannel_authentication_endpoint": f"{emetteur}/ext/ciba/auth",
            "backchannel_token_delivery_modes_supported": ["poll"],
            "backchannel_user_code_parameter_supported": False,
        },
        reclamations=reclamations,
        signe=False,
        vie_acces_s=_VIE_ACCES_S,
        decouple=True,
    )
