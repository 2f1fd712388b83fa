"""Decoupled login with the e-CPS, asked by a professional's software (OpenID CIBA Core 1.0, rule OID-09).

`POST /oauth/ciba` has Pro Santé Connect ring the telephone; the software polls `/oauth/token` until the person has
confirmed, and gets the token that an exchange would give. Off by default (`ES_CIBA`). Delivery: poll.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from espace_sante.api.oauth import clients, demandes, echange, traces
from espace_sante.api.oauth.clients import Appelant
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.api.oauth.portees import accordees
from espace_sante.identite import decouple
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_professionnel
from espace_sante.identite.models import Logiciel, SituationExercice
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.identifiants import IdentifiantInvalide, Rpps, rpps_vers_idnat
from espace_sante.platform import ciba, oidc
from espace_sante.platform.http import par_jeton

GRANT: Final = ciba.GRANT
ADRESSE: Final = "/oauth/ciba"
# Not refusals: the software asks again later.
ATTENTES: Final = frozenset({"authorization_pending", "slow_down"})
_MESSAGE: Final = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ -]{2,32}")
_GARDES: Final = ("scope", "situation", "structure")


@par_jeton
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def demander(request: HttpRequest) -> HttpResponse:
    """The backchannel authentication endpoint: 200 with `auth_req_id`, and the message to show on the screen.

    `login_hint` is the professional's national id; `scope`, `situation`, `structure` are those of an exchange and are
    judged now: no telephone rings for what would be refused. Without `binding_message` one is made.
    """
    appelant: Appelant | None = None
    try:
        corps = demandes.corps(request)
        appelant = clients.authentifier(request, corps)
        clients.exiger_ouvert(appelant.logiciel)
        if not settings.ES_CIBA:
            raise RefusOAuth("unauthorized_client", "La connexion découplée n'est pas offerte ici.")
        rpps, message, expire_s = _lire(corps)
        accordees(_portees(corps), appelant.logiciel)
        situation = _situation(rpps, corps)
        demandee = _faire_sonner(appelant.logiciel, rpps, message, expire_s)
    except RefusOAuth as refus:
        traces.refuse(request, refus, appelant.logiciel if appelant else None)
        return reponse(refus)
    acteur = acteur_professionnel(situation, deux_facteurs=False, client_id=appelant.logiciel.client_id)
    numero = decouple.garder(
        appelant.logiciel.client_id,
        demandee.auth_req_id,
        {"rpps": rpps, **{c: corps[c] for c in _GARDES if corps.get(c)}},
        expire_s=demandee.expire_s,
        intervalle_s=demandee.intervalle_s,
    )
    traces.decouplee(request, acteur)
    donne: dict[str, Any] = {
        "auth_req_id": numero,
        "expires_in": demandee.expire_s,
        "interval": demandee.intervalle_s,
        "binding_message": message,
    }
    return JsonResponse(donne, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def acteur_confirme(corps: dict[str, str], logiciel: Logiciel, mandante: str = "") -> Acteur:
    """The actor of a decoupled login that the person has confirmed, once.

    Raises RefusOAuth: `authorization_pending`, `slow_down`, `expired_token`, `access_denied`, `invalid_grant`.
    """
    if not settings.ES_CIBA:
        raise RefusOAuth("unsupported_grant_type", "Ce type de demande n'existe pas ici.")
    if not corps.get("auth_req_id"):
        raise RefusOAuth("invalid_request", "Le numéro de la demande manque (auth_req_id).")
    try:
        en_cours = decouple.reprendre(logiciel.client_id, corps["auth_req_id"])
        identification = ciba.relever(echange.pro_sante_connect(), en_cours.numero_fournisseur)
        infos = oidc.informations(echange.pro_sante_connect(), identification.jeton_acces, identification.sub)
    except ciba.DecoupleRefuse as refus:
        if refus.code not in ATTENTES:
            decouple.finir(en_cours)
        raise RefusOAuth(refus.code, refus.message) from None
    except EspaceSanteError as refus:
        raise _traduire(refus) from None
    if not decouple.finir(en_cours):
        raise RefusOAuth("invalid_grant", "Cette demande de connexion a déjà servi.")
    rpps, regulation = echange.rpps_et_regulation(infos)
    demande = en_cours.parametres
    if rpps != demande["rpps"]:
        raise RefusOAuth("access_denied", "Une autre personne a confirmé.", motif="personne_differente")
    portees = accordees(_portees(demande), logiciel)
    situation = echange.situation_choisie(rpps, demande, mandante)
    return echange.acteur_en(situation, logiciel, portees, regulation=regulation)


def _lire(corps: dict[str, str]) -> tuple[str, str, int]:
    """RPPS, message and life of a request (CIBA Core §7.1). Raises RefusOAuth."""
    if "login_hint_token" in corps or "id_token_hint" in corps or not corps.get("login_hint"):
        raise RefusOAuth("invalid_request", "La personne se nomme par login_hint, et par lui seul.")
    try:
        rpps = Rpps.lire(corps["login_hint"]).numero
    except IdentifiantInvalide:
        raise RefusOAuth("unknown_user_id", "Cet identifiant national n'est pas un numéro RPPS.") from None
    message = corps.get("binding_message", "") or f"{secrets.randbelow(9000) + 1000}"
    if not _MESSAGE.fullmatch(message) or message != message.strip():
        raise RefusOAuth(
            "invalid_binding_message", "Le message compte 2 à 32 lettres, chiffres, espaces ou tirets."
        )
    vie = corps.get("requested_expiry", str(settings.ES_CIBA_EXPIRE_S))
    if not (vie.isascii() and vie.isdigit() and 0 < len(vie) < 7 and int(vie) > 0):
        raise RefusOAuth("invalid_request", "La durée demandée est un nombre de secondes (requested_expiry).")
    return rpps, message, min(int(vie), settings.ES_CIBA_EXPIRE_S)


def _situation(rpps: str, corps: dict[str, str]) -> SituationExercice:
    try:
        return echange.situation_choisie(rpps, corps)
    except RefusOAuth as refus:
        if refus.code != "invalid_grant":
            raise
        raise RefusOAuth("unknown_user_id", refus.message, motif=refus.details.get("motif", "")) from None


def _faire_sonner(logiciel: Logiciel, rpps: str, message: str, expire_s: int) -> ciba.Demandee:
    try:
        decouple.exiger_calme(logiciel.client_id, rpps)
        return ciba.demander(echange.pro_sante_connect(), rpps_vers_idnat(rpps), message, expire_s)
    except EspaceSanteError as refus:
        raise _traduire(refus) from None


def _traduire(refus: EspaceSanteError) -> RefusOAuth:
    if isinstance(refus, oidc.FournisseurInjoignable):
        return RefusOAuth("temporarily_unavailable", refus.message, 503)
    if isinstance(refus, ciba.DecoupleRefuse):
        return RefusOAuth(refus.code, refus.message, 403 if refus.code == "access_denied" else 400)
    if refus.code == "trop_de_demandes":
        return RefusOAuth("access_denied", refus.message, 403, motif=refus.code)
    if isinstance(refus, decouple.DemandeDecoupleeRefusee):
        return RefusOAuth(refus.code, refus.message)
    return RefusOAuth("invalid_grant", refus.message, motif=refus.code)


def _portees(corps: dict[str, str]) -> str:
    """CIBA asks for `openid`; it is no scope of this service."""
    return " ".join(p for p in corps.get("scope", "").split() if p != "openid")
