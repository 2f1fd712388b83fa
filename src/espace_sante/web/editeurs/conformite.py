"""The conformance run of a software, step by step, on a test service (rule OID-34).

The publisher proves which software is his with its secret, as the software does; what he sees of it is his own run.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from espace_sante.acces.conformite import attestation, parcours
from espace_sante.acces.conformite.parcours import ParcoursRefuse
from espace_sante.acces.exportation import signature
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.logiciels.secret import par_secret
from espace_sante.identite.models import Logiciel
from espace_sante.platform.http import publique
from espace_sante.web.editeurs.etapes import etapes, resume

_SESSION = "editeur"
# As the login of a professional: a screen left open is worth nothing after this time.
_DUREE_S = 30 * 60


@publique
@never_cache
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def conformite(request: HttpRequest) -> HttpResponse:
    """Which software, then its run: not started, under way, passed or failed."""
    if not parcours.offert():
        return render(request, "editeurs/conformite_ailleurs.html")
    if request.method == "POST":
        client_id = request.POST.get("client_id", "").strip().replace("\x00", "\ufffd")
        logiciel = par_secret(client_id, request.POST.get("client_secret", ""))
        if logiciel is None:
            faute = "L’identifiant ou le secret n’est pas le bon, ou ce logiciel est suspendu."
            contexte = {"client_id": client_id, "erreur": faute}
            return render(request, "editeurs/conformite_entree.html", contexte, status=422)
        # A new session key as soon as a secret was given, against fixation.
        request.session.cycle_key()
        request.session[_SESSION] = {"client_id": logiciel.client_id, "jusqua": time.time() + _DUREE_S}
        return HttpResponseRedirect(reverse("web:editeurs_conformite"))
    logiciel = _logiciel(request)
    if logiciel is None:
        return render(request, "editeurs/conformite_entree.html", {"client_id": "", "erreur": ""})
    return _page(request, logiciel)


@publique
@never_cache
@require_POST
def commencer(request: HttpRequest) -> HttpResponse:
    """A new run, on the test person whose INS is given."""
    logiciel = _logiciel(request)
    if logiciel is None or not parcours.offert():
        return HttpResponseRedirect(reverse("web:editeurs_conformite"))
    try:
        parcours.commencer(logiciel.client_id, request.POST.get("ins", ""), contexte=_contexte(request))
    except ParcoursRefuse as refus:
        return _page(request, logiciel, refus=refus, status=429 if refus.code == "trop_de_parcours" else 422)
    return HttpResponseRedirect(reverse("web:editeurs_conformite"))


@publique
@require_POST
def quitter(request: HttpRequest) -> HttpResponse:
    """Forget which software it was."""
    request.session.pop(_SESSION, None)
    return HttpResponseRedirect(reverse("web:editeurs_conformite"))


@publique
@require_GET
def cle(request: HttpRequest) -> HttpResponse:
    """The public key of the attestations, for `ES_CONFORMITE_CLE` of a production service."""
    return HttpResponse(signature.cle_publique(), content_type="application/x-pem-file")


def _page(
    request: HttpRequest, logiciel: Logiciel, *, refus: ParcoursRefuse | None = None, status: int = 200
) -> HttpResponse:
    vu = parcours.dernier(logiciel.client_id, contexte=_contexte(request))
    passe = vu if vu is not None and vu.reussi else parcours.dernier_reussi(logiciel.client_id)
    contexte: dict[str, Any] = {
        "logiciel": logiciel,
        "vu": resume(vu),
        "etapes": etapes(vu),
        "refus": refus,
        "ins": request.POST.get("ins", ""),
        "attestation": attestation.signer(logiciel, passe.conclu_le.date())
        if passe and passe.conclu_le
        else "",
    }
    return render(request, "editeurs/conformite.html", contexte, status=status)


def _logiciel(request: HttpRequest) -> Logiciel | None:
    """The software whose secret was given in this session, while it may call."""
    connu = request.session.get(_SESSION)
    if not isinstance(connu, dict) or connu.get("jusqua", 0) < time.time():
        return None
    return Logiciel.objects.filter(client_id=connu["client_id"], actif=True).first()


def _contexte(request: HttpRequest) -> Contexte:
    return request.contexte  # type: ignore[attr-defined, no-any-return]
