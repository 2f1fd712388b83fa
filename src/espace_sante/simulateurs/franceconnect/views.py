"""Pages of the simulated FranceConnect: choose a person and the strength of her login."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from espace_sante.kernel.traits import plier
from espace_sante.platform.http import publique
from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.franceconnect.fournisseur import personne, simulateur
from espace_sante.simulateurs.openid import demandes
from espace_sante.simulateurs.openid.fournisseur import DemandeRefusee, racine
from espace_sante.simulateurs.openid.pages import refus

_MAX = 30
_GESTES = {
    "mot_de_passe": ("eidas1", ("pwd",)),
    "deux_facteurs": ("eidas2", ("pwd", "otp")),
    "niveau_absent": ("", ("pwd",)),
}


@publique
@require_GET
def autoriser(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint: the list of fictitious persons, with a search."""
    sim = simulateur()
    try:
        scelle = request.GET.get("demande") or demandes.sceller(sim.nom, sim.lire_demande(request.GET.dict()))
        demandes.ouvrir(sim.nom, scelle)
    except DemandeRefusee as erreur:
        return refus(request, "FranceConnect", str(erreur))
    cherche = request.GET.get("q", "")
    mots = plier(cherche).split()
    trouves = [
        p
        for p in donnees.pivots(racine())
        if all(m in plier(f"{p.family_name} {p.given_name} {p.description}") for m in mots)
    ]
    return render(
        request,
        "simulateurs/franceconnect/personnes.html",
        {"demande": scelle, "q": cherche, "personnes": trouves[:_MAX], "reste": max(0, len(trouves) - _MAX)},
    )


@publique
@require_POST
def confirmer(request: HttpRequest) -> HttpResponse:
    """Second screen: how the person proves who she is."""
    sim = simulateur()
    choisie = personne(request.POST.get("personne", ""))
    try:
        scelle = request.POST.get("demande", "")
        demande = demandes.ouvrir(sim.nom, scelle)
        if choisie is None:
            raise DemandeRefusee("Cette personne n'existe pas dans le simulateur.")
    except DemandeRefusee as erreur:
        return refus(request, "FranceConnect", str(erreur))
    geste = request.POST.get("geste", "")
    if geste == "refus":
        return HttpResponseRedirect(sim.refuser(demande))
    if geste in _GESTES:
        acr, amr = _GESTES[geste]
        return HttpResponseRedirect(sim.accorder(demande, choisie.sub, acr, amr))
    contexte = {"demande": scelle, "personne": choisie}
    return render(request, "simulateurs/franceconnect/confirmation.html", contexte)
