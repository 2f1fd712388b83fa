"""Writes that the ORM cannot do: emptying every table of a record, as the owner of the tables (rule LIF-33)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

# The proof that remains, and the history. Every other table that names a record is emptied, those to come too.
GARDEES: Final[Mapping[str, str]] = MappingProxyType({
    "dossier_dossier": "the proof of the erasure: state SUPPRIME and its dates, without the key (LIF-33)",
    "identite_indexins": "keyed hash of the INS: the same person is not given a second record by mistake (LIF-33)",
    "traces_trace": "the history of acts, ten years more, then its content goes: `effacer_historique` (AUD-12)",
    "traces_feuille": "leaf hashes: the log stays whole and verifiable for everybody (AUD-12, AUD-14)",
    "traces_effacement": "that contents of traces were destroyed, when and how many (AUD-12)",
})  # fmt: skip
_BASE: Final = "proprietaire"
_COMPTES: Final = "identite_compte"


def detruire_lignes(dossier_id: UUID) -> int:
    """Everything of the record but what is kept, all or nothing; the number of rows. Idempotent."""
    with transaction.atomic(using=_BASE), connections[_BASE].cursor() as c:
        nombre = 0
        for table, colonne in _du_compte(c):
            c.execute(
                f"DELETE FROM {table} WHERE {colonne} IN"  # noqa: S608
                f" (SELECT id FROM {_COMPTES} WHERE dossier_id = %s)",
                [dossier_id],
            )
            nombre += c.rowcount
        for table in _a_vider(c):
            c.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])  # noqa: S608
            nombre += c.rowcount
    return nombre


def _du_compte(c: CursorWrapper) -> list[tuple[str, str]]:
    """(table, column) of what hangs on an account without naming its record: codes, former passwords."""
    c.execute(
        "SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k"
        " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
        " WHERE k.contype = 'f' AND k.confrelid = %s::regclass ORDER BY 1",
        [_COMPTES],
    )
    return list(c.fetchall())


def _a_vider(c: CursorWrapper) -> list[str]:
    """Tables that name a record, as the database itself knows them, in an order that breaks no foreign key."""
    c.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'dossier_id'"
        " AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    restent = {table for (table,) in c.fetchall()} - set(GARDEES)
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
