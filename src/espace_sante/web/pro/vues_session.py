"""Before any record: choice of the situation d'exercice, and the sanctions warning."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.identite import professions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse
from espace_sante.identite.models import SituationExercice
from espace_sante.web.annuaire_date import date_de_l_annuaire
from espace_sante.web.connexion.attente import suite_sure
from espace_sante.web.connexion.situations import choisir_situation, situations_offertes
from espace_sante.web.pro import gardes
from espace_sante.web.pro.gardes import RequetePro, avec_situation, professionnel
from espace_sante.web.pro.pages import page


@dataclass(frozen=True, slots=True)
class Choix:
    """One situation as `composants/choix.html` offers it."""

    valeur: str
    libelle: str
    detail: str
    choisi: bool


@professionnel
@require_http_methods(["GET", "POST"])
def situation(request: RequetePro) -> HttpResponse:
    """Choose a situation d'exercice; forced when there are several, changeable later (IDN-53 to IDN-55).

    Changing closes the open patients and keeps the login, so the confirmed warning stays (once per login).
    """
    try:
        offertes = situations_offertes(request)
    except ProfessionnelRefuse as refus:
        return page(request, "pro/sans_exercice.html", {"message": refus.message}, status=403)
    oubli = False
    if request.method == "POST":
        averti = gardes.avertissement_confirme(request)
        try:
            choisir_situation(request, request.POST.get("situation", ""))
        except ProfessionnelRefuse:
            oubli = True
        else:
            if averti:
                gardes.confirmer_avertissement(request)
            return HttpResponseRedirect(suite_sure(request.GET.get("suite")) or reverse("web:pro"))
    contexte = {
        "situations": [_choix(s, request.acteur) for s in offertes],
        "choisie": gardes.situation_choisie(request.acteur),
        "erreur": "Choisissez une situation dans la liste." if oubli else "",
        "annuaire_du": date_de_l_annuaire(),
    }
    return page(request, "pro/situation.html", contexte, status=422 if oubli else 200)


def _choix(s: SituationExercice, acteur: Acteur) -> Choix:
    metier = professions.libelle(s.profession_systeme, s.profession_code)
    actuelle = (acteur.profession_code, acteur.savoir_faire, acteur.structure_id) == (
        s.profession_code,
        s.savoir_faire,
        s.structure_id or "",
    )
    return Choix(
        valeur=s.id,
        libelle=professions.libelle_savoir_faire(s.savoir_faire) or metier,
        detail=f"{s.structure.nom}, {s.structure.commune}".strip(", ") if s.structure else "Exercice libéral",
        choisi=actuelle,
    )


@avec_situation
@require_http_methods(["GET", "POST"])
def avertissement(request: RequetePro) -> HttpResponse:
    """The warning of each login: nothing opens before it is confirmed (REG-19, ACC-80)."""
    oubli = False
    if request.method == "POST":
        if request.POST.get("lu") == "oui":
            gardes.confirmer_avertissement(request)
            return HttpResponseRedirect(reverse("web:pro"))
        oubli = True
    return page(
        request,
        "pro/avertissement.html",
        {"oubli": oubli, "confirme": gardes.avertissement_confirme(request)},
        status=422 if oubli else 200,
    )
