"""Which profiles an incident touched, from the traces: numbers of records and dates, nothing of their content (REG-14).

Run by an operator, as the owner of the tables: no record is opened. The asking is itself traced, before any answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, tracer_hors_dossier

_BASE: Final = "proprietaire"
_PAQUET: Final = 5000


class RegistreRefuse(EspaceSanteError):
    """Code `criteres_absents`: a list of everybody is not an answer to an incident; `periode_invalide`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is known of it: at least one of professional, software and structure; `du` included, `au` excluded."""

    rpps: str = ""
    logiciel: str = ""
    structure_id: str = ""
    du: datetime | None = None
    au: datetime | None = None


@dataclass(frozen=True, slots=True)
class Touche:
    """One profile, and how many of its acts answer the criteria."""

    dossier_id: UUID
    premier: datetime
    dernier: datetime
    actes: int


def profils_touches(incident: Incident, *, par: str) -> Iterator[Touche]:
    """Profiles touched, in order of their numbers, as they come from the database. Raises RegistreRefuse.

    `par`: the operator, as the trace names him. The trace is durable before the first line is given.
    """
    clauses, params = _criteres(incident)
    resume = " ".join(
        f"{nom}={valeur}"
        for nom, valeur in (
            ("rpps", incident.rpps),
            ("logiciel", incident.logiciel),
            ("structure", incident.structure_id),
        )
        if valeur
    )
    operateur = Acteur(genre=GenreActeur.OPERATEUR, nom=par, client_id=par)
    tracer_hors_dossier(operateur, Contexte(porte="cli"), Acte(Action.REGISTRE, motif=resume[:60]))
    return _lire(clauses, params)


def _lire(clauses: list[str], params: list[Any]) -> Iterator[Touche]:
    requete = (
        "SELECT dossier_id, min(quand), max(quand), count(*) FROM traces_trace"  # noqa: S608
        f" WHERE {' AND '.join(clauses)} GROUP BY dossier_id ORDER BY dossier_id"
    )
    with transaction.atomic(using=_BASE):
        connections[_BASE].ensure_connection()
        # Kept by the server: a breach may touch millions of profiles.
        with connections[_BASE].connection.cursor(name=f"registre_{uuid7().hex}") as c:
            c.itersize = _PAQUET
            c.execute(requete, params)
            for ligne in c:
                yield Touche(*ligne)


def _criteres(incident: Incident) -> tuple[list[str], list[Any]]:
    egaux = (
        ("acteur_genre = 'professionnel' AND acteur_id = %s", incident.rpps),
        ("logiciel = %s", incident.logiciel),
        ("structure_id = %s", incident.structure_id),
    )
    clauses, params = [c for c, v in egaux if v], [v for _, v in egaux if v]
    if not clauses:
        raise RegistreRefuse("criteres_absents", "Donnez un professionnel, un logiciel ou une structure.")
    if incident.du and incident.au and incident.au <= incident.du:
        raise RegistreRefuse("periode_invalide", "La fin de la période vient avant son début.")
    bornes: list[tuple[str, Any]] = [("quand >= %s", incident.du), ("quand < %s", incident.au)]
    return clauses + [c for c, v in bornes if v], params + [v for _, v in bornes if v]
