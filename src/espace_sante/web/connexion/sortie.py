"""Logging out: our session on the server, and the identity provider's (rules IDN-44, OID-08)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace_sante.identite.sessions import fermer_session
from espace_sante.platform import oidc
from espace_sante.platform.http import publique
from espace_sante.web.connexion import attente
from espace_sante.web.connexion.fournisseurs import fournisseur


@publique
@never_cache
@require_POST
def deconnexion(request: HttpRequest) -> HttpResponse:
    """End the session here first, whatever the provider answers; then send the person to end the other one."""
    connecte_par = attente.fournisseur_de(request)
    fermer_session(request)
    accueil = reverse("web:accueil")
    if connecte_par is None:
        return HttpResponseRedirect(accueil)
    service, jeton_identite = connecte_par
    try:
        fin = oidc.url_de_fin(fournisseur(service), jeton_identite, settings.ES_BASE_URL + accueil)
    except oidc.FournisseurInjoignable:
        fin = ""
    return HttpResponseRedirect(fin or accueil)
