"""Reads of the log: tiles, leaves of a record, and the streams that a verification walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg

from espace_sante.traces.journal_scelle.arbre import OCTETS, TUILE, reduire
from espace_sante.traces.journal_scelle.encodage import EFFACEMENT, HORS_DOSSIER, SOURCES, TRACE, Source

# Rows of one statement: `platform.postgres.direct.lire`, or the same on another connection.
Lecteur = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
# Tiles of 8 kB kept at hand while proofs are made.
_TUILES_GARDEES = 512


class Tuiles:
    """Roots of the complete subtrees of a shard, from its tiles; to be called as a `SousArbre`."""

    def __init__(self, lire: Lecteur, shard: int) -> None:
        self._lire, self._shard = lire, shard
        self._tuile = lru_cache(_TUILES_GARDEES)(self._chercher)

    def __call__(self, hauteur: int, indice: int) -> bytes:
        """Raises LookupError when a tile is missing or short."""
        niveau, reste = divmod(hauteur, 8)
        premiere = indice << reste
        debut = premiere % TUILE * OCTETS
        octets = self._tuile(niveau, premiere // TUILE)[debut : debut + (OCTETS << reste)]
        if len(octets) != OCTETS << reste:
            raise LookupError("a node of the log is missing")
        return reduire(octets)

    def _chercher(self, niveau: int, indice: int) -> bytes:
        lignes = self._lire(
            "SELECT empreintes FROM traces_tuile WHERE shard = %s AND niveau = %s AND indice = %s",
            [self._shard, niveau, indice],
        )
        return bytes(lignes[0][0]) if lignes else b""


@dataclass(frozen=True, slots=True)
class LigneFeuille:
    """A leaf, and the row it stands for as it is now: `recalculee` is None when there is no row."""

    rang: int
    trace_id: UUID
    dossier_id: UUID
    genre: str
    empreinte: bytes
    effacee: bool
    recalculee: bytes | None
    quand: datetime | None


def _joindre(source: Source, ligne: str) -> str:
    dossier = f" AND {ligne}.dossier_id = f.dossier_id" if "dossier_id" in source.noms else ""
    return f" LEFT JOIN {source.table} {ligne} ON f.genre = '{source.genre}' AND {ligne}.id = f.trace_id{dossier}"


_NOMS = ((TRACE, "t"), (HORS_DOSSIER, "h"), (EFFACEMENT, "e"))
_EMPREINTE = " ".join(f"WHEN {n}.id IS NOT NULL THEN {s.empreinte_sql(n)}" for s, n in _NOMS)
_FEUILLES = (
    "SELECT f.rang, f.trace_id, f.dossier_id, f.genre, f.empreinte, f.effacee_le IS NOT NULL,"  # noqa: S608
    f" CASE {_EMPREINTE} END, coalesce({', '.join(f'{n}.quand' for _, n in _NOMS)})"
    f" FROM traces_feuille f {' '.join(_joindre(s, n) for s, n in _NOMS)}"
    " WHERE f.shard = %s ORDER BY f.rang, f.trace_id"
)


def feuilles(cx: psycopg.Connection[Any], shard: int) -> Iterator[LigneFeuille]:
    """Every leaf of a shard by rank, each row hashed anew; in a transaction, memory flat."""
    with cx.cursor(f"feuilles_{shard}") as curseur:
        curseur.itersize = 5000
        curseur.execute(_FEUILLES, [shard], binary=True)
        for ligne in curseur:
            yield LigneFeuille(*ligne)


def tuiles(cx: psycopg.Connection[Any], shard: int, niveau: int) -> Iterator[tuple[int, bytes]]:
    """(index, hashes) of the stored tiles of one level, in order."""
    with cx.cursor(f"tuiles_{shard}_{niveau}") as curseur:
        curseur.itersize = 200
        curseur.execute(
            "SELECT indice, empreintes FROM traces_tuile WHERE shard = %s AND niveau = %s ORDER BY indice",
            [shard, niveau],
            binary=True,
        )
        for indice, empreintes in curseur:
            yield indice, bytes(empreintes)


def feuille_existe(lire: Lecteur, shard: int, empreinte: bytes) -> bool:
    """Whether a leaf of that shard has this hash. Reads the whole shard: for what is already found to be wrong."""
    return bool(
        lire("SELECT 1 FROM traces_feuille WHERE shard = %s AND empreinte = %s LIMIT 1", [shard, empreinte])
    )


def shards(lire: Lecteur) -> dict[int, int]:
    """Size of each shard, by its own account; shards that only have leaves count for 0."""
    tailles = {s: 0 for (s,) in lire("SELECT DISTINCT shard FROM traces_feuille", ())}
    return tailles | dict(lire("SELECT shard, taille FROM traces_arbre", ()))


def tetes(lire: Lecteur, shard: int) -> list[tuple[int, bytes, datetime, str]]:
    """(size, root, time, note) of the heads kept in the database, oldest first."""
    return lire(
        "SELECT taille, racine, quand, note FROM traces_tete WHERE shard = %s ORDER BY quand", [shard]
    )


def sans_feuille(lire: Lecteur) -> Iterator[tuple[str, UUID, UUID, datetime]]:
    """(kind, record, id, time) of rows that can enter the log no more and are not in it.

    A row may only wait for its leaf when its transaction is in the window of the sequencer.
    """
    for source in SOURCES.values():
        # In a restored database nothing can be said before the sequencer has looked at everything once.
        horizon = lire(
            "SELECT k.horizon, pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM traces_curseur k,"
            " pg_control_system() c WHERE k.genre = %s AND k.systeme = c.system_identifier",
            [source.genre],
        )
        if horizon:
            yield from (
                (source.genre, *ligne)
                for ligne in lire(
                    f"SELECT {source.dossier_sql}, t.id, t.quand FROM {source.table} t"  # noqa: S608
                    " WHERE NOT (t.transaction_id >= %s AND t.transaction_id < %s) AND NOT EXISTS (SELECT 1"
                    f" FROM traces_feuille f WHERE f.dossier_id = {source.dossier_sql} AND f.trace_id = t.id)"
                    " ORDER BY t.quand LIMIT 100",
                    list(horizon[0]),
                )
            )


def en_attente(lire: Lecteur) -> int:
    """Traces that are not in the log yet."""
    return sum(
        lire(
            f"SELECT count(*) FROM {source.table} t WHERE NOT EXISTS (SELECT 1 FROM traces_feuille f"  # noqa: S608
            f" WHERE f.dossier_id = {source.dossier_sql} AND f.trace_id = t.id)",
            (),
        )[0][0]
        for source in SOURCES.values()
    )


def effacements_sans_acte(lire: Lecteur) -> list[tuple[UUID, int, int]]:
    """(record, leaves marked as destroyed, number that the log says) where the two differ (AUD-12)."""
    return lire(
        "SELECT dossier_id, coalesce(f.n, 0), coalesce(e.n, 0) FROM (SELECT dossier_id, count(*) AS n"
        " FROM traces_feuille WHERE effacee_le IS NOT NULL GROUP BY dossier_id) f FULL JOIN (SELECT dossier_id,"
        " sum(nombre) AS n FROM traces_effacement GROUP BY dossier_id) e USING (dossier_id)"
        " WHERE f.n IS DISTINCT FROM e.n ORDER BY dossier_id LIMIT 100",
        (),
    )


def du_dossier(lire: Lecteur, dossier_id: UUID, source: Source) -> list[tuple[Any, ...]]:
    """(shard, rank, hash, destroyed, *columns) of the leaves of one record and source, by rank."""
    # Joined here: with statistics older than a long history, PostgreSQL chooses a loop in a loop.
    traces = {
        ligne[0]: ligne[1:]
        for ligne in lire(
            f"SELECT id, {', '.join(source.noms)} FROM {source.table} WHERE dossier_id = %s",  # noqa: S608
            [dossier_id],
        )
    }
    perdue = (None,) * len(source.noms)
    return [
        (*feuille, *traces.get(trace_id, perdue))
        for trace_id, *feuille in lire(
            "SELECT trace_id, shard, rang, empreinte, effacee_le IS NOT NULL FROM traces_feuille"
            " WHERE dossier_id = %s AND genre = %s ORDER BY shard, rang",
            [dossier_id, source.genre],
        )
    ]


def derniere_tete(lire: Lecteur, shard: int) -> tuple[int, str] | None:
    """(size, note) of the last published head of a shard."""
    lignes = lire(
        "SELECT taille, note FROM traces_tete WHERE shard = %s ORDER BY quand DESC LIMIT 1", [shard]
    )
    return (lignes[0][0], lignes[0][1]) if lignes else None


def non_scellees(lire: Lecteur, dossier_id: UUID) -> int:
    """Traces of one record that are not in the log yet."""
    return int(
        lire(
            "SELECT count(*) FROM traces_trace t WHERE t.dossier_id = %s AND NOT EXISTS (SELECT 1"
            " FROM traces_feuille f WHERE f.dossier_id = t.dossier_id AND f.trace_id = t.id)",
            [dossier_id],
        )[0][0]
    )
