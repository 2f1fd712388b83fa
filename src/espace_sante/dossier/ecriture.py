"""Writes that the ORM cannot do: emptying every table of a record, as the owner of the tables (rule LIF-33)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

# The proof that remains, and the history. Every other table that names a record is emptied, those to come too.
GARDEES: Final = frozenset(
    {"dossier_dossier", "identite_indexins", "traces_trace", "traces_feuille", "traces_effacement"}
)
# What hangs on the account goes before it.
_DU_COMPTE: Final = ("identite_codeusageunique", "identite_ancienmotdepasse")
_BASE: Final = "proprietaire"


def detruire_lignes(dossier_id: UUID) -> int:
    """Everything of the record but what is kept, all or nothing; the number of rows. Idempotent."""
    with transaction.atomic(using=_BASE), connections[_BASE].cursor() as c:
        nombre = 0
        for table in _DU_COMPTE:
            c.execute(
                f"DELETE FROM {table} WHERE compte_id IN"  # noqa: S608
                " (SELECT id FROM identite_compte WHERE dossier_id = %s)",
                [dossier_id],
            )
            nombre += c.rowcount
        for table in _a_vider(c):
            c.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])  # noqa: S608
            nombre += c.rowcount
    return nombre


def _a_vider(c: CursorWrapper) -> list[str]:
    """Tables that name a record, as the database itself knows them, in an order that breaks no foreign key."""
    c.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'dossier_id'"
        " AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    restent = {table for (table,) in c.fetchall()} - GARDEES
    c.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid <> confrelid"
    )
    liens = c.fetchall()
    ordre: list[str] = []
    while restent:
        parents = {parent for enfant, parent in liens if enfant in restent}
        libres = sorted(restent - parents) or sorted(restent)
        ordre += libres
        restent -= set(libres)
    return ordre
