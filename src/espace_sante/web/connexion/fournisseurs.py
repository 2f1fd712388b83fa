"""The two identity providers, from the settings: real ones or simulators, the same code (OID-02, OID-24)."""

from __future__ import annotations

from typing import Literal

from django.conf import settings

from espace_sante.platform.oidc import Fournisseur

Service = Literal["psc", "franceconnect"]


def fournisseur(service: Service) -> Fournisseur:
    """How we are registered with Pro Santé Connect or FranceConnect."""
    if service == "psc":
        return Fournisseur(
            emetteur=settings.ES_PSC_ISSUER,
            client_id=settings.ES_PSC_CLIENT[0],
            client_secret=settings.ES_PSC_CLIENT[1],
            portees="openid scope_all",
            acr="eidas1",
            decouverte="/.well-known/wallet-openid-configuration",
        )
    return Fournisseur(
        emetteur=settings.ES_FC_ISSUER,
        client_id=settings.ES_FC_CLIENT[0],
        client_secret=settings.ES_FC_CLIENT[1],
        portees="openid identite_pivot email",
        # Later logins: eidas1, completed by our one-time code; eidas2 is enough alone (OID-24).
        acr="eidas1",
    )
