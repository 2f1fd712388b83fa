"""Looking for a professional in the directory, to give a code, to block, to name administrateur (ANN-10, ANN-11)."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.identite import professions
from espace_sante.identite.annuaire_sante.recherche import (
    TROUVES_MAX,
    ProfessionnelTrouve,
    RechercheTropLarge,
    rechercher,
)
from espace_sante.web.annuaire_date import date_de_l_annuaire
from espace_sante.web.espace.ouverture import mon_espace, rendre

_LONGUEUR_MAX = 100


class Option(NamedTuple):
    """A choice of `composants/selection.html`."""

    valeur: str
    libelle: str


@mon_espace
@require_safe
def chercher(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """GET with a name finds; without one it asks. No mailbox is ever shown."""
    nom, ville, profession = (
        request.GET.get(c, "")[:_LONGUEUR_MAX].strip() for c in ("nom", "ville", "profession")
    )
    connues = professions.toutes()
    profession = profession if profession in connues else ""
    trouves: list[ProfessionnelTrouve] | None = None
    erreur = ""
    if "nom" in request.GET:
        try:
            trouves = rechercher(nom, commune=ville, profession=profession)
        except RechercheTropLarge as refus:
            erreur = refus.message
    contexte = {
        "nom": nom,
        "ville": ville,
        "profession": profession,
        "professions": [Option("", "Toutes"), *(Option(cle, dite) for cle, dite in connues.items())],
        "trouves": trouves,
        "trop": trouves is not None and len(trouves) >= TROUVES_MAX,
        "erreur": erreur,
        "annuaire_du": date_de_l_annuaire(),
    }
    return rendre(
        request, espace, "espace/chercher_professionnel.html", "plus", contexte, statut=422 if erreur else 200
    )
