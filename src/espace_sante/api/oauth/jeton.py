"""`POST /oauth/token` (rules OID-11, OID-12, OID-13, OID-17, OID-18, OID-35)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from espace_sante.api.oauth import appairage, clients, decouple, demandes, echange, mandat, traces, urgence
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.api.oauth.portees import STRUCTURE as PORTEES_STRUCTURE
from espace_sante.api.oauth.portees import accordees
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_structure
from espace_sante.identite.jetons import DUREE_S, emettre_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.platform.http import par_jeton

ECHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
STRUCTURE = "client_credentials"
# As the traces say them.
_NOMS = {ECHANGE: "echange", decouple.GRANT: "decouplee"}
_APPAIRAGES = {
    appairage.CODE: appairage.par_code,
    appairage.RAFRAICHISSEMENT: appairage.par_rafraichissement,
}
_SANS_CACHE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@par_jeton
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def jeton(request: HttpRequest) -> HttpResponse:
    """Give a bearer token of one hour at most; a refresh token to paired services alone (OID-17, OID-28)."""
    appelant: clients.Appelant | None = None
    try:
        corps = demandes.corps(request)
        appelant = clients.authentifier(request, corps)
        clients.exiger_ouvert(appelant.logiciel)
        grant, jusqua, mandante = corps.get("grant_type", ""), None, ""
        if grant == ECHANGE:
            mandante = mandat.structure_mandante(corps, appelant)
            acteur = echange.acteur_par_echange(corps, appelant.logiciel, mandante)
            jusqua = urgence.declarer(request, acteur, corps)
        elif grant == decouple.GRANT:
            mandante = mandat.structure_mandante(corps, appelant)
            acteur = decouple.acteur_confirme(corps, appelant.logiciel, mandante)
        elif grant == STRUCTURE:
            acteur = _structure(corps, appelant.logiciel)
        elif grant in _APPAIRAGES:
            remise = _APPAIRAGES[grant](request, corps, appelant)
            traces.emis(request, remise.acteur, grant)
            return JsonResponse(appairage.corps_de(remise), headers=_SANS_CACHE)
        else:
            raise RefusOAuth("unsupported_grant_type", "Ce type de demande n'existe pas ici.")
    except RefusOAuth as refus:
        if refus.code not in decouple.ATTENTES:
            traces.refuse(request, refus, appelant.logiciel if appelant else None)
        return reponse(refus)
    traces.emis(request, acteur, _NOMS.get(grant, grant))
    donne: dict[str, Any] = {
        "access_token": emettre_jeton(acteur, certificat=appelant.empreinte, mandant=mandante),
        "token_type": "Bearer",
        "expires_in": DUREE_S,
        "scope": " ".join(sorted(acteur.portees)),
    }
    if grant == ECHANGE:
        donne["issued_token_type"] = echange.TYPE_ACCES
    if jusqua:
        donne["urgence_expire_le"] = jusqua.isoformat(timespec="seconds")
    return JsonResponse(donne, headers=_SANS_CACHE)


def _structure(corps: dict[str, str], logiciel: Logiciel) -> Acteur:
    """A structure without a person: feeding only (OID-18)."""
    if logiciel.structure is None:
        raise RefusOAuth("unauthorized_client", "Ce logiciel n'agit pour aucune structure.")
    portees = accordees(corps.get("scope", ""), logiciel, PORTEES_STRUCTURE)
    return acteur_structure(logiciel.structure, client_id=logiciel.client_id, portees=portees)
