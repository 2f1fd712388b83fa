"""Login of operators: password, then the code of an authenticator application, enrolled the first time (HLP-21)."""

from __future__ import annotations

import base64
import time
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from espace_sante.acces.operation.actes import noter, noter_connexion_refusee
from espace_sante.identite.comptes import CompteRefuse
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.essais import ConnexionRefusee
from espace_sante.identite.models import FacteursOperateur
from espace_sante.identite.operateurs import connexion as operateurs
from espace_sante.identite.operateurs import totp
from espace_sante.identite.operateurs.queries import acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.http import publique
from espace_sante.web.connexion.attente import suite_sure
from espace_sante.web.operation.gardes import ouvrir

_ATTENTE = "operateur_attente"
# A first factor left on a screen is worth nothing after this time.
_ATTENTE_MAX_S = 10 * 60


@publique
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def connexion(request: HttpRequest) -> HttpResponse:
    """First factor."""
    suite = suite_sure(request.POST.get("suite") or request.GET.get("suite"))
    qui = request.acteur  # type: ignore[attr-defined]
    if request.method == "GET":
        if qui is not None and qui.genre is GenreActeur.OPERATEUR:
            return HttpResponseRedirect(reverse("web:operation"))
        return _formulaire(request, suite)
    courriel = request.POST.get("identifiant", "")
    try:
        premier = operateurs.authentifier(request, courriel, request.POST.get("password", ""))
    except ConnexionRefusee as erreur:
        noter_connexion_refusee(_contexte(request), erreur.code)
        return _formulaire(request, suite, courriel=courriel, erreur=erreur)
    # A new session key as soon as a secret was given, against fixation.
    request.session.flush()
    attente: dict[str, Any] = {"id": str(premier.operateur_id), "suite": suite, "depuis": time.time()}
    if premier.a_enroler:
        # Sealed: the table of sessions must not hold a second factor in clear.
        scelle = totp.sceller(totp.nouveau_secret(), premier.operateur_id)
        attente |= {"secret": base64.b64encode(scelle).decode(), "courriel": premier.courriel}
    request.session[_ATTENTE] = attente
    page = "web:connexion_operation_enrolement" if premier.a_enroler else "web:connexion_operation_code"
    return HttpResponseRedirect(reverse(page))


@publique
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Second factor."""
    attente = _en_attente(request)
    if attente is None or "secret" in attente:
        return HttpResponseRedirect(reverse("web:connexion_operation"))
    if request.method == "GET":
        return render(request, "connexion/operateur_code.html")
    try:
        facteurs = operateurs.verifier_code(request, UUID(attente["id"]), request.POST.get("code", ""))
    except operateurs.CodeOperateurRefuse as erreur:
        noter_connexion_refusee(_contexte(request), erreur.code, attente["id"])
        return render(request, "connexion/operateur_code.html", {"erreur": erreur}, status=400)
    except ConnexionRefusee as erreur:
        noter_connexion_refusee(_contexte(request), erreur.code, attente["id"])
        request.session.flush()
        return _formulaire(request, attente["suite"], erreur=erreur)
    return _entrer(request, facteurs, attente["suite"], "connexion")


@publique
@never_cache
@sensitive_post_parameters("code", "password", "confirmation")
@require_http_methods(["GET", "POST"])
def enrolement(request: HttpRequest) -> HttpResponse:
    """First login: one's own password, and the authenticator application."""
    attente = _en_attente(request)
    if attente is None or "secret" not in attente:
        return HttpResponseRedirect(reverse("web:connexion_operation"))
    operateur_id = UUID(attente["id"])
    secret = totp.desceller(base64.b64decode(attente["secret"]), operateur_id)
    if request.method == "GET":
        return _page_enrolement(request, attente, secret)
    try:
        facteurs = operateurs.enroler(
            request, operateur_id, secret, request.POST.get("code", ""), request.POST.get("password", ""),
            request.POST.get("confirmation", ""),
        )  # fmt: skip
    except (CompteRefuse, operateurs.CodeOperateurRefuse) as erreur:
        return _page_enrolement(request, attente, secret, erreur)
    except ConnexionRefusee as erreur:
        noter_connexion_refusee(_contexte(request), erreur.code, attente["id"])
        request.session.flush()
        return _formulaire(request, attente["suite"], erreur=erreur)
    return _entrer(request, facteurs, attente["suite"], "enrolement")


def _entrer(request: HttpRequest, facteurs: FacteursOperateur, suite: str, acte: str) -> HttpResponse:
    qui = acteur(facteurs.operateur)
    noter(qui, _contexte(request), acte, "")
    ouvrir(request, qui, facteurs.changes_le)
    vers = suite if suite.startswith(reverse("web:operation")) else reverse("web:operation")
    return HttpResponseRedirect(vers)


def _en_attente(request: HttpRequest) -> dict[str, Any] | None:
    attente: dict[str, Any] | None = request.session.get(_ATTENTE)
    if attente is None or time.time() - attente["depuis"] > _ATTENTE_MAX_S:
        return None
    return attente


def _formulaire(
    request: HttpRequest, suite: str, *, courriel: str = "", erreur: EspaceSanteError | None = None
) -> HttpResponse:
    statut = 200 if erreur is None else 429 if erreur.code == "compte_bloque" else 400
    contexte = {"suite": suite, "identifiant": courriel, "erreur": erreur}
    return render(request, "connexion/operateur.html", contexte, status=statut)


def _page_enrolement(
    request: HttpRequest, attente: dict[str, Any], secret: str, erreur: EspaceSanteError | None = None
) -> HttpResponse:
    adresse = totp.adresse(secret, attente["courriel"])
    contexte = {
        "qr": segno.make(adresse, error="m", micro=False).svg_data_uri(
            scale=5, border=4, dark="#000", light="#fff"
        ),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "erreur": erreur,
    }
    return render(request, "connexion/operateur_enrolement.html", contexte, status=400 if erreur else 200)


def _contexte(request: HttpRequest) -> Contexte:
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    return contexte
