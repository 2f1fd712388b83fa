"""Direct use of libpq on Django's own connection, for the hot reads and writes: several statements, one round trip.

Server-side parameters, prepared statements, psycopg's own C adapters, binary results. Same connection, same
transaction as the ORM. A psycopg pipeline does the same with several waits a statement; here a round trip waits
once, so that a busy server does not spend its time handing the interpreter from thread to thread (ADR 0011).
"""

from __future__ import annotations

import re
import select
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import psycopg
from django.db import connections
from psycopg import abc, errors, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.rows import TupleRow

from espace_sante.platform.postgres.refus import signaler

Parametres = Sequence[Any] | Mapping[str, Any]
# A statement with %s or %(name)s, and its parameters.
Ordre = tuple[str, Parametres]

_PLACE: Final = re.compile(r"%(?:\((\w+)\)s|s|%)")
# Statements kept prepared on a connection; beyond, the one used longest ago is given back to the server.
_PREPAREES: Final = 200
_LIGNES, _FAIT, _FIN = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.PIPELINE_SYNC
_memoire = threading.local()


def aller_retour(*ordres: Ordre) -> list[list[TupleRow]]:
    """Execute statements in order, in one round trip; the rows of each.

    The first that fails raises its psycopg error, and those after it are not executed. A transaction is begun
    when Django is in an atomic block that has not begun one yet.
    """
    enveloppe = connections["default"]
    enveloppe.ensure_connection()
    brute = enveloppe.connection
    canal: Canal | None = getattr(_memoire, "canal", None)
    if canal is None or canal.connection is not brute:
        canal = _memoire.canal = Canal(brute)
    try:
        return canal.envoyer(ordres)
    except errors.InsufficientPrivilege as refus:
        signaler(refus, ";".join(requete for requete, _ in ordres), enveloppe.settings_dict["USER"])
        raise
    finally:
        if brute.closed:
            # Django looks at it at the end of the request, and takes a new one.
            enveloppe.errors_occurred = True


def lire(requete: str, params: Parametres) -> list[TupleRow]:
    """Rows of one statement."""
    return aller_retour((requete, params))[0]


class _Forme(NamedTuple):
    """What a prepared statement is known by: its text and the types of its parameters."""

    texte: bytes
    types: tuple[int, ...]


class _Pret(NamedTuple):
    """A statement ready to be sent: its parameters are in the server's form."""

    forme: _Forme
    valeurs: Sequence[pq.abc.Buffer | None]
    formats: Sequence[int]


@dataclass(slots=True)
class _Envoi:
    """One round trip: whose answers are wanted, and the statements prepared on the way."""

    voulus: list[bool] = field(default_factory=list)
    neuves: dict[_Forme, bytes] = field(default_factory=dict)


