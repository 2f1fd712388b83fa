"""Public pages: home and help, without login and printable (rule PRX-45)."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espace_sante.platform.http import publique


class Fiche(NamedTuple):
    """One help page; its text is in `public/aide/<adresse>.html`."""

    adresse: str
    titre: str
    resume: str
    icone: str


FICHES = (
    Fiche(
        "qui-voit-mes-donnees",
        "Qui peut voir mes données ?",
        "Les professionnels, vos choix, vos proches.",
        "oeil",
    ),
    Fiche(
        "ancien-dmp",
        "Que devient mon ancien DMP ?",
        "Vos anciens documents et comment les retrouver.",
        "document",
    ),
    Fiche("etre-aide", "Comment me faire aider ?", "Au guichet, avec un proche, ou seul chez vous.", "aide"),
)
_PAR_ADRESSE = {f.adresse: f for f in FICHES}


@publique
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accueil.html", {"fiches": FICHES})


@publique
@require_safe
def aide(request: HttpRequest) -> HttpResponse:
    return render(request, "public/aide.html", {"fiches": FICHES})


@publique
@require_safe
def fiche(request: HttpRequest, fiche: str) -> HttpResponse:
    """One help page. 404 when there is none of that name."""
    trouvee = _PAR_ADRESSE.get(fiche)
    if trouvee is None:
        raise Http404
    return render(request, f"public/aide/{trouvee.adresse}.html", {"fiche": trouvee, "fiches": FICHES})
