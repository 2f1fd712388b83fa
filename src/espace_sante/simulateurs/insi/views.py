"""The address of the simulated INSi."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from espace_sante.identite.insi.enveloppe import TYPE
from espace_sante.platform.http import publique
from espace_sante.simulateurs.insi import pannes, service
from espace_sante.simulateurs.insi.personnes import registre


@csrf_exempt
@publique
@require_POST
def lps(request: HttpRequest) -> HttpResponse:
    """Both operations, at one address, as the real service has them."""
    if service.nom_demande(request.body) == pannes.LENTE:
        time.sleep(pannes.ATTENTE_S)
    statut, contenu = service.repondre(
        request.body, registre(Path(settings.ES_DATA) / "simulateurs"), settings.ES_INSI["xsd"]
    )
    return HttpResponse(contenu, status=statut, content_type=f"{TYPE}; charset=utf-8")
