"""First and last thing of every request: its id, its context for the traces, one line in the journal."""

from __future__ import annotations

import hmac
import time
import uuid
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import cle_hachage
from espace_sante.platform import mandataire
from espace_sante.platform.journal import Evenement, consigner


def _requete(request: HttpRequest) -> uuid.UUID:
    """The client's own id when it is a UUID, else a new one (rule FHR-12)."""
    try:
        return uuid.UUID(request.headers.get("X-Request-Id", ""))
    except ValueError:
        return uuid.uuid4()


@lru_cache(maxsize=4096)
def _hacher_adresse(adresse: str) -> str:
    return hmac.digest(cle_hachage(), adresse.encode(), "sha256").hex()[:32]


class ContexteDeRequete:
    """Sets `request.contexte`; answers carry `X-Request-Id`. The journal gets route and status, no path (REG-12)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        debut = time.perf_counter()
        mandataire.appliquer(request.META)
        adresse = _hacher_adresse(request.META.get("REMOTE_ADDR", ""))
        porte = "fhir" if request.path_info.startswith("/fhir") else "web"
        contexte = Contexte(porte=porte, requete=_requete(request), adresse=adresse)
        request.contexte = contexte  # type: ignore[attr-defined]
        reponse = self.get_response(request)
        reponse["X-Request-Id"] = str(contexte.requete)
        route = request.resolver_match
        # Routine successes are counted by /metrics; only what an operator must see is written.
        if reponse.status_code >= 500:
            consigner(
                Evenement.REQUETE,
                route=route.view_name or route.route if route else "",
                statut=reponse.status_code,
                ms=round((time.perf_counter() - debut) * 1000, 1),
                requete=str(contexte.requete),
            )
        return reponse
