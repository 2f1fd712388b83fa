"""What this authorization server says of itself: only what is true, the same in each document (rule OID-21)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from espace_sante.api.oauth import clients
from espace_sante.api.oauth.jeton import ECHANGE, STRUCTURE
from espace_sante.api.oauth.portees import CONNUES
from espace_sante.identite import cles_jetons
from espace_sante.platform.http import publique

_CACHE = {
    "Cache-Control": f"public, max-age={cles_jetons.PUBLICATION_S}",
    "Access-Control-Allow-Origin": "*",
}
_ADRESSES = {
    "token_endpoint": "/oauth/token",
    "introspection_endpoint": "/oauth/introspect",
    "revocation_endpoint": "/oauth/revoke",
}


def _serveur() -> dict[str, Any]:
    methodes = clients.methodes()
    faits = {
        "issuer": settings.ES_BASE_URL,
        **{nom: f"{settings.ES_BASE_URL}{chemin}" for nom, chemin in _ADRESSES.items()},
        "jwks_uri": f"{settings.ES_BASE_URL}/.well-known/jwks.json",
        "registration_page": f"{settings.ES_BASE_URL}/editeurs/",
        "grant_types_supported": [ECHANGE, STRUCTURE],
        "token_endpoint_auth_methods_supported": methodes,
        "introspection_endpoint_auth_methods_supported": methodes,
        "revocation_endpoint_auth_methods_supported": methodes,
        "scopes_supported": list(CONNUES),
        "code_challenge_methods_supported": ["S256"],
        "access_token_signing_alg_values_supported": ["Ed25519"],
        "tls_client_certificate_bound_access_tokens": clients.CERTIFICAT in methodes,
        # There is no authorization endpoint yet: no response type.
        "response_types_supported": [],
    }
    if settings.ES_MTLS_URL:
        faits["mtls_endpoint_aliases"] = {
            nom: f"{settings.ES_MTLS_URL}{chemin}" for nom, chemin in _ADRESSES.items()
        }
    return faits


@publique
@require_safe
def serveur(request: HttpRequest) -> HttpResponse:
    """`/.well-known/oauth-authorization-server` (RFC 8414, ITI-103)."""
    return JsonResponse(_serveur(), headers=_CACHE)


@publique
@require_safe
def openid(request: HttpRequest) -> HttpResponse:
    """`/.well-known/openid-configuration`: the same facts, and what this form demands. No ID token is given here."""
    propres = {"subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["Ed25519"]}
    return JsonResponse({**_serveur(), **propres}, headers=_CACHE)


@publique
@require_safe
def smart(request: HttpRequest) -> HttpResponse:
    """`/fhir/.well-known/smart-configuration`: the same facts; no SMART launch is offered yet."""
    symetrique = ["client-confidential-symmetric"] if clients.secrets_admis() else []
    return JsonResponse({**_serveur(), "capabilities": [*symetrique, "permission-v2"]}, headers=_CACHE)


@publique
@require_safe
def cles(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: keys that our tokens are, were or will be signed with (OID-22)."""
    return JsonResponse({"keys": cles_jetons.publiques()}, headers=_CACHE)
