"""What the database refuses for want of a right is told to witnesses, whichever way the statement took (AUD-13).

A refusal undoes the transaction in which it happens, its own record included: a witness keeps what it keeps elsewhere.
Statements by Django's cursors and by `direct` are seen; not those of a program with a connection of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import InsufficientPrivilege

# Told of the refusal, with the text of the statement (never its parameters) and the name of the role.
Temoin = Callable[[psycopg.Error, str, str], None]
TEMOINS: list[Temoin] = []
_log = logging.getLogger(__name__)


def signaler(refus: BaseException | None, ordre: str, role: str) -> None:
    """Tell the witnesses, when it is a refusal of that kind. A witness that fails hides nothing: the refusal stands."""
    if not isinstance(refus, InsufficientPrivilege):
        return
    for temoin in TEMOINS:
        try:
            temoin(refus, ordre, role)
        except Exception:
            _log.exception("temoin_de_refus_en_echec")


def surveiller(executer: Callable[..., Any], sql: str, params: Any, many: bool, contexte: Any) -> Any:
    """A wrapper of Django's cursors."""
    try:
        return executer(sql, params, many, contexte)
    except ProgrammingError as erreur:
        signaler(erreur.__cause__, str(sql), str(contexte["connection"].settings_dict["USER"]))
        raise


def installer(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Receiver of `connection_created`."""
    if surveiller not in connection.execute_wrappers:
        connection.execute_wrappers.append(surveiller)
