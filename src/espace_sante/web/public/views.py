"""Public pages: home and help, without login and printable (rule PRX-45)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espace_sante.platform.http import publique
from espace_sante.web.public.fiches import PAR_ADRESSE, cartes_d_aide


@publique
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accueil.html", {"cartes": cartes_d_aide()})


@publique
@require_safe
def aide(request: HttpRequest) -> HttpResponse:
    return render(request, "public/aide.html", {"cartes": cartes_d_aide()})


@publique
@require_safe
def fiche(request: HttpRequest, fiche: str) -> HttpResponse:
    """One help page. 404 when there is none of that name."""
    trouvee = PAR_ADRESSE.get(fiche)
    if trouvee is None:
        raise Http404
    return render(
        request,
        f"public/aide/{trouvee.adresse}.html",
        {"fiche": trouvee, "cartes": cartes_d_aide(sauf=fiche)},
    )
