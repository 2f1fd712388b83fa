"""Tokens of a paired service: from its code, from its refresh token, and who the holder is to it (OID-28, OID-29)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from espace_sante.acces.appairages import sessions
from espace_sante.acces.appairages.droits import GENRES, IDENTITE
from espace_sante.acces.appairages.porte import AppairageRefuse, ouvrir_par_appairage
from espace_sante.api.oauth import traces
from espace_sante.api.oauth.clients import Appelant
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import JetonInvalide, lire_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.identite.queries import Identite, identite
from espace_sante.identite.sujets import sujet
from espace_sante.platform import certificats
from espace_sante.platform.http import par_jeton
from espace_sante.traces.ecriture import Acte, Action

CODE: Final = "authorization_code"
RAFRAICHISSEMENT: Final = "refresh_token"
_SEXES: Final = {"M": "male", "F": "female"}
_SANS_CACHE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def par_code(request: HttpRequest, corps: dict[str, str], appelant: Appelant) -> sessions.Remise:
    """The first tokens of what the holder accepted. Raises RefusOAuth."""
    qui = _qui(request, appelant.logiciel, appelant.empreinte)
    manque = [p for p in ("code", "redirect_uri", "code_verifier") if not corps.get(p)]
    if manque:
        raise RefusOAuth("invalid_request", f"Un paramètre manque ({manque[0]}).")
    try:
        return sessions.echanger(qui, corps["code"], corps["redirect_uri"], corps["code_verifier"])
    except sessions.JetonRefuse as refus:
        raise RefusOAuth(refus.code, refus.message, motif=refus.details["motif"]) from None


def par_rafraichissement(request: HttpRequest, corps: dict[str, str], appelant: Appelant) -> sessions.Remise:
    """The next tokens; the refresh token that was shown serves no more. Raises RefusOAuth."""
    qui = _qui(request, appelant.logiciel, appelant.empreinte)
    if not corps.get("refresh_token"):
        raise RefusOAuth("invalid_request", "Un paramètre manque (refresh_token).")
    portees = frozenset(corps.get("scope", "").split()) - {"openid", "offline_access"}
    try:
        return sessions.rafraichir(qui, corps["refresh_token"], portees)
    except sessions.JetonRefuse as refus:
        raise RefusOAuth(refus.code, refus.message, motif=refus.details["motif"]) from None


def corps_de(remise: sessions.Remise) -> dict[str, Any]:
    """The answer of the token endpoint. `accords` says the kinds one by one: scopes are coarser (CAT-36)."""
    return {
        "access_token": remise.acces,
        "token_type": "Bearer",
        "expires_in": settings.ES_APPAIRAGE_JETON_S,
        "refresh_token": remise.rafraichissement,
        "id_token": remise.identite,
        "scope": " ".join(["openid", *sorted(remise.portees)]),
        "accords": sorted(str(d) for d in remise.accordes),
    }


def revoquer(request: HttpRequest, logiciel: Logiciel, jeton: str) -> bool:
    """End an authorization by its refresh token. False: it is none of this service's."""
    acteur = sessions.rendre(_qui(request, logiciel, ""), jeton)
    if acteur is not None:
        traces.revoque(request, acteur)
    return acteur is not None


@par_jeton
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def informations(request: HttpRequest) -> HttpResponse:
    """`/oauth/userinfo`: the holder's name for this service; his traits and INS only if he said so (OID-29)."""
    schema, _, jeton = request.headers.get("Authorization", "").partition(" ")
    try:
        if "access_token=" in request.META.get("QUERY_STRING", ""):
            raise RefusOAuth("invalid_request", "Un jeton ne se donne jamais dans l’adresse.")
        if schema.lower() != "bearer":
            raise RefusOAuth("invalid_token", "Un jeton d’accès est nécessaire.", 401)
        acteur = lire_jeton(jeton.strip(), certificats.empreinte(request.META))
        if acteur.session_id is None or acteur.dossier_id is None:
            raise RefusOAuth("insufficient_scope", "Ce jeton n’est pas celui d’un service relié.", 403)
        recu: Contexte = request.contexte  # type: ignore[attr-defined]
        contexte = replace(recu, porte="oauth", logiciel=acteur.client_id)
        with ouvrir_par_appairage(acteur, None, contexte=contexte) as espace:
            traits: dict[str, Any] = {}
            if IDENTITE in espace.droits:
                traits = _traits(identite(espace.dossier_id))
                espace.tracer(Acte(Action.APPAIRAGE_ACCES, document_titre=GENRES["identite"]))
    except JetonInvalide:
        return reponse(RefusOAuth("invalid_token", "Le jeton d’accès n’est pas valable.", 401))
    except AppairageRefuse as refus:
        return reponse(RefusOAuth("access_denied", refus.message, 403, motif=refus.code))
    except RefusOAuth as refus:
        return reponse(refus)
    return JsonResponse({"sub": sujet(acteur.client_id, acteur.dossier_id), **traits}, headers=_SANS_CACHE)


def _traits(qui: Identite) -> dict[str, Any]:
    t = qui.traits
    lus = {
        "family_name": t.nom_naissance,
        "given_name": t.prenoms,
        "birthdate": t.date_naissance,
        "gender": _SEXES.get(t.sexe, ""),
        "birthplace": t.lieu_naissance,
        "ins": f"{qui.ins.urn}|{qui.ins.matricule}",
    }
    return {nom: valeur for nom, valeur in lus.items() if valeur}


def _qui(request: HttpRequest, logiciel: Logiciel, certificat: str) -> sessions.Presente:
    if not logiciel.service:
        raise RefusOAuth("unauthorized_client", "Ce logiciel n'est pas un service référencé.")
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    return sessions.Presente(
        logiciel, certificat, replace(contexte, porte="oauth", logiciel=logiciel.client_id)
    )
