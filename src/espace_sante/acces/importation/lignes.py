"""Rows of a copy written again, as they were (POR-16). Through the application's role: row-level security holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.acces.exportation.tables import Table, colonnes_de
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.platform.postgres.direct import lire

_PAGE: Final = 200


def inserer(table: Table, dossier_id: UUID, lignes: Iterable[Mapping[str, Any]]) -> int:
    """Insert the rows in this record; how many. Raises RepriseRefusee, and psycopg's errors on what cannot be."""
    restent, nombre = iter(lignes), 0
    while page := list(islice(restent, _PAGE)):
        for colonnes, groupe in _par_forme(table, page):
            noms = ", ".join(f'"{c}"' for c in colonnes)
            lire(
                f"INSERT INTO {table.nom} (dossier_id, {noms}) SELECT %s, {noms}"  # noqa: S608
                f" FROM jsonb_populate_recordset(NULL::{table.nom}, %s::jsonb)",
                [dossier_id, orjson.dumps(groupe).decode()],
            )
        nombre += len(page)
    return nombre


def _par_forme(
    table: Table, page: list[Mapping[str, Any]]
) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Rows that name the same columns together: one that is not named takes its default."""
    connues = colonnes_de(table)
    groupes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for ligne in page:
        # What stayed in the other installation is empty here.
        complete = {**dict.fromkeys(table.sans, ""), **ligne}
        colonnes = tuple(sorted(complete))
        if not connues.issuperset(colonnes) or "dossier_id" in ligne:
            raise RepriseRefusee("version_inconnue", "Cette copie vient d'une version plus récente.")
        groupes.setdefault(colonnes, []).append(complete)
    yield from groupes.items()
