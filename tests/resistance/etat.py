"""What is stored, counted as the application's role can see it inside one test's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee

# Where no record is: what would be stored for « nobody ».
NULLE_PART = UUID(int=0)
TRACES = "traces_trace"
TRACES_HORS_DOSSIER = "traces_tracehorsdossier"
# What follows from a deposit, more or fewer rows with its dates: notices, and the board of late deposits.
_SUITES = {"documents_retard", "notifications_avis", "notifications_envoi", "notifications_venue"}


@dataclass(frozen=True, slots=True)
class Etat:
    """Rows of every table but the traces, bytes of all contents, and traces."""

    lignes: dict[str, int]
    octets: int
    refus_traces: int

    def range(self) -> tuple[dict[str, int], int]:
        """All that a refused request may not change."""
        return self.lignes, self.octets


def tables() -> list[str]:
    """Every table of the product and of its libraries."""
    with connection.cursor() as c:
        c.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname")
        return [ligne[0] for ligne in c.fetchall()]


def relever(dossiers: Iterable[UUID]) -> Etat:
    """Count everything; tables of a record are counted in the scope of each of these records."""
    lignes: dict[str, int] = {}
    octets = refus = 0
    with connection.cursor() as c:
        # A refusal outside any record cannot be read back by the application: what was inserted is counted.
        c.execute("SELECT n_tup_ins FROM pg_stat_xact_user_tables WHERE relname = %s", [TRACES_HORS_DOSSIER])
        refus += c.fetchone()[0]
        for table in tables():
            if (
                table not in TABLES_DE_DOSSIER | _SUITES
                and table != TRACES_HORS_DOSSIER
                and _lisible(c, table)
            ):
                lignes[table] = _compter(c, table)
        for dossier_id in {*dossiers, NULLE_PART}:
            with portee(dossier_id):
                for table in sorted(TABLES_DE_DOSSIER - {TRACES} - _SUITES):
                    lignes[table] = lignes.get(table, 0) + _compter(c, table)
                c.execute("SELECT coalesce(sum(octet_length(scelle)), 0) FROM documents_contenu")
                octets += int(c.fetchone()[0])
                c.execute(f"SELECT count(*) FROM {TRACES} WHERE resultat = 'refus' AND motif <> ''")
                refus += c.fetchone()[0]
                c.execute(f"SELECT count(*) FROM {TRACES} WHERE resultat <> 'refus'")
                lignes["traces d'actes"] = lignes.get("traces d'actes", 0) + c.fetchone()[0]
    return Etat(lignes, octets, refus)


def _lisible(c, table: str) -> bool:  # type: ignore[no-untyped-def]
    c.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'public."{table}"'])
    return bool(c.fetchone()[0])


def _compter(c, table: str) -> int:  # type: ignore[no-untyped-def]
    c.execute(f'SELECT count(*) FROM "{table}"')
    return int(c.fetchone()[0])
