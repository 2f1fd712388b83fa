"""« Mes services »: what each paired service may do, when it last came, and the end of it (OID-28, CAT-29)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces.appairages import accord
from espace_sante.acces.appairages.accord import AppairageImpossible, AppairageVu
from espace_sante.acces.appairages.choix import lire_lignes
from espace_sante.acces.appairages.demandes import offres_de
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.web.appairage.mots import finalites, offres_des, resume
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.espace.ouverture import mon_espace, rendre

CHANGE = (
    "Ce service ne peut plus rien lire ni rien ajouter, tout de suite.",
    "Ce qu’il a déjà ajouté reste dans votre espace. Vous pouvez l’effacer.",
    "Ce qu’il a déjà lu peut rester chez lui. Demandez-lui de l’effacer.",
)
_FAITS = {
    "retrait": "Le service est retiré. Il ne peut plus rien lire ni ajouter.",
    "change": "Vos choix sont enregistrés.",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """A service as the list shows it."""

    id: UUID
    nom: str
    editeur: str
    peut: list[str]
    depuis: str
    usage: str
    fin: str
    suspendu: bool


def ligne(vu: AppairageVu) -> Ligne:
    return Ligne(
        id=vu.id,
        nom=vu.nom,
        editeur=vu.service.editeur if vu.service else "",
        peut=resume(vu.lignes),
        depuis=f"Relié le {date_longue(vu.cree_le)}",
        usage=f"Venu pour la dernière fois {moment_en_mots(vu.utilise_le)}"
        if vu.utilise_le
        else "Pas encore venu",
        fin=f"Retiré {moment_en_mots(vu.retire_le)}" if vu.retire_le else "",
        suspendu=vu.suspendu and vu.retire_le is None,
    )


@mon_espace
@require_safe
def services(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Every paired service, and those that were."""
    vus = accord.lister(espace)
    return rendre(
        request, espace, "appairage/mes_services.html", "plus",
        {
            "services": [ligne(v) for v in vus if v.retire_le is None],
            "anciens": [ligne(v) for v in vus if v.retire_le is not None],
            "fait": _FAITS.get(request.GET.get("fait", ""), ""),
        },
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, espace: MonEspace, appairage_id: UUID) -> HttpResponse:
    """One service: its boxes, to tick or to untick."""
    refus = None
    try:
        vu = accord.trouver(espace, appairage_id)
        if request.method == "POST":
            try:
                accord.changer(espace, appairage_id, request.POST.getlist("ligne"))
                return HttpResponseRedirect(f"{reverse('web:services')}?fait=change")
            except AppairageImpossible as faute:
                if faute.code != "rien_coche":
                    raise
                refus = faute
    except AppairageImpossible:
        raise Http404 from None
    declarees = offres_de(vu.service) if vu.service else ()
    choisies = vu.lignes if refus is None else lire_lignes(request.POST.getlist("ligne"))
    return rendre(
        request, espace, "appairage/service.html", "plus",
        {
            "s": ligne(vu),
            "presentation": vu.service.presentation if vu.service else "",
            "finalites": finalites(offres_des(accord.lignes_offertes(vu), declarees), choisies),
            "erreur": refus.message if refus else "",
        },
        statut=422 if refus else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def retrait(request: HttpRequest, espace: MonEspace, appairage_id: UUID) -> HttpResponse:
    """GET says what will change; POST withdraws, at once and without reason."""
    try:
        vu = accord.trouver(espace, appairage_id)
    except AppairageImpossible:
        raise Http404 from None
    if request.method == "POST":
        accord.retirer(espace, appairage_id)
        return HttpResponseRedirect(f"{reverse('web:services')}?fait=retrait")
    montre = ligne(vu)
    return rendre(
        request, espace, "espace/confirmation.html", "plus",
        {
            "objet": montre.nom,
            "detail": f"{montre.depuis}. {montre.usage}.",
            "titre": "Retirer ce service\u00a0?",
            "changements": CHANGE,
            "retour": "Vous pourrez relier ce service de nouveau, depuis son site ou son application.",
            "action": request.path,
            "libelle": "Retirer ce service",
            "libelle_annuler": "Garder ce service",
            "url_annuler": reverse("web:services"),
            "danger": True,
        },
    )  # fmt: skip
