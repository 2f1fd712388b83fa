"""Who answers for the data, on which legal basis, for how long, and how to complain (rules REG-13, REG-21). Public."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espace_sante.acces.exportation import signature
from espace_sante.dossier import conservation
from espace_sante.platform.http import publique


@publique
@require_safe
def vos_donnees(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "public/vos_donnees.html",
        {
            "dpd": settings.ES_DPD,
            "durees": conservation.table(),
            "cle": signature.empreinte(signature.cle_publique()),
            "pays": ", ".join(sorted(settings.ES_PAYS_ADMIS)),
        },
    )


@publique
@require_safe
def cle_des_copies(request: HttpRequest) -> HttpResponse:
    """The key that signs the holders' copies, for who checks one (REG-06)."""
    return HttpResponse(signature.cle_publique(), content_type="application/x-pem-file")
