"""The holder's appointments, from every source: to come, past, hidden; one of them, his note (FHR-154, FHR-156)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.agenda import services
from espace_sante.agenda.errors import NoteRefusee, RendezVousIntrouvable
from espace_sante.agenda.filtre import FiltreAgenda
from espace_sante.agenda.porte import Agenda, agenda_du_titulaire
from espace_sante.agenda.valeurs import RendezVousVu
from espace_sante.web.espace.agenda_mots import ancien, jour, rendez_vous, resume
from espace_sante.web.espace.ouverture import mon_espace, rendre

_VUES: Final = {"": "À venir", "passes": "Passés", "masques": "Masqués"}
_FAITS: Final = {
    "masque": "Le rendez-vous est masqué. Celui qui l’a mis n’est pas prévenu.",
    "montre": "Le rendez-vous est de nouveau dans votre agenda.",
    "note": "Votre note est enregistrée.",
    "sans-note": "Votre note est effacée.",
}


@mon_espace
@require_safe
def agenda(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """One page of appointments by day: the soonest first, or the latest first for those past."""
    vue = request.GET.get("vue", "")
    vue = vue if vue in _VUES else ""
    maintenant = datetime.now(UTC)
    ouvert, filtre = agenda_du_titulaire(espace), _filtre(vue, maintenant)
    apres = _position(request.GET.get("apres", ""))
    page = services.lister(ouvert, replace(filtre, apres=apres))
    delies = services.services_delies(ouvert, page.elements)
    debut = reverse("web:agenda") + (f"?vue={vue}" if vue else "")
    nombres = {nom: services.compter(ouvert, _filtre(nom, maintenant)) for nom in _VUES}
    return rendre(
        request, espace, "espace/agenda.html", "agenda",
        {
            "vue": vue,
            "onglets": [
                {"libelle": libelle, "url": reverse("web:agenda") + (f"?vue={nom}" if nom else ""), "choisi": nom == vue,
                 "nombre": nombres[nom]}
                for nom, libelle in _VUES.items()
            ],
            "journees": [
                {"titre": titre, "rendez_vous": [resume(vu, delie=vu.source in delies) for vu in groupe]}
                for titre, groupe in groupby(page.elements, key=jour)
            ],
            "suite": _suite(vue, page.suite),
            "debut": debut if apres else "",
            "fait": _FAITS.get(request.GET.get("fait", ""), ""),
        },
    )  # fmt: skip


@mon_espace
@require_safe
def un_rendez_vous(request: HttpRequest, espace: MonEspace, rendez_vous_id: UUID) -> HttpResponse:
    return _page(request, espace, rendez_vous_id, fait=_FAITS.get(request.GET.get("fait", ""), ""))


@mon_espace
@require_POST
def masquage(request: HttpRequest, espace: MonEspace, rendez_vous_id: UUID) -> HttpResponse:
    """Hide, or show again: at once, and back at will."""
    masque = request.POST.get("acte") == "masquer"
    try:
        services.masquer(agenda_du_titulaire(espace), rendez_vous_id, masque=masque)
    except RendezVousIntrouvable:
        raise Http404 from None
    return _retour(rendez_vous_id, "masque" if masque else "montre")


@mon_espace
@require_http_methods(["POST"])
def note(request: HttpRequest, espace: MonEspace, rendez_vous_id: UUID) -> HttpResponse:
    texte = request.POST.get("note", "")
    try:
        services.noter(agenda_du_titulaire(espace), rendez_vous_id, texte)
    except RendezVousIntrouvable:
        raise Http404 from None
    except NoteRefusee as refus:
        return _page(request, espace, rendez_vous_id, note=texte, erreur=refus.message, statut=422)
    return _retour(rendez_vous_id, "note" if texte.strip() else "sans-note")


def _page(
    request: HttpRequest,
    espace: MonEspace,
    rendez_vous_id: UUID,
    *,
    fait: str = "",
    note: str | None = None,
    erreur: str = "",
    statut: int = 200,
) -> HttpResponse:
    ouvert: Agenda = agenda_du_titulaire(espace)
    try:
        vu: RendezVousVu = services.lire(ouvert, rendez_vous_id)
    except RendezVousIntrouvable:
        raise Http404 from None
    return rendre(
        request, espace, "espace/rendez_vous.html", "agenda",
        {
            "rdv": rendez_vous(vu, delie=vu.source in services.services_delies(ouvert, [vu])),
            "avant": [ancien(v) for v in services.versions(ouvert, vu)],
            "note": vu.note if note is None else note,
            "note_max": services.NOTE_MAX,
            "erreur": erreur,
            "fait": fait,
        },
        statut=statut,
    )  # fmt: skip


def _filtre(vue: str, maintenant: datetime) -> FiltreAgenda:
    if vue == "masques":
        return FiltreAgenda(masques="seuls", descendant=True)
    if vue == "passes":
        return FiltreAgenda(passe_avant=maintenant, descendant=True)
    return FiltreAgenda(a_venir_apres=maintenant)


def _suite(vue: str, suite: tuple[datetime, UUID] | None) -> str:
    if suite is None:
        return ""
    position = f"{suite[0].isoformat()}_{suite[1].hex}"
    return f"?{urlencode({**({'vue': vue} if vue else {}), 'apres': position})}"


def _position(texte: str) -> tuple[datetime, UUID] | None:
    """Where the page begins; what is not one begins at the beginning."""
    moment, _, identifiant = texte.partition("_")
    try:
        lu = datetime.fromisoformat(moment)
        return (lu, UUID(identifiant)) if lu.tzinfo and 1850 <= lu.year <= 2200 else None
    except ValueError:
        return None


def _retour(rendez_vous_id: UUID, fait: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('web:rendez_vous', args=[rendez_vous_id])}?fait={fait}")
