"""Reports and requests: the queue, then one at a time, with its steps (AUD-19, AUD-22, DOC-64, REG-07)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces.operation import identites, signalements
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.traces.signalements import Etape, SignalementRefuse
from espace_sante.web import erreurs
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.operation import mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import a_role, page

_PAR_PAGE = 50


@operateur(*signalements.ROLES)
@require_GET
def file(request: RequeteOperateur) -> HttpResponse:
    """What waits, the nearest answer day first; nothing of what was written."""
    maintenant = datetime.now(UTC)
    tous = signalements.file_d_attente(request.acteur)
    try:
        numero = max(1, int(request.GET.get("page", "1")))
    except ValueError:
        numero = 1
    numero = min(numero, max(1, -(-len(tous) // _PAR_PAGE)))
    lignes = [
        {
            "numero": s.numero,
            "url": reverse("web:operation_signalement", args=[s.numero]),
            "nature": mots.NATURES[s.nature],
            "etat": mots.etat(s.etape),
            "nouveau": s.etape is Etape.RECU,
            "retard": signalements.en_retard(s, maintenant),
            "echeance": date_longue(s.echeance),
        }
        for s in tous[(numero - 1) * _PAR_PAGE : numero * _PAR_PAGE]
    ]
    contexte = {
        "place": "signalements",
        "lignes": lignes,
        "retards": sum(signalements.en_retard(s, maintenant) for s in tous),
        "total": len(tous),
        "pagination": paginer(
            page=numero, total=len(tous), par_page=_PAR_PAGE, nom="demandes", adresse=lambda n: f"?page={n}"
        ),
    }
    return page(request, "operation/signalements.html", contexte)


@operateur(*signalements.ROLES)
@require_http_methods(["GET", "POST"])
def un(request: RequeteOperateur, numero: str) -> HttpResponse:
    """One report: what the holder wrote, the access that it names, the steps; then the next step."""
    erreur: EspaceSanteError | None = None
    if request.method == "POST":
        try:
            signalements.avancer(
                request.acteur, numero, request.POST.get("etape", ""), request.POST.get("texte", ""),
                contexte=request.contexte,
            )  # fmt: skip
        except SignalementRefuse as refus:
            if refus.code == "signalement_introuvable":
                return erreurs.introuvable(request)
            erreur = refus
        else:
            if request.POST.get("etape") == Etape.CLOS.value:
                return HttpResponseRedirect(reverse("web:operation_signalements"))
            return HttpResponseRedirect(reverse("web:operation_signalement", args=[numero]))
    try:
        ligne, vu, permises, acces = signalements.un(request.acteur, numero, contexte=request.contexte)
    except SignalementRefuse:
        return erreurs.introuvable(request)
    contexte = {
        "place": "signalements",
        "vu": vu,
        "nature": mots.NATURES[vu.nature],
        "raison": mots.RAISONS.get(vu.raison, ""),
        "depose": moment_en_mots(vu.depose_le),
        "echeance": date_longue(vu.echeance),
        "retard": signalements.en_retard(ligne, datetime.now(UTC)),
        "etapes": [(moment_en_mots(e.quand), mots.etat(e.etape), e.par, e.texte) for e in vu.etapes],
        "gestes": [
            {"valeur": e.value, "libelle": mot, "choisi": request.POST.get("etape") == e.value}
            for e, mot in mots.GESTES.items()
            if e in permises
        ],
        "acces": acces,
        "acces_quand": moment_en_mots(acces.quand) if acces else "",
        "acces_mode": mots.MODES.get(acces.mode, "") if acces else "",
        "peut_demander": bool(acces and acces.indirect and a_role(request, *identites.ROLES)),
        "erreur": erreur,
        "texte": request.POST.get("texte", ""),
    }
    return page(request, "operation/signalement.html", contexte, status=400 if erreur else 200)
