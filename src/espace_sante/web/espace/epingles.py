"""Pinning a document, and keeping it apart (rule DOC-55)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from espace_sante.acces import depot_titulaire as gate
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.web.espace.ouverture import mon_espace


@mon_espace
@require_POST
def epingle(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """Pin or unpin, then back to the document."""
    oui = request.POST.get("choix") == "epingler"
    gate.epingler(espace, document_id, oui=oui)
    fait = "epingle" if oui else "desepingle"
    return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}?fait={fait}")
