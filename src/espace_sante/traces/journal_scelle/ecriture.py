"""Writes of the log, as the owner of the tables: seal new traces, publish heads, destroy the traces of a record.

The contents of traces never leave the database here: it computes the hash of each row, and only that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg import IsolationLevel

from espace_sante.kernel.ids import uuid7
from espace_sante.traces.journal_scelle import temoin
from espace_sante.traces.journal_scelle.arbre import Croissance, Tuile, racine_de, tuiles_de_droite
from espace_sante.traces.journal_scelle.encodage import SOURCES, VERSION, Source, fragment
from espace_sante.traces.journal_scelle.errors import EffacementImpossible, JournalIncoherent
from espace_sante.traces.journal_scelle.note import CleJournal, Tete
from espace_sante.traces.journal_scelle.queries import Lecteur, Tuiles

Connexion = psycopg.Connection[Any]
_LOT = 20_000
# One sequencer at a time. A LOCK takes no snapshot: what is read after it sees all that the former one wrote.
_VERROU = "LOCK TABLE traces_arbre IN EXCLUSIVE MODE"


@contextmanager
def connexion() -> Iterator[Connexion]:
    """A connection of the owner, for the worker and operations only."""
    parametres = connections["proprietaire"].get_connection_params()
    retenus = {c: parametres[c] for c in ("dbname", "user", "password", "host", "port") if parametres.get(c)}
    with psycopg.connect(**retenus, autocommit=True, application_name="espace-sante-journal") as cx:
        cx.execute("SET lock_timeout = '20s'")
        cx.execute("SET TIME ZONE 'UTC'")
        yield cx


def lecteur(cx: Connexion) -> Lecteur:
    """Reads on that connection."""

    def lire(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        return list(cx.execute(sql, params).fetchall())

    return lire


@dataclass(frozen=True, slots=True)
class Fenetre:
    """Transactions among which a new trace may be found, in one snapshot: numbers in [debut, fin).

    What was written before `suivante` will never change again: all of it is visible now, or never will be.
    """

    debut: int
    fin: int
    suivante: int
    systeme: int


def sceller(cx: Connexion, nombre_shards: int) -> int:
    """Put every committed trace that is not in the log into it, each exactly once; how many.

    In one transaction: a kill in the middle leaves the log as it was. A trace whose transaction ends late is still in
    the window of a later pass: the window only closes behind the oldest transaction that was running (ADR 0015).
    """
    if not any(_reste(cx, source) for source in SOURCES.values()):
        return 0
    with _transaction(cx, IsolationLevel.REPEATABLE_READ):
        cx.execute(_VERROU)
        arbres = _Arbres(cx, nombre_shards)
        nombre = sum(_sceller_source(cx, source, arbres) for source in SOURCES.values())
        arbres.ranger()
    return nombre


@contextmanager
def _transaction(cx: Connexion, niveau: IsolationLevel) -> Iterator[None]:
    ancien = cx.isolation_level
    cx.isolation_level = niveau
    try:
        with cx.transaction():
            yield
    finally:
        if not cx.closed:
            cx.isolation_level = ancien


def _fenetre(cx: Connexion, source: Source) -> Fenetre:
    ligne = cx.execute(
        "SELECT pg_snapshot_xmax(s)::text::bigint, pg_snapshot_xmin(s)::text::bigint, c.system_identifier,"
        " coalesce((SELECT horizon FROM traces_curseur k WHERE k.genre = %s AND k.systeme = c.system_identifier), 0)"
        " FROM pg_current_snapshot() AS s, pg_control_system() AS c",
        [source.genre],
    ).fetchone()
    assert ligne is not None  # noqa: S101
    fin, suivante, systeme, debut = ligne
    # Restored rows carry the numbers of another cluster, larger than ours maybe: all are looked at once.
    return Fenetre(debut, fin if debut else 2**63 - 1, suivante, systeme)


def _nouvelles(source: Source, colonnes: str) -> str:
    return (
        f"SELECT {colonnes} FROM {source.table} t WHERE t.transaction_id >= %s AND t.transaction_id < %s"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM traces_feuille f"
        f" WHERE f.dossier_id = {source.dossier_sql} AND f.trace_id = t.id)"
    )


def _par_index(cx: Connexion, f: Fenetre) -> None:
    """Statistics are always late on what was just written: say that the window is small, unless it is everything."""
    cx.execute(f"SET LOCAL enable_seqscan = {'off' if f.debut else 'on'}")


def _reste(cx: Connexion, source: Source) -> bool:
    with _transaction(cx, IsolationLevel.REPEATABLE_READ):
        f = _fenetre(cx, source)
        _par_index(cx, f)
        ligne = cx.execute(f"SELECT EXISTS ({_nouvelles(source, '1')})", [f.debut, f.fin]).fetchone()
    return bool(ligne and ligne[0])


def _sceller_source(cx: Connexion, source: Source, arbres: _Arbres) -> int:
    f = _fenetre(cx, source)
    _par_index(cx, f)
    colonnes = f"{source.dossier_sql}, t.id, {source.empreinte_sql()}"
    nombre = 0
    with cx.cursor(f"nouvelles_{source.genre}") as curseur:
        curseur.execute(
            f"{_nouvelles(source, colonnes)} ORDER BY t.transaction_id, t.id",
            [f.debut, f.fin],
            binary=True,
        )
        while lot := curseur.fetchmany(_LOT):
            arbres.ajouter(source.genre, lot)
            nombre += len(lot)
    cx.execute(
        "INSERT INTO traces_curseur (genre, systeme, horizon) VALUES (%s, %s, %s)"
        " ON CONFLICT (genre) DO UPDATE SET systeme = EXCLUDED.systeme, horizon = EXCLUDED.horizon",
        [source.genre, f.systeme, f.suivante],
    )
    return nombre


class _Arbres:
    """The trees of all shards while leaves are added: a few kilobytes each, whatever their size."""

    def __init__(self, cx: Connexion, nombre: int) -> None:
        self._cx, self._nombre = cx, nombre
        self._arbres: dict[int, Croissance] = {}

    def ajouter(self, genre: str, lot: Sequence[tuple[UUID, UUID, bytes]]) -> None:
        """Give each trace its rank, write its leaf and the tiles."""
        # Before the COPY: nothing else goes through the connection while it lasts.
        shards = [fragment(dossier_id, self._nombre) for dossier_id, _, _ in lot]
        for shard in set(shards) - self._arbres.keys():
            self._arbres[shard] = charger(self._cx, shard)
        with (
            self._cx.cursor() as curseur,
            curseur.copy(
                "COPY traces_feuille (dossier_id, trace_id, genre, version, shard, rang, empreinte)"
                " FROM STDIN (FORMAT BINARY)"
            ) as copie,
        ):
            copie.set_types(["uuid", "uuid", "varchar", "int2", "int4", "int8", "bytea"])
            for shard, (dossier_id, trace_id, empreinte) in zip(shards, lot, strict=True):
                arbre = self._arbres[shard]
                copie.write_row((dossier_id, trace_id, genre, VERSION, shard, arbre.taille, empreinte))
                arbre.ajouter(empreinte)
        self._ecrire_tuiles()

    def _ecrire_tuiles(self) -> None:
        with self._cx.cursor() as curseur:
            curseur.executemany(
                "INSERT INTO traces_tuile (shard, niveau, indice, empreintes) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (shard, niveau, indice) DO UPDATE SET empreintes = EXCLUDED.empreintes",
                [
                    (shard, t.niveau, t.indice, t.empreintes)
                    for shard, arbre in self._arbres.items()
                    for t in arbre.a_garder()
                ],
            )

    def ranger(self) -> None:
        """Keep the size of each tree."""
        with self._cx.cursor() as curseur:
            curseur.executemany(
                "INSERT INTO traces_arbre (shard, taille) VALUES (%s, %s)"
                " ON CONFLICT (shard) DO UPDATE SET taille = EXCLUDED.taille",
                [(shard, arbre.taille) for shard, arbre in self._arbres.items()],
            )


def charger(cx: Connexion, shard: int) -> Croissance:
    """The tree of a shard, ready to grow. Raises JournalIncoherent when its tiles do not fit its size."""
    ligne = cx.execute("SELECT taille FROM traces_arbre WHERE shard = %s", [shard]).fetchone()
    taille = ligne[0] if ligne else 0
    voulues = list(tuiles_de_droite(taille))
    lignes = cx.execute(
        "SELECT t.niveau, t.indice, t.empreintes FROM traces_tuile t"
        " JOIN unnest(%s::int[], %s::bigint[]) AS v (niveau, indice) USING (niveau, indice) WHERE t.shard = %s",
        [[n for n, _, _ in voulues], [i for _, i, _ in voulues], shard],
    ).fetchall()
    try:
        return Croissance(taille, [Tuile(n, i, bytes(e)) for n, i, e in lignes])
    except ValueError:
        raise JournalIncoherent(
            "tuiles_manquantes",
            "Des nœuds du journal manquent : lancez « espace-sante traces verify ».",
            shard=shard,
        ) from None


def publier(cx: Connexion, cle: CleJournal, fichier_temoin: Path, maintenant: datetime) -> list[Tete]:
    """Sign the head of each shard, hand it to the witness, keep it. Raises JournalIncoherent, OSError.

    The witness comes first: a head that the database knows is always outside of it too. A tree that does not
    continue the last published head, in the database or at the witness, is not signed.
    """
    quand = maintenant.astimezone(UTC).replace(microsecond=0)
    connues = temoin.dernieres(fichier_temoin)
    with cx.transaction():
        cx.execute(_VERROU)
        tetes: list[tuple[int, Tete, str]] = []
        for (shard,) in cx.execute("SELECT shard FROM traces_arbre ORDER BY shard").fetchall():
            precedente = _derniere(cx, shard, cle.origine(shard))
            arbre = charger(cx, shard)
            for ancienne in (precedente, connues.get(cle.origine(shard))):
                if ancienne is not None:
                    _continuer(cx, shard, arbre, ancienne)
                    quand = max(quand, ancienne.quand + timedelta(seconds=1))
            tete = Tete(cle.origine(shard), arbre.taille, arbre.racine(), quand)
            tetes.append((shard, tete, cle.signer(tete)))
        temoin.ajouter(fichier_temoin, [note for _, _, note in tetes])
        with cx.cursor() as curseur:
            curseur.executemany(
                "INSERT INTO traces_tete (shard, quand, taille, racine, note) VALUES (%s, %s, %s, %s, %s)",
                [(shard, t.quand, t.taille, t.racine, note) for shard, t, note in tetes],
            )
    for source in SOURCES.values():
        # Otherwise the window of the next pass would be looked for in all that was added since the last VACUUM.
        cx.execute("SELECT brin_summarize_new_values(%s::regclass)", [f"{source.table}_transaction"])
    return [tete for _, tete, _ in tetes]


def _derniere(cx: Connexion, shard: int, origine: str) -> Tete | None:
    ligne = cx.execute(
        "SELECT taille, racine, quand FROM traces_tete WHERE shard = %s ORDER BY quand DESC LIMIT 1", [shard]
    ).fetchone()
    return Tete(origine, ligne[0], bytes(ligne[1]), ligne[2]) if ligne else None


def _continuer(cx: Connexion, shard: int, arbre: Croissance, ancienne: Tete) -> None:
    if ancienne.taille <= arbre.taille:
        try:
            if racine_de(Tuiles(lecteur(cx), shard), 0, ancienne.taille) == ancienne.racine:
                return
        except LookupError:
            pass
    raise JournalIncoherent(
        "journal_incoherent",
        "Le journal des traces ne prolonge pas la dernière tête publiée : aucune tête n'est signée. Lancez"
        " « espace-sante traces verify ».",
        shard=shard,
    )


def effacer(cx: Connexion, dossier_id: UUID, motif: str, maintenant: datetime) -> int:
    """Destroy the contents of a record's traces; the hashes of their leaves stay (AUD-12). How many.

    The destruction is itself a new entry of the log. Raises EffacementImpossible when a trace is not sealed yet.
    """
    with cx.transaction():
        cx.execute(_VERROU)
        (manque,) = cx.execute(
            "SELECT count(*) FROM traces_trace t WHERE t.dossier_id = %s AND NOT EXISTS (SELECT 1"
            " FROM traces_feuille f WHERE f.dossier_id = t.dossier_id AND f.trace_id = t.id)",
            [dossier_id],
        ).fetchone() or (0,)
        if manque:
            raise EffacementImpossible(
                "traces_non_scellees",
                "Des traces de ce dossier ne sont pas encore scellées : réessayez plus tard.",
            )
        cx.execute(
            "UPDATE traces_feuille f SET effacee_le = %s FROM traces_trace t"
            " WHERE f.dossier_id = %s AND t.dossier_id = f.dossier_id AND t.id = f.trace_id",
            [maintenant, dossier_id],
        )
        nombre = cx.execute("DELETE FROM traces_trace WHERE dossier_id = %s", [dossier_id]).rowcount
        if nombre:
            cx.execute(
                "INSERT INTO traces_effacement (dossier_id, id, quand, motif, nombre) VALUES (%s, %s, %s, %s, %s)",
                [dossier_id, uuid7(), maintenant, motif, nombre],
            )
    return nombre
