"""Direct use of psycopg on Django's own connection, for the few hot reads and writes.

Server-side parameters and prepared statements, binary bytes, and a pipeline that sends
several independent statements in one round trip. Same connection, same transaction as the ORM.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import TupleRow


def curseur() -> psycopg.Cursor[TupleRow]:
    """A server-side-binding cursor on the current Django connection."""
    connection.ensure_connection()
    brute: psycopg.Connection[Any] = connection.connection
    return psycopg.Cursor(brute)


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements inside are sent together; their results may be read inside or after."""
    connection.ensure_connection()
    with connection.connection.pipeline():
        yield
