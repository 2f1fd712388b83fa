"""Row-level security as migration operations, and the scope that opens one record.

Every table of a record shows and takes only the rows of the record named by the setting
`es.dossier` of the current transaction; with nothing set, zero rows. The setting is given
by the statement SET LOCAL (carried to the workers of a cluster, unlike set_config).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import connection, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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
    imbrique = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as curseur:
        ancien = ""
        if imbrique:
            curseur.execute("SELECT current_setting('es.dossier', true)")
            ancien = (curseur.fetchone() or ("",))[0] or ""
        curseur.execute(f"SET LOCAL es.dossier = '{UUID(str(dossier_id))}'")
        yield
        if imbrique:
            curseur.execute(f"SET LOCAL es.dossier = '{UUID(ancien) if ancien else ''}'")
