"""Review of emergency openings by the health doctor (EMG-15)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces.operation import urgences
from espace_sante.acces.operation.urgences import ARevoir, RevueRefusee
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.operation import mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page


@operateur(urgences.ROLE)
@require_GET
def liste(request: RequeteOperateur) -> HttpResponse:
    """The sample and what is over the threshold, the nearest day first; then the last reviews."""
    contexte = {
        "place": "urgences",
        "lignes": [_ligne(u) for u in urgences.a_revoir(request.acteur)],
        "faites": [_ligne(u) for u in urgences.revues(request.acteur)],
        "seuil": settings.ES_URGENCE_SEUIL,
    }
    return page(request, "operation/urgences.html", contexte)


@operateur(urgences.ROLE)
@require_http_methods(["GET", "POST"])
def une(request: RequeteOperateur, urgence_id: UUID) -> HttpResponse:
    """One opening: judge it, and write why."""
    try:
        vue = urgences.une(request.acteur, urgence_id)
    except RevueRefusee:
        return erreurs.introuvable(request)
    erreur = None
    if request.method == "POST":
        try:
            urgences.marquer_revue(
                request.acteur, urgence_id, request.POST.get("avis", ""), request.POST.get("note", ""),
                contexte=request.contexte,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("web:operation_urgences"))
        except RevueRefusee as refus:
            erreur = refus
    contexte = {
        "place": "urgences", "u": _ligne(vue), "erreur": erreur, "note": request.POST.get("note", ""),
        "seuil": settings.ES_URGENCE_SEUIL,
        "avis": [
            {"valeur": v, "libelle": mot, "choisi": request.POST.get("avis") == v} for v, mot in mots.AVIS.items()
        ],
    }  # fmt: skip
    return page(request, "operation/urgence.html", contexte, status=400 if erreur else 200)


def _ligne(u: ARevoir) -> dict[str, object]:
    return {
        "url": reverse("web:operation_urgence", args=[u.id]),
        "nom": u.nom or "Professionnel",
        "rpps": u.rpps,
        "quand": moment_en_mots(u.quand),
        "mode": mots.MODES[u.mode],
        "recentes": u.recentes,
        "au_dela": u.au_dela,
        "echeance": date_longue(u.echeance),
        "retard": u.en_retard,
        "avis": mots.AVIS.get(u.avis, ""),
        "revue": u.revu_le is not None,
    }
