"""A table of a record as rows of JSON: which of them leave, in which order, without which columns (POR-04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps

from espace_sante.acces.exportation.noms import REPRISE
from espace_sante.platform.postgres.direct import lire

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the record: its key after `dossier_id`, which rows leave, which columns stay here.

    `condition` is SQL; it may name `%(dossier)s` and `%(caches)s` (ids of documents that the holder does not know of).
    """

    nom: str
    cle: tuple[str, ...]
    condition: str = "true"
    sans: tuple[str, ...] = ()

    @property
    def fichier(self) -> str:
        return f"{REPRISE}/{self.nom}.jsonl"


def lignes(table: Table, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows as objects, in the order of the key, a page in memory at a time."""
    cle = ", ".join(table.cle)
    colonnes = f", {cle}" if cle else ""
    ordre = f" ORDER BY {cle} LIMIT {_PAGE}" if cle else ""
    connues = colonnes_de(table)
    suite: Sequence[Any] = ()
    while True:
        places = ", ".join(f"%(suite{n})s" for n in range(len(suite)))
        apres = f" AND ({cle}) > ({places})" if suite else ""
        page = lire(
            f"SELECT to_jsonb(t) - %(sans)s::text[]{colonnes} FROM {table.nom} t"  # noqa: S608
            f" WHERE dossier_id = %(dossier)s AND {table.condition}{apres}{ordre}",
            {
                "sans": ["dossier_id", *table.sans],
                **_utiles(table, params),
                **{f"suite{n}": valeur for n, valeur in enumerate(suite)},
            },
        )
        for objet, *_ in page:
            yield {c: valeur for c, valeur in objet.items() if c in connues}
        if not cle or len(page) < _PAGE:
            return
        suite = page[-1][1:]


def colonnes_de(table: Table) -> frozenset[str]:
    """Columns that mean something elsewhere: not those that only this database fills for itself."""
    modele = next(m for m in apps.get_models() if m._meta.db_table == table.nom)
    return frozenset(f.column for f in modele._meta.concrete_fields if f.column)


def _utiles(table: Table, params: Mapping[str, Any]) -> dict[str, Any]:
    return {nom: v for nom, v in params.items() if nom == "dossier" or f"%({nom})s" in table.condition}
