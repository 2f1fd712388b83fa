"""Row-level security as migration operations, and the scope that opens one record.

Every table of a record shows and takes only the rows of the record named by the setting
`es.dossier` of the current transaction; with nothing set, zero rows. The setting is given
by the statement SET LOCAL (carried to the workers of a cluster, unlike set_config).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg.rows import TupleRow

from espace_sante.platform.postgres.direct import Ordre, Parametres, aller_retour, lire

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
def portee_et_lecture(dossier_id: UUID, requete: str, params: Parametres) -> Iterator[TupleRow | None]:
    """The same, with the first row of one query read in the round trip that opens the scope."""
    with _transaction():
        lignes = aller_retour(_fixer(dossier_id), (requete, params))[1]
        yield lignes[0] if lignes else None


@dataclass(slots=True)
class _Portee:
    """The scope that is open: statements that wait for its end, to travel with its COMMIT."""

    imbriquee: bool
    attente: list[Ordre] = field(default_factory=list)
    finie: bool = False


_ouverte: ContextVar[_Portee | None] = ContextVar("portee", default=None)


def ecrire_a_la_fin(requete: str, params: Sequence[Any]) -> None:
    """Execute a write last thing in the current scope's transaction: one round trip with its COMMIT.

    Its failure makes the whole transaction fail, like that of any other statement. The connection must
    be scoped to a record.
    """
    portee = _ouverte.get()
    if portee is None or portee.finie:
        raise RuntimeError("no record is in scope")
    portee.attente.append((requete, params))


def lire_et_finir(requete: str, params: Parametres) -> list[TupleRow]:
    """Rows of the last read of a scope, in one round trip with what waits for its end and its COMMIT.

    Nothing is in scope afterwards. Inside an enclosing transaction it is a read like another; without a
    scope too, and gives nothing.
    """
    portee = _ouverte.get()
    if portee is None or portee.imbriquee or portee.finie:
        return lire(requete, params)
    portee.finie = True
    return aller_retour((requete, params), *portee.attente, _VALIDER)[0]


@contextmanager
def _transaction() -> Iterator[None]:
    portee = _Portee(connection.in_atomic_block)
    jeton = _ouverte.set(portee)
    try:
        with transaction.atomic():
            ancien = ""
            if portee.imbriquee:
                ancien = lire("SELECT current_setting('es.dossier', true)", ())[0][0] or ""
            yield
            if portee.imbriquee:
                aller_retour(*portee.attente, _fixer(UUID(ancien)) if ancien else _RIEN)
            elif portee.attente and not portee.finie:
                # Django finds the transaction already ended, and has nothing left to send.
                aller_retour(*portee.attente, _VALIDER)
    finally:
        _ouverte.reset(jeton)


_RIEN: Final[Ordre] = ("SET LOCAL es.dossier = ''", ())
_VALIDER: Final[Ordre] = ("COMMIT", ())


def _fixer(dossier_id: UUID) -> Ordre:
    # The statement takes no parameter: the value is a UUID by construction, nothing else gets in.
    return (f"SET LOCAL es.dossier = '{UUID(str(dossier_id))}'", ())
