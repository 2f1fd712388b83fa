"""Sharing one document with one professional, and ending it (ADR 0016, DOC-61)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from espace_sante.acces import partages, visibilite
from espace_sante.acces.errors import PartageRefuse
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.partages import PartageVu
from espace_sante.acces.visibilite import Raison
from espace_sante.web.espace.calendrier import aujourd_hui, date_longue
from espace_sante.web.espace.cartes import carte
from espace_sante.web.espace.ouverture import mon_espace, rendre

_AUTRE: Final = "autre"
# As many as one reads at a glance; anyone else by number.
_PROPOSES_MAX: Final = 8
# Which field a refusal speaks of.
_DE_LA_DATE: Final = frozenset({"date_refusee"})


class LignePartage(NamedTuple):
    """A share as pages show it."""

    id: UUID
    document_id: UUID
    titre: str
    nom: str
    fin: str
    remplace: bool


class Propose(NamedTuple):
    """Somebody who already has to do with the record (`composants/choix.html`)."""

    valeur: str
    libelle: str
    detail: str


def lignes(vus: list[PartageVu]) -> list[LignePartage]:
    """Shares in words: until which day, counted."""
    return [
        LignePartage(p.id, p.document_id, p.titre, p.nom, date_longue(p.dernier_jour), p.remplace)
        for p in vus
    ]


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def partager(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """GET says what a share opens and asks with whom; POST shares."""
    if request.method != "POST":
        return _page(request, espace, document_id)
    qui = request.POST.get("qui", "")
    rpps = "".join((request.POST.get("rpps", "") if qui in {"", _AUTRE} else qui).split())
    try:
        if not rpps:
            raise PartageRefuse("inconnu", "Choisissez avec qui partager ce document.")
        partages.partager(espace, document_id, rpps, _jour(request.POST.get("jusqua", "")))
    except PartageRefuse as refus:
        return _page(request, espace, document_id, refus)
    return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}?fait=partage")


@mon_espace
@require_POST
def retrait(request: HttpRequest, espace: MonEspace, partage_id: UUID) -> HttpResponse:
    """End a share, from the page of people or from the document's."""
    document_id = next((p.document_id for p in partages.en_cours(espace) if p.id == partage_id), None)
    if not partages.retirer(espace, partage_id):
        raise Http404
    if document_id is not None and request.POST.get("retour") == "document":
        return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}?fait=departage")
    return HttpResponseRedirect(f"{reverse('web:personnes')}?fait=departage")


def _page(
    request: HttpRequest, espace: MonEspace, document_id: UUID, refus: PartageRefuse | None = None
) -> HttpResponse:
    vu = espace.document(document_id)
    jour = aujourd_hui()
    proposes = _proposes(espace)
    du_numero = not proposes or request.POST.get("qui") == _AUTRE
    erreur_qui = refus.message if refus and refus.code not in _DE_LA_DATE else ""
    contexte = {
        "document_id": document_id,
        "objet": carte(vu).titre,
        "detail": carte(vu).jour,
        "masque": vu.masque_ps,
        "proposes": [*proposes, Propose(_AUTRE, "Une autre personne", "Avec son numéro RPPS.")]
        if proposes
        else [],
        "qui": request.POST.get("qui", ""),
        "rpps": request.POST.get("rpps", ""),
        "jusqua": request.POST.get("jusqua", (jour + timedelta(days=settings.ES_PARTAGE_JOURS)).isoformat()),
        "jour_min": jour.isoformat(),
        "jour_max": (jour + timedelta(days=partages.JOURS_MAX)).isoformat(),
        "erreur": refus.message if refus else "",
        "erreur_date": refus.message if refus and refus.code in _DE_LA_DATE else "",
        "erreur_choix": erreur_qui if not du_numero else "",
        "erreur_numero": erreur_qui if du_numero else "",
    }
    return rendre(request, espace, "espace/partage.html", "documents", contexte, statut=422 if refus else 200)


def _proposes(espace: MonEspace) -> list[Propose]:
    connus: dict[str, Propose] = {}
    for p in visibilite.personnes(espace):
        if p.nom and p.raison not in {Raison.SANS_EXERCICE, "professionnel_bloque"}:
            detail = ", ".join(t for t in (p.profession, p.structure) if t)
            connus.setdefault(p.rpps, Propose(p.rpps, p.nom, detail))
    return list(connus.values())[:_PROPOSES_MAX]


def _jour(texte: str) -> date | None:
    """The day asked, none when nothing is written; one that is no day is refused like one out of bounds."""
    if not texte.strip():
        return None
    try:
        return date.fromisoformat(texte.strip())
    except ValueError:
        return date.min
