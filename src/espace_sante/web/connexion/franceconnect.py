"""Login of holders with FranceConnect (rules IDN-40, OID-24, OID-25, INS-12)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from espace_sante.acces import liaison
from espace_sante.identite.models import Compte
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform import oidc
from espace_sante.platform.http import publique
from espace_sante.web.connexion import attente, refus
from espace_sante.web.connexion.entree import entrer
from espace_sante.web.connexion.fournisseurs import fournisseur
from espace_sante.web.connexion.titulaires import demander_code

# From this level FranceConnect itself asked for two factors (OID-24).
_SUFFIT_SEUL = 2


@publique
@never_cache
@require_GET
def depart(request: HttpRequest) -> HttpResponse:
    """Send the person to FranceConnect."""
    retour = settings.ES_BASE_URL + reverse("web:connexion_fc_retour")
    try:
        demande = oidc.commencer(fournisseur("franceconnect"), retour)
    except EspaceSanteError as erreur:
        return refus.page(request, erreur, pro=False)
    attente.garder_demande(request, "franceconnect", demande, attente.suite_sure(request.GET.get("suite")))
    return HttpResponseRedirect(demande.url)


@publique
@never_cache
@require_GET
def retour(request: HttpRequest) -> HttpResponse:
    """The person comes back: her record by the stable subject, or by her traits the first time; a second factor is
    asked below eidas2."""
    fc = fournisseur("franceconnect")
    en_cours = attente.reprendre_demande(request, "franceconnect")
    try:
        if en_cours is None:
            raise oidc.RetourRefuse("retour_inattendu", "Cette connexion n’a pas commencé ici.")
        demande, suite = en_cours
        identification = oidc.conclure(fc, demande, request.GET.dict())
        dossier_id = liaison.dossier_lie(identification.sub)
        if dossier_id is None:
            # The first time: the INS is found from the pivot traits (OID-25, INS-12).
            pivot = oidc.informations(fc, identification.jeton_acces, identification.sub)
            dossier_id = liaison.lier(identification.sub, pivot, contexte=request.contexte)  # type: ignore[attr-defined]
        if identification.niveau < _SUFFIT_SEUL:
            compte = Compte.objects.filter(dossier_id=dossier_id, is_active=True).first()
            if compte is None:
                raise oidc.AuthentificationInsuffisante(
                    "authentification_insuffisante", "Aucun second facteur n’est connu pour cet espace."
                )
            return demander_code(request, compte, suite, identification.jeton_identite)
    except EspaceSanteError as erreur:
        return refus.page(request, erreur, pro=False)
    return entrer(request, dossier_id, suite, identification.jeton_identite)
