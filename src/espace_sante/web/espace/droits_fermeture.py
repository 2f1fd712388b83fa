"""Before closing the space or having its content destroyed: the copy is offered first (POR-19, LIF-22)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from espace_sante.acces.exportation.offre import offre
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.web.espace.droits import copie
from espace_sante.web.espace.ouverture import mon_espace, rendre


@mon_espace
@require_safe
def avant_de_fermer(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """What closing changes, and his copy to take before: ready and complete, being made, or still to ask for."""
    proposee = offre(espace)
    return rendre(
        request, espace, "espace/droits_fermeture.html", "plus",
        {
            "etat": proposee.etat.value,
            "copie": copie(proposee.copie) if proposee.copie else None,
            "jours": settings.ES_EXPORT_JOURS,
            "heures": settings.ES_EXPORT_DELAI_H,
        },
    )  # fmt: skip
