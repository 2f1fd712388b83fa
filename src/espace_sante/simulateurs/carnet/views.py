"""The site of the fictitious service: start, come back, look at what was given."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.platform.http import publique
from espace_sante.simulateurs.carnet import client
from espace_sante.simulateurs.carnet.client import Depart
from espace_sante.simulateurs.carnet.memoire import Memoire


@publique
@never_cache
@require_http_methods(["GET", "POST"])
def accueil(request: HttpRequest) -> HttpResponse:
    """Without tokens, a way to ask for them; with them, what they give now. A POST renews them."""
    memoire = Memoire(request)
    tenus = memoire.valeurs.get("jetons")
    if request.method == "POST" and tenus:
        _garder(memoire, client.jetons(grant_type="refresh_token", refresh_token=tenus["refresh_token"]))
        return memoire.rendre(HttpResponseRedirect(reverse("simulateurs:carnet")))
    statut, dites = client.informations(tenus["access_token"]) if tenus else (0, {})
    contexte = {
        "jetons": tenus,
        "statut": statut,
        "dites": dites,
        "erreur": memoire.valeurs.pop("erreur", ""),
    }
    return memoire.rendre(render(request, "simulateurs/carnet.html", contexte))


@publique
@never_cache
@require_GET
def partir(request: HttpRequest) -> HttpResponse:
    """Send the browser to the authorization endpoint."""
    memoire = Memoire(request)
    depart = client.partir()
    memoire.valeurs["depart"] = asdict(depart)
    return memoire.rendre(HttpResponseRedirect(depart.adresse))


@publique
@never_cache
@require_GET
def retour(request: HttpRequest) -> HttpResponse:
    """Where the browser comes back: the answer counts only for the request that this browser made."""
    memoire = Memoire(request)
    brut = memoire.valeurs.pop("depart", None)
    depart = Depart(**brut) if brut else None
    etat = request.GET.get("state", "").encode()
    if depart is None or not secrets.compare_digest(depart.etat.encode(), etat):
        memoire.valeurs["erreur"] = "state_inconnu"
    elif erreur := request.GET.get("error"):
        memoire.valeurs["erreur"] = erreur[:60]
    else:
        recus = client.jetons(
            grant_type="authorization_code",
            code=request.GET.get("code", ""),
            redirect_uri=client.retour(),
            code_verifier=depart.verifieur,
        )
        _garder(memoire, recus)
    return memoire.rendre(HttpResponseRedirect(reverse("simulateurs:carnet")))


def _garder(memoire: Memoire, recus: dict[str, Any]) -> None:
    if "access_token" in recus:
        memoire.valeurs["jetons"] = recus
    else:
        memoire.valeurs.pop("jetons", None)
        memoire.valeurs["erreur"] = str(recus.get("error", ""))
