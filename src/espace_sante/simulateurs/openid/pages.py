"""Pages and views common to the simulated providers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from espace_sante.platform.http import par_jeton, publique
from espace_sante.simulateurs.openid import cles
from espace_sante.simulateurs.openid.fournisseur import Simulateur, reponse


def refus(request: HttpRequest, nom: str, texte: str) -> HttpResponse:
    """A request that no redirect can answer."""
    return render(request, "simulateurs/refus.html", {"nom": nom, "texte": texte}, status=400)


def adresses(simulateur: Callable[[], Simulateur], titre: str, decouverte: str) -> list[URLPattern]:
    """The machine endpoints of a provider, and the page that ends a session."""

    @publique
    @require_GET
    def document(request: HttpRequest) -> HttpResponse:
        return reponse(simulateur().decouverte)

    @publique
    @require_GET
    def certificats(request: HttpRequest) -> HttpResponse:
        return reponse(cles.publiques(simulateur().dossier))

    @par_jeton
    @csrf_exempt
    @require_POST
    def jetons(request: HttpRequest) -> HttpResponse:
        return simulateur().jetons(request)

    @par_jeton
    @csrf_exempt
    @require_http_methods(["GET", "POST"])
    def informations(request: HttpRequest) -> HttpResponse:
        return simulateur().informations(request)

    @par_jeton
    @csrf_exempt
    @require_POST
    def introspection(request: HttpRequest) -> HttpResponse:
        return simulateur().introspection(request)

    @publique
    @require_GET
    def fin(request: HttpRequest) -> HttpResponse:
        suite = simulateur().terminer(request)
        if suite:
            return HttpResponseRedirect(suite)
        return render(request, "simulateurs/fin.html", {"nom": titre})

    nom = simulateur().nom
    return [
        path(f".well-known/{decouverte}", document, name=f"{nom}_decouverte"),
        path("certs", certificats, name=f"{nom}_cles"),
        path("token", jetons, name=f"{nom}_jeton"),
        path("userinfo", informations, name=f"{nom}_informations"),
        path("introspect", introspection, name=f"{nom}_introspection"),
        path("logout", fin, name=f"{nom}_fin"),
    ]
