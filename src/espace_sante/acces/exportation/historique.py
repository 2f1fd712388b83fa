"""The history of accesses as files: lines of CSV and objects of JSON, bounded in length (rules AUD-11, AUD-09)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.secret_mineur import secret_tenu
from espace_sante.documents.queries import invisibles_du_titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces import queries
from espace_sante.traces.ecriture import Acte, Action
from espace_sante.traces.queries import FiltreTraces, TraceVue

# Lines of one file (AUD-11).
LIGNES_MAX: Final = 100_000
_PAGE: Final = 1000
_PARIS: Final = ZoneInfo("Europe/Paris")
COLONNES: Final = (
    "date et heure (Paris)", "qui", "profession", "structure", "commune", "action", "résultat", "motif", "mode",
    "document", "type de document", "logiciel", "identifiant du professionnel", "trace",
)  # fmt: skip


def traces(dossier_id: UUID, filtre: FiltreTraces) -> Iterator[TraceVue]:
    """Every trace of the filter, newest first, a page in memory at a time, each page in a scope of its own.

    The caller gives in `sans_documents` what its reader may not know yet (AUD-09).
    """
    filtre = replace(filtre, limite=_PAGE)
    while True:
        with portee(dossier_id):
            page = queries.lister(dossier_id, filtre)
        yield from page.elements
        if page.suite is None:
            return
        filtre = replace(filtre, avant=page.suite)


def demander(acteur: Acteur, filtre: FiltreTraces, *, contexte: Contexte) -> Iterator[TraceVue]:
    """The holder's own history, for a file of his (AUD-11). Raises EspaceFerme. Traced before the first line."""
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        caches = invisibles_du_titulaire(espace.dossier_id)
        espace.consigner(Acte(Action.EXPORT_TRACES))
        secret = secret_tenu(espace.dossier_id)
        return traces(espace.dossier_id, replace(filtre, sans_documents=caches, sans_secret=secret))


def cellules(trace: TraceVue) -> tuple[str, ...]:
    """One line, in the order of COLONNES."""
    return (
        f"{trace.quand.astimezone(_PARIS):%Y-%m-%d %H:%M:%S}", trace.acteur_nom or trace.acteur_genre,
        trace.profession, trace.structure_nom, trace.structure_commune, trace.action, trace.resultat,
        trace.motif, trace.mode, trace.document_titre, trace.document_type, trace.logiciel_nom or trace.logiciel,
        trace.acteur_id if trace.acteur_genre == "professionnel" else "", str(trace.id),
    )  # fmt: skip


def objet(trace: TraceVue) -> dict[str, Any]:
    """One trace, all fields, for a program."""
    return asdict(trace)
