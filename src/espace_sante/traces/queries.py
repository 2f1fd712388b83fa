"""Reads of the history, for the holder (rules AUD-05 to AUD-09). Called by the gate alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from espace_sante.identite.acteurs import Acteur
from espace_sante.traces.ecriture import Action
from espace_sante.traces.models import Trace

GROUPES = {
    "professionnels": ("professionnel", "structure", "assurance_maladie"),
    "moi": ("titulaire",),
    "services": ("service", "systeme", "operateur"),
}


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
    """One act, as facts; the web face makes the sentence."""

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


_CHAMPS = tuple(TraceVue.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class PageTraces:
    elements: list[TraceVue]
    suite: UUID | None


def lister(dossier_id: UUID, filtre: FiltreTraces) -> PageTraces:
    """One page of the history, newest first; ids are ordered in time, so the page continues from an id.

    Acts about `sans_documents` are left out: those the holder may not see yet; they come back,
    with their real date, when the hiding ends (rule AUD-09).
    """
    traces = Trace.objects.filter(dossier_id=dossier_id)
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
    lignes = list(traces.order_by("-quand", "-id").values_list(*_CHAMPS)[: filtre.limite + 1])
    elements = [TraceVue(*ligne) for ligne in lignes[: filtre.limite]]
    return PageTraces(elements, elements[-1].id if len(lignes) > filtre.limite else None)


def deja_tracee(dossier_id: UUID, acteur: Acteur, action: Action, depuis: datetime) -> bool:
    """Whether this actor's act of that kind is in the history since then (rule AUD-17)."""
    return Trace.objects.filter(
        dossier_id=dossier_id, acteur_id=acteur.identifiant, action=action.value, quand__gte=depuis
    ).exists()
