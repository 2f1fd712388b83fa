"""Watch alerts: the list, then one at a time (AUD-21)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces.operation import alertes
from espace_sante.acces.operation.alertes import AlerteRefusee, AlerteVue
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.operation import mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page


@operateur(alertes.ROLE)
@require_GET
def liste(request: RequeteOperateur) -> HttpResponse:
    """To handle, then handled."""
    contexte = {
        "place": "alertes",
        "lignes": [_ligne(a) for a in alertes.lister(request.acteur)],
        "faites": [_ligne(a) for a in alertes.lister(request.acteur, traitees=True, limite=30)],
    }
    return page(request, "operation/alertes.html", contexte)


@operateur(alertes.ROLE)
@require_http_methods(["GET", "POST"])
def une(request: RequeteOperateur, alerte_id: UUID) -> HttpResponse:
    """One alert: say what was done."""
    try:
        vue = alertes.une(request.acteur, alerte_id)
    except AlerteRefusee:
        return erreurs.introuvable(request)
    erreur = None
    if request.method == "POST":
        try:
            alertes.traiter(
                request.acteur, alerte_id, request.POST.get("suite", ""), request.POST.get("note", ""),
                contexte=request.contexte,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("web:operation_alertes"))
        except AlerteRefusee as refus:
            erreur = refus
    contexte = {
        "place": "alertes", "a": _ligne(vue), "erreur": erreur, "note": request.POST.get("note", ""),
        "suites": [
            {"valeur": v, "libelle": mot, "choisi": request.POST.get("suite") == v}
            for v, mot in mots.SUITES_ALERTE.items()
        ],
    }  # fmt: skip
    return page(request, "operation/alerte.html", contexte, status=400 if erreur else 200)


def _ligne(a: AlerteVue) -> dict[str, object]:
    return {
        "url": reverse("web:operation_alerte", args=[a.id]),
        "regle": mots.REGLES.get(a.regle, a.regle),
        "nom": a.nom or "Professionnel",
        "rpps": a.rpps,
        "jour": date_longue(a.jour),
        "nombre": a.nombre,
        "suite": mots.SUITES_ALERTE.get(a.suite, ""),
    }
