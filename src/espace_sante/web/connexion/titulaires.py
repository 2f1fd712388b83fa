"""Login of holders with their own account: password, then a one-time code (rules IDN-37 to IDN-39)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from espace_sante.identite import comptes
from espace_sante.identite.models import Compte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.courriel import CourrielNonEnvoye, abreger
from espace_sante.platform.http import publique
from espace_sante.web.connexion import attente, refus
from espace_sante.web.connexion.entree import entrer


@publique
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def connexion(request: HttpRequest) -> HttpResponse:
    """Two ways in: FranceConnect, or identifier and password."""
    suite = attente.suite_sure(request.POST.get("suite") or request.GET.get("suite"))
    acteur = request.acteur  # type: ignore[attr-defined]
    if request.method == "GET":
        if acteur is not None and acteur.genre is GenreActeur.TITULAIRE:
            return HttpResponseRedirect(suite or reverse("web:espace"))
        return _formulaire(request, suite)
    identifiant = request.POST.get("identifiant", "")
    try:
        compte = comptes.authentifier(request, identifiant, request.POST.get("password", ""))
    except comptes.ConnexionRefusee as erreur:
        return _formulaire(request, suite, identifiant=identifiant, erreur=erreur)
    return demander_code(request, compte, suite)


def demander_code(request: HttpRequest, compte: Compte, suite: str, jeton_fc: str = "") -> HttpResponse:
    """Send the one-time code and lead to its page."""
    try:
        comptes.envoyer_code(compte)
    except CourrielNonEnvoye as erreur:
        return refus.page(request, erreur, pro=False)
    attente.garder_second_facteur(
        request, attente.SecondFacteur(compte.id, abreger(compte.courriel), suite, jeton_fc)
    )
    return HttpResponseRedirect(reverse("web:connexion_code"))


@publique
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The page of the one-time code."""
    en_attente = attente.second_facteur(request)
    if en_attente is None:
        return HttpResponseRedirect(reverse("web:connexion"))
    if request.method == "GET":
        return _page_code(request, en_attente)
    try:
        compte = comptes.verifier_code(request, en_attente.compte_id, request.POST.get("code", ""))
    except comptes.CodeRefuse as erreur:
        return _page_code(request, en_attente, erreur)
    except comptes.ConnexionRefusee as erreur:
        attente.oublier_second_facteur(request)
        return _formulaire(request, en_attente.suite, erreur=erreur)
    return entrer(request, compte.dossier_id, en_attente.suite, en_attente.jeton_fc)


@publique
@never_cache
@require_POST
def renvoi(request: HttpRequest) -> HttpResponse:
    """Send a new code; the former one is worth nothing any more."""
    en_attente = attente.second_facteur(request)
    compte = Compte.objects.filter(id=en_attente.compte_id, is_active=True).first() if en_attente else None
    if en_attente is None or compte is None:
        return HttpResponseRedirect(reverse("web:connexion"))
    return demander_code(request, compte, en_attente.suite, en_attente.jeton_fc)


def _formulaire(
    request: HttpRequest, suite: str, *, identifiant: str = "", erreur: EspaceSanteError | None = None
) -> HttpResponse:
    statut = 200 if erreur is None else 429 if erreur.code == "compte_bloque" else 400
    contexte = {"suite": suite, "identifiant": identifiant, "erreur": erreur}
    return render(request, "connexion/titulaire.html", contexte, status=statut)


def _page_code(
    request: HttpRequest, en_attente: attente.SecondFacteur, erreur: EspaceSanteError | None = None
) -> HttpResponse:
    message = erreur.message if erreur else ""
    if erreur and (reste := erreur.details.get("essais_restants")):
        message += f" Il vous reste {reste} essai{'s' if reste != 1 else ''}."
    contexte = {
        "adresse": en_attente.adresse,
        "minutes": settings.ES_CODE_DUREE_MIN,
        "erreur": erreur,
        "message": message,
    }
    return render(request, "connexion/code.html", contexte, status=400 if erreur else 200)
