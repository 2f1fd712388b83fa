"""An attempt to change or delete a trace leaves a trace of its own (rule AUD-13).

The database refuses the attempt by want of privilege and undoes its transaction. What is told here is written on a
connection of its own, committed before the refusal goes on, so that nothing of the attempt can undo it. It enters the
sealed log like any other trace.
"""

from __future__ import annotations

import re

import psycopg

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.journal import Evenement, consigner
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer_a_part

# The server names the table in its own language; only what changes or deletes is an attempt, a read is not.
_TABLE = re.compile(r"\btraces_\w+")
_VERBE = re.compile(r"\b(UPDATE|DELETE|TRUNCATE|MERGE|ALTER|DROP)\b", re.IGNORECASE)


def temoigner(refus: psycopg.Error, ordre: str, role: str) -> None:
    """Write the attempt: which table, which verb, which database role; nothing of the statement's values."""
    table, verbe = _TABLE.search(refus.diag.message_primary or ""), _VERBE.search(ordre)
    if table is None or verbe is None:
        return
    consigner(Evenement.ERREUR, code=Action.ALTERATION.value, table=table[0], verbe=verbe[1].upper())
    tracer_a_part(
        Acteur(GenreActeur.SYSTEME, client_id=role),
        Contexte(porte="base"),
        Acte(Action.ALTERATION, Resultat.REFUS, motif=f"{verbe[1].lower()}_{table[0]}"[:60]),
    )
