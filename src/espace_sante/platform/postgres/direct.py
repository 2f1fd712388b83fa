"""Direct use of psycopg on Django's own connection, for the few hot reads and writes.

Server-side parameters, prepared statements, psycopg's own C adapters and binary results, and a pipeline that
sends several independent statements in one round trip. Same connection, same transaction as the ORM.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import TupleRow


class _CurseurDirect(psycopg.Cursor[TupleRow]):
    """A cursor with psycopg's own adapters: Django registers slower ones, in Python, on its connections."""

    def __init__(self, brute: psycopg.Connection[Any]) -> None:
        super().__init__(brute)
        self._adapters = psycopg.adapters
        self.format = psycopg.pq.Format.BINARY


def curseur() -> psycopg.Cursor[TupleRow]:
    """A server-side-binding cursor on the current Django connection; results come in binary."""
    connection.ensure_connection()
    return _CurseurDirect(connection.connection)


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements inside are sent together, one round trip; their results are read after."""
    connection.ensure_connection()
    with connection.connection.pipeline():
        yield
