"""Reads of the history, for the holder (rules AUD-05 to AUD-09, AUD-16). Called by the gate alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.traces.ecriture import Action
from espace_sante.traces.models import Trace

GROUPES = {
    "professionnels": ("professionnel", "structure", "assurance_maladie"),
    "moi": ("titulaire",),
    "services": ("service", "systeme", "operateur"),
}
# The door of a view that a page of the site contains, when both are the same reading. Only the site writes it.
PORTE_CADRE = "cadre"
# A page and the views it contains are one reading during this time.
DUREE_LECTURE = timedelta(minutes=2)
# What the clocks of two servers, and the making of a page, may add to it (AUD-15).
_ECART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltreTraces:
    """Filters of the history (rule AUD-07); `groupe` is a key of GROUPES, `avant` continues a page."""

    groupe: str = ""
    du: datetime | None = None
    au: datetime | None = None
    acteur_id: str = ""
    document_id: UUID | None = None
    sans_documents: tuple[UUID, ...] = ()
    avant: UUID | None = None
    limite: int = 100


@dataclass(frozen=True, slots=True)
class TraceVue:
    """One act, as facts; the web face makes the sentence. `logiciel` is a client id, `logiciel_nom` its name."""

    id: UUID
    quand: datetime
    acteur_genre: str
    acteur_id: str
    acteur_nom: str
    profession: str
    structure_nom: str
    structure_commune: str
    action: str
    resultat: str
    motif: str
    lettres: str
    document_ids: list[UUID]
    document_type: str
    document_titre: str
    mode: str
    porte: str
    logiciel: str
    logiciel_nom: str = ""


_CHAMPS = tuple(TraceVue.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class PageTraces:
    elements: list[TraceVue]
    suite: UUID | None


def lister(dossier_id: UUID, filtre: FiltreTraces) -> PageTraces:
    """One page of the history, newest first; ids are ordered in time, so the page continues from an id.

    An act recorded twice is told once, by its first trace (AUD-16): see `_deja_dite`.
    Acts about `sans_documents` are left out: those the holder may not see yet; they come back,
    with their real date, when the hiding ends (rule AUD-09).
    """
    traces = Trace.objects.filter(dossier_id=dossier_id).exclude(_deja_dite())
    if filtre.sans_documents:
        traces = traces.exclude(document_ids__overlap=list(filtre.sans_documents))
    if filtre.groupe in GROUPES:
        traces = traces.filter(acteur_genre__in=GROUPES[filtre.groupe])
    if filtre.du:
        traces = traces.filter(quand__gte=filtre.du)
    if filtre.au:
        traces = traces.filter(quand__lt=filtre.au)
    if filtre.acteur_id:
        traces = traces.filter(acteur_id=filtre.acteur_id)
    if filtre.document_id:
        traces = traces.filter(document_ids__contains=[filtre.document_id])
    if filtre.avant:
        borne = (
            Trace.objects.filter(dossier_id=dossier_id, id=filtre.avant)
            .values_list("quand", flat=True)
            .first()
        )
        if borne is None:
            return PageTraces([], None)
        traces = traces.filter(Q(quand__lt=borne) | Q(quand=borne, id__lt=filtre.avant))
    nom = Logiciel.objects.filter(client_id=OuterRef("logiciel")).values("nom")[:1]
    traces = traces.annotate(logiciel_nom=Coalesce(Subquery(nom), Value("")))
    lignes = list(traces.order_by("-quand", "-id").values_list(*_CHAMPS)[: filtre.limite + 1])
    elements = [TraceVue(*ligne) for ligne in lignes[: filtre.limite]]
    return PageTraces(elements, elements[-1].id if len(lignes) > filtre.limite else None)


def _deja_dite() -> Q:
    """The view of a document inside a page, when the trace of that page tells the same reading.

    The view came through `PORTE_CADRE` and carries the request id of the page: same actor, act and document,
    at most `DUREE_LECTURE` later. Pages themselves are always told: nobody hides a reading by repeating an id.
    """
    page = Trace.objects.filter(
        dossier_id=OuterRef("dossier_id"),
        requete=OuterRef("requete"),
        acteur_genre=OuterRef("acteur_genre"),
        acteur_id=OuterRef("acteur_id"),
        action=OuterRef("action"),
        resultat=OuterRef("resultat"),
        document_ids=OuterRef("document_ids"),
        quand__lte=OuterRef("quand") + _ECART,
        quand__gte=OuterRef("quand") - DUREE_LECTURE - _ECART,
    ).exclude(porte=PORTE_CADRE)
    return Q(porte=PORTE_CADRE) & Q(Exists(page))


def deja_tracee(dossier_id: UUID, acteur: Acteur, action: Action, depuis: datetime) -> bool:
    """Whether this actor's act of that kind is in the history since then (rule AUD-17)."""
    return Trace.objects.filter(
        dossier_id=dossier_id, acteur_id=acteur.identifiant, action=action.value, quand__gte=depuis
    ).exists()
