"""Default deny: a view without a mark is refused, a reserved one asks for its kind of actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from espace_sante.identite.sessions import acteur_de
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform import http
from espace_sante.web import erreurs


class ActeurEtRefusParDefaut:
    """Sets `request.acteur` (None for visitors) and holds the marks of platform.http."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reponse = self.get_response(request)
        if getattr(request, "acteur", None) is not None:
            # Pages of a person are never kept by a browser or a relay (FHR-14, REG-12).
            reponse.setdefault("Cache-Control", "no-store")
        return reponse

    def process_view(
        self, request: HttpRequest, vue: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        ouverture = getattr(vue, http.ATTRIBUT, None)
        if ouverture == http.PAR_JETON:
            return None
        request.acteur = acteur_de(request)  # type: ignore[attr-defined]
        if ouverture == http.PUBLIQUE:
            return None
        acteur = request.acteur  # type: ignore[attr-defined]
        if ouverture is None:
            return erreurs.introuvable(request)
        if acteur is None:
            return self._vers_connexion(request, ouverture)
        if acteur.genre not in ouverture:
            return erreurs.introuvable(request)
        return None

    @staticmethod
    def _vers_connexion(request: HttpRequest, genres: frozenset[GenreActeur]) -> HttpResponse:
        pour = "web:connexion_pro" if GenreActeur.PROFESSIONNEL in genres else "web:connexion"
        if genres == {GenreActeur.OPERATEUR}:
            pour = "web:connexion_operation"
        suite = f"?{urlencode({'suite': request.path})}" if request.method == "GET" else ""
        return HttpResponseRedirect(reverse(pour) + suite)
