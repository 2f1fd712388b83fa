"""Scopes: their end travels with what waits for it, and nothing is in scope afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from psycopg.errors import DivisionByZero

from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import ecrire_a_la_fin, lire_et_finir, portee


@pytest.fixture(autouse=True)
def connexion_reelle(postgres: str, django_db_blocker: Any) -> Iterator[None]:
    """A connection of its own, outside any test's transaction; it is closed with what the test left on it."""
    with django_db_blocker.unblock():
        connection.close()
        yield
        connection.close()


def test_the_last_read_ends_the_scope_with_its_writes() -> None:
    """Nothing is in scope after it, and what waited is committed with it."""
    with portee(uuid7()):
        ecrire_a_la_fin("SELECT set_config('es.essai', %s, false)", ["écrit"])
        assert lire_et_finir("SELECT current_setting('es.dossier') <> ''", ()) == [(True,)]
        assert connection.connection.info.transaction_status.name == "IDLE"
        assert lire("SELECT current_setting('es.dossier', true)", ()) in ([("",)], [(None,)])
        with pytest.raises(RuntimeError):
            ecrire_a_la_fin("SELECT 1", ())
    assert lire("SELECT current_setting('es.essai', true)", ()) == [("écrit",)]


def test_when_the_last_read_fails_nothing_is_written() -> None:
    lire("CREATE TEMP TABLE essai_fin (n int)", ())
    with pytest.raises(DivisionByZero):
        _lire_et_echouer()
    assert lire("SELECT count(*) FROM essai_fin", ()) == [(0,)]


def _lire_et_echouer() -> None:
    with portee(uuid7()):
        lire("INSERT INTO essai_fin VALUES (%s)", [1])
        ecrire_a_la_fin("INSERT INTO essai_fin VALUES (%s)", [2])
        lire_et_finir("SELECT 1/%s::int", [0])
