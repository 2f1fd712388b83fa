"""Refusals of the authorization server, as RFC 6749 §5.2 shapes them."""

from __future__ import annotations

from django.http import JsonResponse

from espace_sante.kernel.errors import EspaceSanteError


class RefusOAuth(EspaceSanteError):
    """`code` is the OAuth error; `statut` its HTTP status; details may add members to the answer."""

    def __init__(self, code: str, message: str, statut: int = 400, **details: object) -> None:
        super().__init__(code, message, **details)
        self.statut = statut


def reponse(refus: RefusOAuth) -> JsonResponse:
    """The JSON answer of a refusal, never kept by a relay."""
    corps = {"error": refus.code, "error_description": refus.message, **refus.details}
    entetes = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    if refus.statut == 401:
        bearer = 'Bearer realm="oauth", error="invalid_token"'
        entetes["WWW-Authenticate"] = (
            bearer if refus.code == "invalid_token" else 'Basic realm="oauth", charset="UTF-8"'
        )
    if refus.statut == 503:
        entetes["Retry-After"] = "10"
    return JsonResponse(corps, status=refus.statut, headers=entetes)
