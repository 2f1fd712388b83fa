"""`POST /oauth/token` (rules OID-11, OID-17, OID-18, OID-23)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from espace_sante.api.oauth import clients, echange
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.api.oauth.portees import ALIMENTATION, accordees
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_structure
from espace_sante.identite.jetons import DUREE_S, emettre_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.platform.http import par_jeton

ECHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
STRUCTURE = "client_credentials"
_TAILLE_MAX = 20_000


@par_jeton
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def jeton(request: HttpRequest) -> HttpResponse:
    """Give a bearer token of one hour at most; never a refresh token (OID-17)."""
    try:
        corps = _corps(request)
        logiciel = clients.authentifier(request, corps)
        grant = corps.get("grant_type", "")
        if grant == ECHANGE:
            acteur = echange.acteur_par_echange(corps, logiciel)
        elif grant == STRUCTURE:
            acteur = _structure(corps, logiciel)
        else:
            raise RefusOAuth("unsupported_grant_type", "Ce type de demande n'existe pas ici.")
    except RefusOAuth as refus:
        return reponse(refus)
    donne: dict[str, Any] = {
        "access_token": emettre_jeton(acteur),
        "token_type": "Bearer",
        "expires_in": DUREE_S,
        "scope": " ".join(sorted(acteur.portees)),
    }
    if grant == ECHANGE:
        donne["issued_token_type"] = echange.TYPE_ACCES
    return JsonResponse(donne, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _corps(request: HttpRequest) -> dict[str, str]:
    """The form's parameters, each once; nothing in the address, where logs would keep it (OID-23)."""
    if request.GET:
        raise RefusOAuth("invalid_request", "Les paramètres se donnent dans le corps, jamais dans l'adresse.")
    if request.content_type != "application/x-www-form-urlencoded":
        raise RefusOAuth("invalid_request", "Le corps doit être un formulaire (x-www-form-urlencoded).")
    if int(request.META.get("CONTENT_LENGTH") or 0) > _TAILLE_MAX:
        raise RefusOAuth("invalid_request", "Le corps est trop grand.", 413)
    if any(len(valeurs) > 1 for _, valeurs in request.POST.lists()):
        raise RefusOAuth("invalid_request", "Un paramètre est donné deux fois.")
    corps = request.POST.dict()
    if any("\x00" in valeur for valeur in corps.values()):
        raise RefusOAuth("invalid_request", "Un paramètre contient un caractère interdit.")
    return corps


def _structure(corps: dict[str, str], logiciel: Logiciel) -> Acteur:
    """A structure without a person: feeding only (OID-18)."""
    if logiciel.structure is None:
        raise RefusOAuth("unauthorized_client", "Ce logiciel n'agit pour aucune structure.")
    portees = accordees(corps.get("scope", ""), logiciel, ALIMENTATION)
    return acteur_structure(logiciel.structure, client_id=logiciel.client_id, portees=portees)
