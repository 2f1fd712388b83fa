"""The statements that only the owner of the tables may run: counting over every record, one writer at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connections

# Any number, the same for every writer of the matrix.
_VERROU: Final = 0x6D617472

_PAR_TYPE: Final = """
SELECT type_code, count(*) FROM documents_document
WHERE statut = 'current' AND type_code = ANY(%s) GROUP BY type_code
"""
_DOSSIERS: Final = """
SELECT count(*) FROM (SELECT DISTINCT dossier_id FROM documents_document
    WHERE statut = 'current' AND type_code = ANY(%s)) AS touches
"""


@dataclass(frozen=True, slots=True)
class Portee:
    """How much of what is kept a difference touches: present documents by type, and records that hold one."""

    documents: dict[str, int]
    dossiers: int


def un_seul_ecrivain(base: str) -> None:
    """Wait for the other writers of the matrix; held until the end of the transaction."""
    with connections[base].cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [_VERROU])


def compter(types: Sequence[str], base: str) -> Portee:
    """Counted by the database, whatever the number of records: this process receives one row a type (ACC-39).

    `base` must be the owner's: row-level security shows no record to the application outside its gate.
    """
    with connections[base].cursor() as curseur:
        curseur.execute(_PAR_TYPE, [list(types)])
        documents = {str(code): int(nombre) for code, nombre in curseur.fetchall()}
        curseur.execute(_DOSSIERS, [list(types)])
        return Portee(documents, int(curseur.fetchone()[0]))
