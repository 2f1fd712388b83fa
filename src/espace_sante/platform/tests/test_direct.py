"""Round trips on libpq: a failure leaves nothing behind and a connection in good order, or no connection at all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import errors, pq

from espace_sante.platform.postgres import direct
from espace_sante.platform.postgres.direct import Canal, aller_retour, lire


@pytest.fixture(autouse=True)
def connexion_reelle(postgres: str, django_db_blocker: Any) -> Iterator[None]:
    """A connection of its own, outside any test's transaction; it is closed with what the test left on it."""
    with django_db_blocker.unblock():
        connection.close()
        yield
        connection.close()


def _etat() -> pq.TransactionStatus:
    return pq.TransactionStatus(connection.connection.pgconn.transaction_status)


def test_rows_of_each_statement_in_order() -> None:
    assert aller_retour(
        ("SELECT %s::int, %s::text", [1, "é"]), ("SELECT 2 WHERE false", ()), ("SELECT 3", ())
    ) == [[(1, "é")], [], [(3,)]]


def test_a_name_twice_is_one_parameter_and_percent_is_itself() -> None:
    assert lire("SELECT %(a)s::int + %(a)s::int, %(b)s::text LIKE '%%x'", {"a": 2, "b": "ax"}) == [(4, True)]


def test_outside_a_transaction_a_round_trip_is_all_or_nothing() -> None:
    lire("CREATE TEMP TABLE essai_direct (n int)", ())
    with pytest.raises(errors.DivisionByZero):
        aller_retour(("INSERT INTO essai_direct VALUES (%s)", [1]), ("SELECT 1/0", ()), ("SELECT 2", ()))
    assert _etat() is pq.TransactionStatus.IDLE
    assert lire("SELECT count(*) FROM essai_direct", ()) == [(0,)]


@transaction.atomic
def _inserer_puis_echouer() -> None:
    lire("INSERT INTO essai_direct VALUES (%s)", [1])
    assert _etat() is pq.TransactionStatus.INTRANS
    lire("SELECT 1/%s::int", [0])


def test_begins_the_transaction_that_django_announced_and_rolls_it_back_with_it() -> None:
    lire("CREATE TEMP TABLE essai_direct (n int)", ())
    with pytest.raises(errors.DivisionByZero):
        _inserer_puis_echouer()
    assert _etat() is pq.TransactionStatus.IDLE
    assert lire("SELECT count(*) FROM essai_direct", ()) == [(0,)]


def test_a_value_that_cannot_be_sent_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(psycopg.DataError):
        aller_retour(("SELECT 1", ()), ("SELECT %s::text", ["a\x00b"]))
    assert lire("SELECT 1", ()) == [(1,)]


def test_a_statement_that_failed_is_prepared_anew() -> None:
    for _ in range(2):
        with pytest.raises(errors.UndefinedTable):
            lire("SELECT * FROM essai_absent WHERE n = %s", [1])
    with pytest.raises(errors.DivisionByZero):
        aller_retour(("SELECT 1/%s::int", [0]), ("SELECT %s::int + 1", [1]))
    assert lire("SELECT %s::int + 1", [1]) == [(2,)]


def test_prepared_statements_of_a_connection_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_PREPAREES", 5)
    for tour in range(2):
        for n in range(12):
            assert lire(f"SELECT {n} + %s::int", [tour]) == [(n + tour,)]
    ((gardees,),) = lire("SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^es_'", ())
    assert gardees == 5


def test_large_both_ways_at_once() -> None:
    texte = "x" * 8_000_000
    recus = aller_retour(*[("SELECT %s::text", [texte])] * 4)
    assert [len(lignes[0][0]) for lignes in recus] == [len(texte)] * 4


@pytest.mark.parametrize("cadre", [transaction.atomic, nullcontext])
def test_a_lost_server_is_an_error_and_the_next_act_has_a_new_connection(
    cadre: Callable[[], AbstractContextManager[None]],
) -> None:
    lire("SELECT 1", ())
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as autre:
        autre.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError), cadre():
        lire("SELECT 1", ())
    connection.close_if_unusable_or_obsolete()
    assert lire("SELECT 1", ()) == [(1,)]


def test_lost_in_the_middle_of_an_answer() -> None:
    lire("SELECT 1", ())
    ancienne = connection.connection
    dsn, numero = ancienne.info.dsn, ancienne.info.backend_pid

    def couper() -> None:
        with psycopg.connect(dsn, autocommit=True) as autre:
            while not autre.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'", [numero]
            ).fetchall():
                pass
            autre.execute("SELECT pg_terminate_backend(%s)", [numero])

    fil = threading.Thread(target=couper)
    fil.start()
    with pytest.raises(psycopg.OperationalError):
        aller_retour(("SELECT 1", ()), ("SELECT pg_sleep(30)", ()), ("SELECT 2", ()))
    fil.join()
    assert ancienne.closed
    connection.close()


def test_interrupted_half_way_the_connection_is_given_up() -> None:
    """Nobody may read the answer of somebody else's act."""
    lire("SELECT 1", ())
    ancienne = connection.connection
    d_origine = signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TimeoutError()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(TimeoutError):
            lire("SELECT pg_sleep(30)", ())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, d_origine)
    assert ancienne.closed
    connection.close()
    assert lire("SELECT 7", ()) == [(7,)]


def test_each_thread_has_its_own_connection() -> None:
    numeros: list[int] = []

    def lire_numero() -> None:
        numeros.append(lire("SELECT pg_backend_pid()", ())[0][0])
        connection.close()

    fil = threading.Thread(target=lire_numero)
    fil.start()
    fil.join()
    assert numeros[0] != lire("SELECT pg_backend_pid()", ())[0][0]


def test_a_new_connection_has_no_memory_of_the_former_one() -> None:
    lire("SELECT %s::int", [1])
    connection.close()
    assert lire("SELECT %s::int", [2]) == [(2,)]
    assert isinstance(direct._memoire.canal, Canal)
