"""Calls of programs to /fhir skip what is made for browsers: session, language, CSRF, page policy, lockout.

Default deny holds here too: a view without the mark of platform.http is not found.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_resolver

from espace_sante.platform import http
from espace_sante.web import erreurs


def des_logiciels(chemin: str) -> bool:
    """Whether a path is of the FHIR door."""
    return chemin == "/fhir" or chemin.startswith("/fhir/")


class VoieDesLogiciels:
    """Goes straight from the context of the request to the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not des_logiciels(request.path_info):
            return self.get_response(request)
        try:
            trouve = get_resolver().resolve(request.path_info)
        except Resolver404:
            return erreurs.introuvable(request)
        if getattr(trouve.func, http.ATTRIBUT, None) not in {http.PAR_JETON, http.PUBLIQUE}:
            return erreurs.introuvable(request)
        request.resolver_match = trouve
        reponse: HttpResponse = trouve.func(request, *trouve.args, **trouve.kwargs)
        reponse.setdefault("X-Content-Type-Options", "nosniff")
        if not reponse.streaming:
            reponse.setdefault("Content-Length", str(len(reponse.content)))
        return reponse
