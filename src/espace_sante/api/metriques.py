"""`/metrics`: counts and durations by route, without any identifying label (contract).

Every server process writes its own files in ES_DATA/metriques; any of them answers for all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace_sante.platform import mandataire
from espace_sante.platform.http import publique

_DOSSIER = Path(settings.ES_DATA) / "metriques"
_DOSSIER.mkdir(parents=True, exist_ok=True)
# The library reads this when it is first imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_DOSSIER))

from prometheus_client import (  # noqa: E402
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

_METHODES = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUETES = Counter(
    "espace_sante_requetes_total", "Requêtes servies, par route et statut.", ["route", "methode", "statut"]
)
_DUREES = Histogram(
    "espace_sante_duree_secondes",
    "Durée des requêtes, par route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Mesures:
    """Middleware: counts each answer. Labels are names of routes, never addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        debut = time.perf_counter()
        reponse = self.get_response(request)
        trouvee = request.resolver_match
        route = (trouvee.view_name or trouvee.route) if trouvee else "aucune"
        methode = request.method if request.method in _METHODES else "AUTRE"
        compte, duree = _series(route, methode, reponse.status_code)
        compte.inc()
        duree.observe(time.perf_counter() - debut)
        return reponse


@lru_cache(maxsize=2048)
def _series(route: str, methode: str, statut: int) -> tuple[Counter, Histogram]:
    """What counts these answers: looked for once, the library's own look-up takes longer than the count."""
    return _REQUETES.labels(route, methode, str(statut)), _DUREES.labels(route)


@publique
@never_cache
@require_safe
def metriques(request: HttpRequest) -> HttpResponse:
    """The counts of every process of this server, in Prometheus text, for the probes of ES_METRICS_DE.

    How many people log in, are refused or blocked, and when, is nobody else's affair: 404.
    """
    if not mandataire.vient_de(request.META, settings.ES_METRICS_DE):
        raise Http404
    registre = CollectorRegistry()
    multiprocess.MultiProcessCollector(registre)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registre), content_type=CONTENT_TYPE_LATEST)
