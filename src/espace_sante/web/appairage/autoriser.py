"""`/oauth/authorize`: a service asks, the holder logs in here, ticks what he gives, or refuses (OID-28, CAT-25, CAT-35).

Never a redirection to an address that the service did not register; the holder alone answers, in his own session.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from espace_sante.acces.appairages import accord, demandes
from espace_sante.acces.appairages.choix import Ligne, lire_lignes
from espace_sante.acces.appairages.demandes import Demande, DemandeIllisible, DemandeRefusee
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.jetons import tracer_jeton
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.sessions import connecte_depuis
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import publique
from espace_sante.web.appairage.mots import finalites
from espace_sante.web.espace.ouverture import rendre


@publique
@never_cache
@require_http_methods(["GET", "POST"])
def autoriser(request: HttpRequest) -> HttpResponse:
    """GET shows who asks for what; POST is the answer of the holder."""
    recus = request.POST if request.method == "POST" else request.GET
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    try:
        demande = demandes.lire({nom: recus.getlist(nom) for nom in recus})
    except DemandeIllisible as faute:
        tracer_jeton(Acteur(GenreActeur.SERVICE), contexte, f"autorisation {faute.code}", refus=True)
        return render(request, "appairage/illisible.html", {"erreur": faute}, status=400)
    except DemandeRefusee as faute:
        service = Acteur(GenreActeur.SERVICE, client_id=recus.get("client_id", ""))
        tracer_jeton(service, contexte, f"autorisation {faute.motif}", refus=True)
        return _retour(
            faute.retour, error=faute.code, error_description=_ascii(faute.message), state=faute.etat
        )
    acteur: Acteur | None = request.acteur  # type: ignore[attr-defined]
    if acteur is None or acteur.genre is not GenreActeur.TITULAIRE or not acteur.deux_facteurs:
        if demande.prompt == "none":
            return _retour(demande.retour, error="login_required", state=demande.etat)
        return HttpResponseRedirect(f"{reverse('web:connexion')}?{urlencode({'suite': _ici(recus)})}")
    if demande.prompt == "none":
        # The holder answers each time: nothing is ever given behind his back.
        return _retour(demande.retour, error="consent_required", state=demande.etat)
    try:
        with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            if request.method == "POST":
                return _repondre(request, espace, demande)
            return _page(request, espace, demande)
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)


def _repondre(request: HttpRequest, espace: MonEspace, demande: Demande) -> HttpResponse:
    if request.POST.get("reponse") != "accepter":
        accord.decliner(espace, demande)
        return _retour(demande.retour, error="access_denied", state=demande.etat)
    connecte_le = datetime.fromtimestamp(connecte_depuis(request), UTC)
    try:
        code = accord.accorder(espace, demande, request.POST.getlist("ligne"), connecte_le)
    except accord.AppairageImpossible as refus:
        return _page(request, espace, demande, refus)
    return _retour(demande.retour, code=code, state=demande.etat)


def _page(
    request: HttpRequest,
    espace: MonEspace,
    demande: Demande,
    refus: accord.AppairageImpossible | None = None,
) -> HttpResponse:
    deja = next(
        (
            a
            for a in accord.lister(espace)
            if a.retire_le is None and a.client_id == demande.service.client_id
        ),
        None,
    )
    choisies: frozenset[Ligne] = deja.lignes if deja else frozenset()
    if refus is not None:
        choisies = lire_lignes(request.POST.getlist("ligne"))
    recus = request.POST if request.method == "POST" else request.GET
    reponse = rendre(
        request, espace, "appairage/autoriser.html", "plus",
        {
            "service": demande.service,
            "deja": deja is not None,
            "finalites": finalites(demande.offres, choisies),
            "caches": [(nom, recus[nom]) for nom in demandes.PARAMETRES if nom in recus],
            "jours": settings.ES_APPAIRAGE_JOURS,
            "erreur": refus.message if refus else "",
        },
        statut=422 if refus else 200,
    )  # fmt: skip
    lue = urlsplit(demande.retour)
    # The answer to the form sends the browser back there: the page's own policy must allow it, and it alone.
    reponse._csp_update = {"form-action": [f"{lue.scheme}://{lue.netloc}"]}  # type: ignore[attr-defined]
    return reponse


def _retour(adresse: str, **reponse: str) -> HttpResponse:
    """To the service, at an address that it registered: `demandes.lire` has just compared it."""
    fait = HttpResponseRedirect(demandes.adresse(adresse, **reponse))
    fait["Referrer-Policy"] = "no-referrer"
    return fait


def _ascii(texte: str) -> str:
    """A sentence as RFC 6749 admits it in an address (§4.1.2.1)."""
    plie = unicodedata.normalize("NFKD", texte.replace("«", "'").replace("»", "'").replace("’", "'"))
    return plie.encode("ascii", "ignore").decode()


def _ici(recus: QueryDict) -> str:
    """This very request, to come back to after the login: what we read of it and nothing else."""
    return (
        f"{reverse('web:autoriser')}?{urlencode([(n, recus[n]) for n in demandes.PARAMETRES if n in recus])}"
    )
