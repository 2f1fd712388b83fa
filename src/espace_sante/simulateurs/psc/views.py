"""Pages of the simulated Pro Santé Connect: choose a person, then confirm with the e-CPS."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from espace_sante.kernel.traits import plier
from espace_sante.platform.http import par_jeton, publique
from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.openid import ciba, demandes
from espace_sante.simulateurs.openid.fournisseur import DemandeRefusee, racine
from espace_sante.simulateurs.openid.pages import refus
from espace_sante.simulateurs.psc.fiche import personne
from espace_sante.simulateurs.psc.fournisseur import simulateur

_MAX = 30
# What the person did on her telephone or card reader, and the level that the real provider would state.
_GESTES = {
    "ecps": ("eidas1", ("ecps", "pin")),
    "cps": ("eidas1", ("cps", "pin")),
    "carte_sans_code": ("eidas0", ("cps",)),
    "niveau_absent": ("", ("cps",)),
}


@publique
@require_GET
def autoriser(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint: the list of fictitious professionals, with a search."""
    sim = simulateur()
    try:
        scelle = request.GET.get("demande") or demandes.sceller(sim.nom, sim.lire_demande(request.GET.dict()))
        demandes.ouvrir(sim.nom, scelle)
    except DemandeRefusee as erreur:
        return refus(request, "Pro Santé Connect", str(erreur))
    cherche = request.GET.get("q", "")
    mots = plier(cherche).split()
    trouves = [
        p
        for p in donnees.professionnels(racine())
        if all(m in plier(f"{p.nom} {p.prenom} {p.rpps} {p.description}") for m in mots)
    ]
    return render(
        request,
        "simulateurs/psc/personnes.html",
        {"demande": scelle, "q": cherche, "personnes": trouves[:_MAX], "reste": max(0, len(trouves) - _MAX)},
    )


@par_jeton
@csrf_exempt
@require_POST
def decoupler(request: HttpRequest) -> HttpResponse:
    """The backchannel authentication endpoint."""
    return ciba.demander(simulateur(), request)


@publique
@require_http_methods(["GET", "POST"])
def telephone(request: HttpRequest) -> HttpResponse:
    """The e-CPS of everybody: requests that wait, each with the message that the software shows too."""
    dossier, fait = simulateur().dossier, ""
    if request.method == "POST":
        geste = request.POST.get("geste", "")
        acr, amr = _GESTES.get(geste, ("", ()))
        etat = "oui" if geste in _GESTES else "non"
        repondu = ciba.repondre(dossier, request.POST.get("appel", ""), etat, acr, amr)
        fait = (
            "C'est fait : revenez à votre logiciel." if repondu else "Cette demande n'attend plus de réponse."
        )
    appels = [{"appel": a, "personne": personne(a.personne)} for a in ciba.qui_sonnent(dossier)]
    return render(request, "simulateurs/psc/telephone.html", {"appels": appels[:_MAX], "fait": fait})


@publique
@require_POST
def confirmer(request: HttpRequest) -> HttpResponse:
    """Second screen: what the person does with her e-CPS or card."""
    sim = simulateur()
    choisie = personne(request.POST.get("personne", ""))
    try:
        scelle = request.POST.get("demande", "")
        demande = demandes.ouvrir(sim.nom, scelle)
        if choisie is None:
            raise DemandeRefusee("Cette personne n'existe pas dans le simulateur.")
    except DemandeRefusee as erreur:
        return refus(request, "Pro Santé Connect", str(erreur))
    geste = request.POST.get("geste", "")
    if geste == "refus":
        return HttpResponseRedirect(sim.refuser(demande))
    if geste in _GESTES:
        acr, amr = _GESTES[geste]
        return HttpResponseRedirect(sim.accorder(demande, choisie.rpps, acr, amr))
    contexte = {"demande": scelle, "personne": choisie, "nombre": f"{secrets.randbelow(90) + 10}"}
    return render(request, "simulateurs/psc/confirmation.html", contexte)
