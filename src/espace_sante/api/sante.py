"""`/sante`: is this process able to serve (contract)."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.crypto import cle_maitre
from espace_sante.platform.http import publique

_TYPE = "application/health+json"


@publique
@never_cache
@require_safe
def sante(request: HttpRequest) -> HttpResponse:
    """200 `pass`, or 503 naming the failing parts; no detail that an outsider could use."""
    pannes = [nom for nom, essai in (("base", _base), ("cle_maitre", _cle)) if not essai()]
    if not pannes:
        return JsonResponse({"status": "pass"}, content_type=_TYPE)
    verifications = {nom: [{"status": "fail"}] for nom in pannes}
    return JsonResponse(
        {"status": "fail", "output": ", ".join(pannes), "checks": verifications},
        status=503,
        content_type=_TYPE,
    )


def _base() -> bool:
    try:
        with connection.cursor() as curseur:
            # A table of ours, not a constant: a database that was never migrated cannot serve.
            curseur.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return curseur.fetchone() is not None
    except Error:
        return False


def _cle() -> bool:
    try:
        cle_maitre()
    except (OSError, EspaceSanteError):
        return False
    return True
