"""The living page: each component in each state, then whole sample pages. Invented data only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from espace_sante.platform.http import publique
from espace_sante.web.composants import exemples


@publique
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "composants/vivante/page.html", exemples.composants())


@publique
@require_GET
def espace(request: HttpRequest) -> HttpResponse:
    """A holder's page as a whole; `?autrui=oui` as seen by someone who acts for the holder."""
    return render(
        request, "composants/vivante/espace.html", exemples.espace(autrui=request.GET.get("autrui") == "oui")
    )


@publique
@require_GET
def pro(request: HttpRequest) -> HttpResponse:
    """A professional's page as a whole."""
    return render(request, "composants/vivante/pro.html", exemples.pro())


@publique
@require_GET
def document(request: HttpRequest) -> HttpResponse:
    """A document's page as a whole."""
    return render(request, "composants/vivante/document.html", exemples.document())