class Canal:
    """One connection, with its prepared statements. In psycopg's words an adaptation context."""

    __slots__ = ("_adapte", "_attente", "_compte", "_preparees", "adapters", "connection")

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        # Django registers slower adapters, in Python, on its connections.
        self.adapters = psycopg.adapters
        # Kept from one act to the next: it remembers how each type is written and read.
        self._adapte: abc.Transformer = Transformer(self)
        # In order of last use.
        self._preparees: dict[_Forme, bytes] = {}
        self._compte = 0
        self._attente = select.poll()
        self._attente.register(connection.pgconn.socket, select.POLLIN)

    def envoyer(self, ordres: Sequence[Ordre]) -> list[list[TupleRow]]:
        """Send, wait, read. Raises the psycopg error of the first statement that fails."""
        envoi, lien = _Envoi(), self.connection.pgconn
        # A value that cannot be sent is refused here, while nothing has been sent.
        prets = [_adapter(self._adapte, requete, params) for requete, params in ordres]
        commence = not self.connection.autocommit and lien.transaction_status == pq.TransactionStatus.IDLE
        lien.enter_pipeline_mode()
        try:
            if commence:
                lien.send_query_params(b"BEGIN", None)
                envoi.voulus.append(False)
            for pret in prets:
                self._mettre_en_route(lien, envoi, pret)
            lien.pipeline_sync()
            _pousser(lien)
            resultats, faute = self._recueillir(lien, envoi)
            lien.exit_pipeline_mode()
        except BaseException:
            # Interrupted half way: nobody could tell the answers still to come from those of the next act.
            lien.finish()
            raise
        if faute is not None:
            raise errors.error_from_result(faute)
        # Known as prepared only once the server has said so.
        self._preparees.update(envoi.neuves)
        return resultats

    def _mettre_en_route(self, lien: pq.abc.PGconn, envoi: _Envoi, pret: _Pret) -> None:
        forme = pret.forme
        if not pret.valeurs:
            lien.send_query_params(forme.texte, None, result_format=pq.Format.BINARY)
        else:
            nom = envoi.neuves.get(forme)
            if nom is None and (nom := self._preparees.pop(forme, None)) is not None:
                self._preparees[forme] = nom
            lien.send_query_prepared(
                nom or self._preparer(lien, envoi, forme),
                pret.valeurs,
                pret.formats,
                result_format=pq.Format.BINARY,
            )
        envoi.voulus.append(True)

    def _preparer(self, lien: pq.abc.PGconn, envoi: _Envoi, forme: _Forme) -> bytes:
        if len(self._preparees) >= _PREPAREES:
            ancienne = self._preparees.pop(next(iter(self._preparees)))
            lien.send_query_params(b"DEALLOCATE " + ancienne, None)
            envoi.voulus.append(False)
        nom = b"es_%d" % self._compte
        self._compte += 1
        lien.send_prepare(nom, forme.texte, forme.types)
        envoi.voulus.append(False)
        envoi.neuves[forme] = nom
        return nom

    def _recueillir(
        self, lien: pq.abc.PGconn, envoi: _Envoi
    ) -> tuple[list[list[TupleRow]], pq.abc.PGresult | None]:
        """Rows of the wanted statements, and the result of the first that failed."""
        resultats: list[list[TupleRow]] = []
        faute, rang, entre_deux = None, 0, False
        while True:
            while lien.is_busy():
                self._attente.poll()
                lien.consume_input()
            resultat = lien.get_result()
            if resultat is None:
                # The end of one statement's answers; twice in a row, nothing more will come.
                if entre_deux:
                    raise errors.OperationalError("the server went away in the middle of its answers")
                entre_deux, rang = True, rang + 1
                continue
            entre_deux = False
            statut = resultat.status
            if statut == _FIN:
                return resultats, faute
            if statut not in (_LIGNES, _FAIT):
                faute = faute or resultat
            elif envoi.voulus[rang]:
                self._adapte.set_pgresult(resultat)
                resultats.append(self._adapte.load_rows(0, resultat.ntuples, tuple))


def _pousser(lien: pq.abc.PGconn) -> None:
    while lien.flush():
        # The server may itself wait for its answers to be read before it reads more.
        if select.select([lien.socket], [lien.socket], [])[0]:
            lien.consume_input()


def _adapter(adapte: abc.Transformer, requete: str, params: Parametres) -> _Pret:
    if not params:
        return _Pret(_Forme(requete.encode(), ()), (), ())
    texte, noms = _traduire(requete)
    valeurs = [params[nom] for nom in noms] if isinstance(params, Mapping) else params
    brutes = adapte.dump_sequence(valeurs, [PyFormat.AUTO] * len(valeurs))
    return _Pret(_Forme(texte, tuple(adapte.types or ())), brutes, tuple(adapte.formats or ()))


@lru_cache(maxsize=1024)
def _traduire(requete: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with $1, $2… for its places, and the names in that order (a name twice is one parameter)."""
    noms: list[str] = []
    rang = 0

    def remplacer(trouve: re.Match[str]) -> str:
        nonlocal rang
        if trouve.group(0) == "%%":
            return "%"
        nom = trouve.group(1)
        if nom is None:
            rang += 1
            return f"${rang}"
        if nom not in noms:
            noms.append(nom)
        return f"${noms.index(nom) + 1}"

    return _PLACE.sub(remplacer, requete).encode(), tuple(noms)
