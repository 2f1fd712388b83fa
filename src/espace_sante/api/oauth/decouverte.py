"""What this authorization server says of itself: only what is true (rule OID-21)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from espace_sante.api.oauth.jeton import ECHANGE, STRUCTURE
from espace_sante.api.oauth.portees import CONNUES
from espace_sante.identite.jetons import cle_publique
from espace_sante.platform.http import publique

_CACHE = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}


def _serveur() -> dict[str, Any]:
    return {
        "issuer": settings.ES_BASE_URL,
        "token_endpoint": f"{settings.ES_BASE_URL}/oauth/token",
        "jwks_uri": f"{settings.ES_BASE_URL}/.well-known/jwks.json",
        "grant_types_supported": [ECHANGE, STRUCTURE],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": list(CONNUES),
        # There is no authorization endpoint yet: no response type.
        "response_types_supported": [],
    }


@publique
@require_safe
def serveur(request: HttpRequest) -> HttpResponse:
    """`/.well-known/oauth-authorization-server` (RFC 8414)."""
    return JsonResponse(_serveur(), headers=_CACHE)


@publique
@require_safe
def smart(request: HttpRequest) -> HttpResponse:
    """`/fhir/.well-known/smart-configuration`: the same facts; no SMART launch is offered yet."""
    capacites = ["client-confidential-symmetric", "permission-v2"]
    return JsonResponse({**_serveur(), "capabilities": capacites}, headers=_CACHE)


@publique
@require_safe
def cles(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: the key that our tokens are signed with."""
    return JsonResponse({"keys": [cle_publique()]}, headers=_CACHE)
