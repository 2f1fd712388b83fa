"""Login of professionals: Pro Santé Connect only, then the directory (rules IDN-49 to IDN-54, OID-01 to OID-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.identite.sessions import ouvrir_session
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.identifiants import IdentifiantInvalide, idnat_vers_rpps
from espace_sante.platform import oidc
from espace_sante.platform.http import publique
from espace_sante.web.connexion import attente, refus
from espace_sante.web.connexion.fournisseurs import fournisseur


@publique
@never_cache
@require_GET
def connexion(request: HttpRequest) -> HttpResponse:
    """The page that leads to Pro Santé Connect: there is no password here (OID-01)."""
    suite = attente.suite_sure(request.GET.get("suite"))
    return render(request, "connexion/professionnel.html", {"suite": suite})


@publique
@never_cache
@require_GET
def depart(request: HttpRequest) -> HttpResponse:
    """Send the person to Pro Santé Connect."""
    retour = settings.ES_BASE_URL + reverse("web:connexion_pro_retour")
    try:
        demande = oidc.commencer(fournisseur("psc"), retour)
    except EspaceSanteError as erreur:
        return refus.page(request, erreur, pro=True)
    attente.garder_demande(request, "psc", demande, attente.suite_sure(request.GET.get("suite")))
    return HttpResponseRedirect(demande.url)


@publique
@never_cache
@require_GET
def retour(request: HttpRequest) -> HttpResponse:
    """The person comes back: check everything, then open the session."""
    psc = fournisseur("psc")
    en_cours = attente.reprendre_demande(request, "psc")
    try:
        if en_cours is None:
            raise oidc.RetourRefuse("retour_inattendu", "Cette connexion n’a pas commencé ici.")
        demande, suite = en_cours
        identification = oidc.conclure(psc, demande, request.GET.dict())
        acteur = acteur_de_psc(oidc.informations(psc, identification.jeton_acces, identification.sub))
    except EspaceSanteError as erreur:
        return refus.page(request, erreur, pro=True)
    ouvrir_session(request, acteur)
    attente.garder_fournisseur(request, "psc", identification.jeton_identite)
    if not acteur.profession_code:
        # Several situations: nothing opens before the choice (IDN-53, OID-06).
        choix = reverse("web:pro_situation")
        return HttpResponseRedirect(f"{choix}?{urlencode({'suite': suite})}" if suite else choix)
    return HttpResponseRedirect(suite or reverse("web:pro"))


def acteur_de_psc(infos: dict[str, Any]) -> Acteur:
    """The actor behind a userinfo; without profession when a situation is still to be chosen.

    Only the national id and the regulation flag are taken from it: name, profession and structure come
    from the directory (IDN-56). Raises ProfessionnelRefuse.
    """
    try:
        rpps = idnat_vers_rpps(str(infos.get("SubjectNameID") or ""))
    except IdentifiantInvalide:
        raise ProfessionnelRefuse("rpps_inconnu", "Ce numéro n’est pas un numéro RPPS.") from None
    offertes = situations(rpps)
    regulation = infos.get("Acces_Regulation_Medicale") == "VRAI"
    if len(offertes) == 1:
        return replace(acteur_professionnel(offertes[0], deux_facteurs=True), regulation=regulation)
    return Acteur(
        genre=GenreActeur.PROFESSIONNEL,
        nom=offertes[0].professionnel.affichage,
        rpps=rpps,
        deux_facteurs=True,
        regulation=regulation,
    )
