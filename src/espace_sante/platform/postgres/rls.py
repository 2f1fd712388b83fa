"""Row-level security as migration operations, and the scope that opens one record.

Every table of a record shows and takes only the rows of the record named by the setting
`es.dossier` of the current transaction; with nothing set, zero rows. The setting is given
by the statement SET LOCAL (carried to the workers of a cluster, unlike set_config).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg.rows import TupleRow

from espace_sante.platform.postgres.direct import Ordre, aller_retour, lire

# Tables of a record, filled as the migrations are loaded; contract tests walk it.
TABLES_DE_DOSSIER: set[str] = set()


def table_de_dossier(table: str) -> migrations.RunSQL:
    """Migration operation: row-level security by `dossier_id` on a table of a record."""
    TABLES_DE_DOSSIER.add(table)
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY par_dossier ON {table}
            USING (dossier_id = NULLIF(current_setting('es.dossier', true), '')::uuid)
            WITH CHECK (dossier_id = NULLIF(current_setting('es.dossier', true), '')::uuid);
        """,
        f"DROP POLICY par_dossier ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def droits(table: str, *privileges: str) -> migrations.RunPython:
    """Migration operation: exactly these privileges on a table for the application's role."""

    def appliquer(_apps: object, editeur: BaseDatabaseSchemaEditor) -> None:
        role = editeur.quote_name(settings.DATABASES["default"]["USER"])
        editeur.execute(f"REVOKE ALL ON {table} FROM {role}")
        editeur.execute(f"GRANT {', '.join(privileges)} ON {table} TO {role}")

    return migrations.RunPython(appliquer, migrations.RunPython.noop)


def cle_etrangere(table: str, colonnes: str, cible: str, colonnes_cible: str) -> migrations.RunSQL:
    """Migration operation: a foreign key between tables of a record, `dossier_id` first."""
    nom = f"{table}_vers_{cible}"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {nom} FOREIGN KEY ({colonnes}) REFERENCES {cible} ({colonnes_cible})",
        f"ALTER TABLE {table} DROP CONSTRAINT {nom}",
    )


@contextmanager
def portee(dossier_id: UUID) -> Iterator[None]:
    """A transaction scoped to one record; at its end nothing is in scope any more.

    Inside an enclosing transaction the former scope is put back, so that no scope can
    outlive the act that opened it. Only the room `acces` and jobs of lower rooms call this.
    """
    with _transaction():
        aller_retour(_fixer(dossier_id))
        yield


@contextmanager
def portee_et_lecture(dossier_id: UUID, requete: str, params: Sequence[Any]) -> Iterator[TupleRow | None]:
    """The same, with the first row of one query read in the round trip that opens the scope."""
    with _transaction():
        lignes = aller_retour(_fixer(dossier_id), (requete, params))[1]
        yield lignes[0] if lignes else None


# Statements that wait for the end of the scope's transaction, to travel with its COMMIT.
_a_la_fin: ContextVar[list[Ordre] | None] = ContextVar("a_la_fin", default=None)


def ecrire_a_la_fin(requete: str, params: Sequence[Any]) -> None:
    """Execute a write last thing in the current scope's transaction: one round trip with its COMMIT.

    Its failure makes the whole transaction fail, like that of any other statement. The connection must
    be scoped to a record.
    """
    attente = _a_la_fin.get()
    if attente is None:
        raise RuntimeError("no record is in scope")
    attente.append((requete, params))


@contextmanager
def _transaction() -> Iterator[None]:
    imbrique = connection.in_atomic_block
    attente: list[Ordre] = []
    jeton = _a_la_fin.set(attente)
    try:
        with transaction.atomic():
            ancien = ""
            if imbrique:
                ancien = lire("SELECT current_setting('es.dossier', true)", ())[0][0] or ""
            yield
            if imbrique:
                aller_retour(*attente, _fixer(UUID(ancien)) if ancien else _RIEN)
            elif attente:
                # Django finds the transaction already ended, and has nothing left to send.
                aller_retour(*attente, _VALIDER)
    finally:
        _a_la_fin.reset(jeton)


_RIEN: Final[Ordre] = ("SET LOCAL es.dossier = ''", ())
_VALIDER: Final[Ordre] = ("COMMIT", ())


def _fixer(dossier_id: UUID) -> Ordre:
    # The statement takes no parameter: the value is a UUID by construction, nothing else gets in.
    return (f"SET LOCAL es.dossier = '{UUID(str(dossier_id))}'", ())
