"""Traces of what faces see and the gate's own acts do not cover: a person set aside, a lot refused at the door."""

from __future__ import annotations

from uuid import UUID

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier


def noter_identite_ecartee(acteur: Acteur, dossier_id: UUID, *, contexte: Contexte) -> None:
    """The professional said that this was not the person before him: traced, nothing opens (rule ACC-10)."""
    with portee(dossier_id):
        tracer(dossier_id, acteur, contexte, Acte(Action.IDENTITE_ECARTEE))


def noter_sans_depot(acteur: Acteur, motif: str, *, contexte: Contexte, ins: Ins | None = None) -> None:
    """A request of feeding that stores nothing: `essai` (FHR-97) or `renvoi` (FHR-91). Traced apart from any record."""
    tracer_hors_dossier(acteur, contexte, Acte(Action.DEPOT, motif=motif), hacher(ins) if ins else None)


def noter_refus(
    acteur: Acteur, action: Action, motif: str, *, contexte: Contexte, ins: Ins | None = None
) -> None:
    """A request refused before any record was reached; the INS, if any, is kept as a keyed hash."""
    acte = Acte(action, Resultat.REFUS, motif=motif)
    tracer_hors_dossier(acteur, contexte, acte, hacher(ins) if ins else None)
