"""What happened, told to the holder: the list of notices and what also leaves by e-mail (DOC-65 to DOC-69)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces import avis
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.notifications.genres import FICHES, Genre
from espace_sante.notifications.queries import AvisVu
from espace_sante.web.espace.calendrier import a_paris, heure_en_mots, jour_en_mots
from espace_sante.web.espace.ouverture import mon_espace, rendre

_SUITES = {
    Genre.PREMIER_ACCES: ("web:historique", "Voir l’historique"),
    Genre.ACCES_URGENCE: ("web:historique", "Voir l’historique, signaler cet accès"),
    Genre.CODES_BLOQUES: ("web:historique", "Voir l’historique"),
    Genre.SUITE_DEMANDE: ("web:signalements", "Voir mes demandes"),
    Genre.RENDEZ_VOUS_AJOUTE: ("web:agenda", "Ouvrir mon agenda"),
    Genre.RENDEZ_VOUS_CHANGE: ("web:agenda", "Ouvrir mon agenda"),
    Genre.RENDEZ_VOUS_ANNULE: ("web:agenda", "Ouvrir mon agenda"),
}


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """GET lists; POST marks as read what is there."""
    if request.method == "POST":
        avis.tout_lu(espace)
        return HttpResponseRedirect(f"{reverse('web:avis')}?fait=lu")
    nouveaux = request.GET.get("vue") == "nouveaux"
    avant = _uuid(request.GET.get("avant", ""))
    page = avis.lister(espace, non_lus=nouveaux, avant=avant, limite=settings.ES_PAGE)
    nombre = avis.non_lus(espace)
    debut = reverse("web:avis") + ("?vue=nouveaux" if nouveaux else "")
    return rendre(
        request, espace, "espace/avis.html", "plus",
        {
            "journees": _par_jour(page.elements),
            "nouveaux": nombre,
            "puces": [
                {"libelle": "Tous", "url": reverse("web:avis"), "choisie": not nouveaux, "nombre": None},
                {
                    "libelle": "Non lus", "url": reverse("web:avis") + "?vue=nouveaux",
                    "choisie": nouveaux, "nombre": nombre or None,
                },
            ],
            "filtre": nouveaux,
            "suite": f"{debut}{'&' if nouveaux else '?'}avant={page.suite}" if page.suite else "",
            "debut": debut if avant else "",
            "fait": "Tous vos avis sont lus." if request.GET.get("fait") == "lu" else "",
        },
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def reglages(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Which families of notices also leave by e-mail; accesses always do (DOC-67)."""
    if request.method == "POST":
        avis.choisir(espace, frozenset(request.POST.getlist("courriel")))
        return HttpResponseRedirect(f"{reverse('web:avis_reglages')}?fait=garde")
    return rendre(
        request, espace, "espace/avis_reglages.html", "plus",
        {
            "options": [
                {"valeur": valeur, "libelle": mots, "choisi": coche}
                for valeur, mots, coche in avis.preferences(espace)
            ],
            "sans_courriel": not espace.titulaire.courriel,
            "fait": "Vos choix sont gardés." if request.GET.get("fait") == "garde" else "",
        },
    )  # fmt: skip


def _par_jour(avis_vus: Iterable[AvisVu]) -> list[dict[str, object]]:
    return [
        {"titre": jour_en_mots(jour).capitalize(), "avis": [_ligne(vu) for vu in du_jour]}
        for jour, du_jour in groupby(avis_vus, key=lambda vu: a_paris(vu.quand).date())
    ]


def _ligne(vu: AvisVu) -> dict[str, object]:
    lien, libelle = "", ""
    if vu.document_id is not None:
        lien, libelle = reverse("web:document", args=[vu.document_id]), "Ouvrir le document"
    elif vu.genre in _SUITES:
        nom, libelle = _SUITES[vu.genre]
        lien = reverse(nom)
    return {
        "phrase": vu.phrase,
        "heure": heure_en_mots(vu.quand),
        "icone": FICHES[vu.genre].icone,
        "lu": vu.lu,
        "lien": lien,
        "libelle": libelle,
    }


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
