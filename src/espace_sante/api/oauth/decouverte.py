"""What this authorization server says of itself: only what is true, the same in each document (rule OID-21)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from espace_sante.api.oauth import appairage, clients, decouple
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


_SMART = (
    "launch-standalone",
    "sso-openid-connect",
    "permission-patient",
    "permission-offline",
    "permission-v2",
)


def _serveur() -> dict[str, Any]:
    methodes = clients.methodes()
    faits: dict[str, Any] = {
        "issuer": settings.ES_BASE_URL,
        **{nom: f"{settings.ES_BASE_URL}{chemin}" for nom, chemin in _ADRESSES.items()},
        "jwks_uri": f"{settings.ES_BASE_URL}/.well-known/jwks.json",
        "registration_page": f"{settings.ES_BASE_URL}/editeurs/",
        "authorization_endpoint": f"{settings.ES_BASE_URL}/oauth/authorize",
        "userinfo_endpoint": f"{settings.ES_BASE_URL}/oauth/userinfo",
        "grant_types_supported": [ECHANGE, STRUCTURE, appairage.CODE, appairage.RAFRAICHISSEMENT],
        "token_endpoint_auth_methods_supported": methodes,
        "introspection_endpoint_auth_methods_supported": methodes,
        "revocation_endpoint_auth_methods_supported": methodes,
        "scopes_supported": list(CONNUES),
        "code_challenge_methods_supported": ["S256"],
        "access_token_signing_alg_values_supported": ["Ed25519"],
        "tls_client_certificate_bound_access_tokens": clients.CERTIFICAT in methodes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    adresses = dict(_ADRESSES)
    if settings.ES_CIBA:
        adresses["backchannel_authentication_endpoint"] = decouple.ADRESSE
        faits["grant_types_supported"] = [*faits["grant_types_supported"], decouple.GRANT]
        faits["backchannel_authentication_endpoint"] = f"{settings.ES_BASE_URL}{decouple.ADRESSE}"
        faits["backchannel_token_delivery_modes_supported"] = ["poll"]
        faits["backchannel_user_code_parameter_supported"] = False
    if settings.ES_MTLS_URL:
        faits["mtls_endpoint_aliases"] = {
            nom: f"{settings.ES_MTLS_URL}{chemin}" for nom, chemin in adresses.items()
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
    """`/.well-known/openid-configuration`: the same facts, and what this form demands (OID-28, OID-29)."""
    propres = {
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["Ed25519"],
        "claims_supported": [
            "sub", "auth_time", "nonce", "family_name", "given_name", "birthdate", "gender", "birthplace", "ins",
        ],
    }  # fmt: skip
    return JsonResponse({**_serveur(), **propres}, headers=_CACHE)


@publique
@require_safe
def smart(request: HttpRequest) -> HttpResponse:
    """`/fhir/.well-known/smart-configuration`: the same facts; a standalone launch for paired services only."""
    symetrique = ["client-confidential-symmetric"] if clients.secrets_admis() else []
    return JsonResponse({**_serveur(), "capabilities": [*symetrique, *_SMART]}, headers=_CACHE)


@publique
@require_safe
def cles(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: keys that our tokens are, were or will be signed with (OID-22)."""
    return JsonResponse({"keys": cles_jetons.publiques()}, headers=_CACHE)
