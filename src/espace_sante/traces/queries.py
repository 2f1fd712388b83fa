"""Reads of the history of one record (rules AUD-05 to AUD-10, AUD-16). Called by the gate alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.traces.ecriture import PORTE_SECRETE, Acte
from espace_sante.traces.models import Trace

# Every kind of actor is in exactly one group (AUD-03, AUD-07).
GROUPES = {
    "professionnels": ("professionnel", "structure", "assurance_maladie"),
    "moi": ("titulaire", "delegue"),
    "services": ("service", "systeme", "operateur", "enrolement"),
}
# In the list from which one is chosen.
PROFESSIONNELS_MAX = 500
# The door of a view that a page of the site contains, when both are the same reading. Only the site writes it.
PORTE_CADRE = "cadre"
# A page and the views it contains are one reading during this time.
DUREE_LECTURE = timedelta(minutes=2)
# What the clocks of two servers, and the making of a page, may add to it (AUD-15).
_ECART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltreTraces:
    """Filters of the history (rule AUD-07); `groupe` is a key of GROUPES, `avant` continues a page.

    `actions`, `resultat`, `acteur_nom` (a part of it) and `trace_id` are asked by software (FHR-162).
    """

    groupe: str = ""
    du: datetime | None = None
    au: datetime | None = None
    acteur_id: str = ""
    document_id: UUID | None = None
    sans_documents: tuple[UUID, ...] = ()
    # For a child's representatives: without what was done in connexion secrète (FHR-163).
    sans_secret: bool = False
    actions: tuple[str, ...] = ()
    resultat: str = ""
    acteur_nom: str = ""
    trace_id: UUID | None = None
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
    traces = _connues(dossier_id, filtre).exclude(_deja_dite())
    if filtre.groupe in GROUPES:
        traces = traces.filter(acteur_genre__in=GROUPES[filtre.groupe])
    if filtre.acteur_id:
        traces = traces.filter(acteur_id=filtre.acteur_id)
    if filtre.document_id:
        traces = traces.filter(document_ids__contains=[filtre.document_id])
    if filtre.actions:
        traces = traces.filter(action__in=filtre.actions)
    if filtre.resultat:
        traces = traces.filter(resultat=filtre.resultat)
    if filtre.acteur_nom:
        traces = traces.filter(acteur_nom__icontains=filtre.acteur_nom)
    if filtre.trace_id:
        traces = traces.filter(id=filtre.trace_id)
    if filtre.avant:
        borne = (
            Trace.objects.filter(dossier_id=dossier_id, id=filtre.avant)
            .values_list("quand", flat=True)
            .first()
        )
        if borne is None:
            return PageTraces([], None)
        # The first condition is the index's; the second one leaves out what was shown at that very instant.
        traces = traces.filter(quand__lte=borne).filter(Q(quand__lt=borne) | Q(id__lt=filtre.avant))
    nom = Logiciel.objects.filter(client_id=OuterRef("logiciel")).values("nom")[:1]
    traces = traces.annotate(logiciel_nom=Coalesce(Subquery(nom), Value("")))
    lignes = list(traces.order_by("-quand", "-id").values_list(*_CHAMPS)[: filtre.limite + 1])
    elements = [TraceVue(*ligne) for ligne in lignes[: filtre.limite]]
    return PageTraces(elements, elements[-1].id if len(lignes) > filtre.limite else None)


def professionnels(dossier_id: UUID, filtre: FiltreTraces) -> dict[str, str]:
    """Number and name of the professionals who came in the filter's days, by name; what to choose one from (AUD-07).

    Whoever only came for documents that are not told yet is not told either (AUD-09).
    """
    venus = _connues(dossier_id, filtre).filter(acteur_genre="professionnel").exclude(acteur_id="")
    noms = venus.values_list("acteur_id").annotate(nom=Max("acteur_nom")).order_by("nom", "acteur_id")
    return dict(noms[:PROFESSIONNELS_MAX])


def _connues(dossier_id: UUID, filtre: FiltreTraces) -> QuerySet[Trace]:
    """The days of the filter, without what must stay unseen for now (AUD-09)."""
    traces = Trace.objects.filter(dossier_id=dossier_id)
    if filtre.sans_documents:
        traces = traces.exclude(document_ids__overlap=list(filtre.sans_documents))
    if filtre.sans_secret:
        traces = traces.exclude(porte=PORTE_SECRETE)
    if filtre.du:
        traces = traces.filter(quand__gte=filtre.du)
    if filtre.au:
        traces = traces.filter(quand__lt=filtre.au)
    return traces


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


def deja_tracee(dossier_id: UUID, acteur: Acteur, acte: Acte, depuis: datetime) -> bool:
    """Whether this actor's same act, for the same reason, is in the history since then (rule AUD-17)."""
    return Trace.objects.filter(
        dossier_id=dossier_id,
        acteur_genre=acteur.genre.value,
        acteur_id=acteur.identifiant,
        action=acte.action.value,
        resultat=acte.resultat.value,
        motif=acte.motif,
        quand__gte=depuis,
    ).exists()
