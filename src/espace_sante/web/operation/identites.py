"""Questions to structures about an indirect access, and their answers (AUD-22)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from espace_sante.acces.operation import identites
from espace_sante.acces.operation.identites import DemandeRefusee
from espace_sante.acces.operation.signalements import un as signalement
from espace_sante.identite.operateurs.roles import Role
from espace_sante.traces.signalements import SignalementRefuse
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page


@operateur(*identites.ROLES)
@require_http_methods(["GET", "POST"])
def liste(request: RequeteOperateur) -> HttpResponse:
    """Every question, those without answer first; a POST keeps an answer."""
    erreur = None
    if request.method == "POST":
        try:
            identites.repondre(
                request.acteur, _uuid(request.POST.get("demande", "")), request.POST.get("rpps", ""),
                contexte=request.contexte,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("web:operation_identites"))
        except DemandeRefusee as refus:
            erreur = refus
    lignes = [
        {"d": d, "quand": date_longue(d.quand), "echeance": date_longue(d.echeance)}
        for d in identites.lister(request.acteur)
    ]
    contexte = {"place": "identites", "lignes": lignes, "erreur": erreur}
    return page(request, "operation/identites.html", contexte, status=400 if erreur else 200)


@operateur(Role.SUPPORT)
@require_POST
def demander(request: RequeteOperateur, numero: str) -> HttpResponse:
    """Ask the structure of the access that a report names: the page gives no other access to ask about."""
    try:
        _, _, _, acces = signalement(request.acteur, numero, contexte=request.contexte)
        if acces is None or not acces.indirect:
            return erreurs.introuvable(request)
        identites.demander(request.acteur, acces.structure_id, acces.trace_id, contexte=request.contexte)
    except SignalementRefuse:
        return erreurs.introuvable(request)
    except DemandeRefusee as refus:
        return erreurs.demande_refusee(request, refus.message)
    return HttpResponseRedirect(reverse("web:operation_identites"))


def _uuid(texte: str) -> UUID:
    try:
        return UUID(texte)
    except ValueError:
        raise DemandeRefusee("demande_inconnue", "Cette demande n’attend pas de réponse.") from None
