"""What a token is now, and its end: `POST /oauth/introspect` (RFC 7662, ITI-102), `POST /oauth/revoke` (RFC 7009).

Rules OID-15, OID-20, OID-35.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from espace_sante.api.oauth import appairage, clients, demandes, traces
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.identite.jetons import JetonInvalide, JetonLu, examiner_jeton, revoquer_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.identite.portees import INTROSPECTION
from espace_sante.kernel.identifiants import rpps_vers_idnat
from espace_sante.platform.http import par_jeton

_SANS_CACHE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_STANDARD = ("iss", "aud", "iat", "exp", "jti", "sub", "client_id", "scope", "cnf", "act")


def _adresse(
    suite: Callable[[HttpRequest, Logiciel, str], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """An address that takes a `token` from a known software."""

    def vue(request: HttpRequest) -> HttpResponse:
        appelant: clients.Appelant | None = None
        try:
            corps = demandes.corps(request)
            appelant = clients.authentifier(request, corps)
            if not corps.get("token"):
                raise RefusOAuth("invalid_request", "Le jeton manque (token).")
        except RefusOAuth as refus:
            traces.refuse(request, refus, appelant.logiciel if appelant else None)
            return reponse(refus)
        return suite(request, appelant.logiciel, corps["token"])

    return par_jeton(csrf_exempt(sensitive_post_parameters()(require_POST(vue))))


def _introspecter(_request: HttpRequest, logiciel: Logiciel, jeton: str) -> HttpResponse:
    """What a living token says; nothing more than `active: false` for any other, or to who may not ask."""
    lu = _lu(jeton)
    if lu is None or not (INTROSPECTION in logiciel.portees or lu.acteur.client_id == logiciel.client_id):
        return JsonResponse({"active": False}, headers=_SANS_CACHE)
    return JsonResponse(_vivant(lu), headers=_SANS_CACHE)


def _revoquer(request: HttpRequest, logiciel: Logiciel, jeton: str) -> HttpResponse:
    """End a token of the caller's own; 200 always, so that nothing is learnt of another's."""
    lu = _lu(jeton)
    if lu is not None and lu.acteur.client_id == logiciel.client_id:
        traces.revoque(request, lu.acteur)
        revoquer_jeton(lu)
    elif lu is None and logiciel.service:
        appairage.revoquer(request, logiciel, jeton)
    return HttpResponse(status=200, headers=_SANS_CACHE)


introspecter, revoquer = _adresse(_introspecter), _adresse(_revoquer)


def _lu(jeton: str) -> JetonLu | None:
    try:
        return examiner_jeton(jeton)
    except JetonInvalide:
        return None


def _vivant(lu: JetonLu) -> dict[str, Any]:
    """The claims of a token under their standard names, those of IUA in its own member (OID-15)."""
    r, acteur = lu.reclamations, lu.acteur
    iua = {
        "subject_name": acteur.nom,
        "subject_organization": acteur.structure_nom,
        "subject_organization_id": acteur.structure_id,
        "national_provider_identifier": rpps_vers_idnat(acteur.rpps) if acteur.rpps else "",
        "purpose_of_use": [{"code": acteur.finalite.value}],
        "subject_role": [{"system": acteur.profession_systeme, "code": acteur.profession_code}]
        if acteur.profession_code
        else [],
    }
    return {
        "active": True,
        "token_type": "Bearer",
        **{c: r[c] for c in _STANDARD if c in r},
        "amr_mode": acteur.mode_authentification.value,
        "extensions": {"ihe_iua": {c: v for c, v in iua.items() if v}},
    }
