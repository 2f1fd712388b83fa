"""Changing or deleting a trace is refused, and the attempt is itself traced although its transaction is undone (AUD-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from espace_sante.platform.postgres.direct import aller_retour
from espace_sante.traces.journal_scelle.ecriture import connexion

pytestmark = [pytest.mark.django_db, pytest.mark.rule("AUD-13")]


@pytest.fixture(autouse=True)
def tentatives() -> Iterator[Any]:
    """What is kept of attempts, read as the owner on another connection: it is committed, the tests clean it."""
    with connexion() as cx:
        cx.execute("DELETE FROM traces_tracehorsdossier WHERE action = 'alteration'")
        yield lambda: cx.execute(
            "SELECT acteur_genre, acteur_id, motif, resultat FROM traces_tracehorsdossier"
            " WHERE action = 'alteration' ORDER BY id"
        ).fetchall()
        cx.execute("DELETE FROM traces_tracehorsdossier WHERE action = 'alteration'")


@pytest.mark.parametrize("verbe", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
@pytest.mark.parametrize("table", ["traces_trace", "traces_tracehorsdossier", "traces_effacement"])
def test_an_attempt_by_the_application_is_refused_and_traced(tentatives: Any, verbe: str, table: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as c:
        c.execute(verbe.format(table))
    attendu = ("systeme", connection.settings_dict["USER"], f"{verbe.split()[0].lower()}_{table}", "refus")
    assert tentatives() == [attendu]


def test_the_direct_way_to_the_database_is_watched_too(tentatives: Any) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic():
        aller_retour(("SELECT 1", ()), ("DELETE FROM traces_trace WHERE motif = %s", ("x",)))
    assert [t[2] for t in tentatives()] == ["delete_traces_trace"]


def test_what_is_no_attempt_on_a_trace_leaves_nothing(tentatives: Any) -> None:
    for ordre in ("SELECT * FROM traces_tracehorsdossier", "DELETE FROM acces_cellule", "SELECT nothing"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as c:
            c.execute(ordre)
    assert tentatives() == []


def test_a_witness_that_fails_leaves_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def tomber(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("espace_sante.platform.postgres.refus.TEMOINS", [tomber])
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute("DELETE FROM traces_trace")
