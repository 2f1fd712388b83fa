"""Tokens that die at once (rule OID-20): kept in the database, told to every server process as it happens.

A verified token is kept in memory for some seconds (identite.jetons). So that a revocation does not wait for it,
each server process listens on a channel of PostgreSQL; while it cannot hear, it keeps nothing in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread
from uuid import UUID

import psycopg
from django.db import connection, transaction

from espace_sante.identite.logiciels.queries import CANAL, annoncer
from espace_sante.identite.models import JetonRevoque
from espace_sante.platform.journal import Evenement, consigner

# A line that fell silently is noticed within this time.
_VEILLE_S = 5.0
_entend: bool | None = None


def revoquer(jti: UUID, expire_le: datetime) -> None:
    """The token is worth nothing from now on, in every process."""
    with transaction.atomic():
        JetonRevoque.objects.filter(expire_le__lt=datetime.now(UTC)).delete()
        JetonRevoque.objects.get_or_create(jti=jti, defaults={"expire_le": expire_le})
        annoncer(str(jti))


def memoire_sure() -> bool:
    """False in a server process that cannot hear revocations at the moment."""
    return _entend is not False


def ecouter(oublier: Callable[[str], None], *, fin: Event | None = None) -> Thread:
    """Listen for the life of this process, or until `fin`.

    `oublier` gets the id of a token, or an empty text for all.
    """
    global _entend
    _entend = False
    parametres = connection.get_connection_params()
    retenus = {c: parametres[c] for c in ("dbname", "user", "password", "host", "port") if parametres.get(c)}
    fil = Thread(target=_ecouter, args=(retenus, oublier, fin or Event()), name="revocations", daemon=True)
    fil.start()
    return fil


def _ecouter(parametres: dict[str, str], oublier: Callable[[str], None], fin: Event) -> None:
    global _entend
    while not fin.is_set():
        try:
            with psycopg.connect(**parametres, autocommit=True, connect_timeout=3) as cx:  # type: ignore[arg-type]
                cx.execute(f"LISTEN {CANAL}")
                oublier("")
                _entend = True
                while not fin.is_set():
                    for avis in cx.notifies(timeout=_VEILLE_S):
                        oublier(avis.payload)
                    cx.execute("SELECT 1")
        except psycopg.Error as erreur:
            _entend = False
            consigner(Evenement.ERREUR, code="revocations_sourdes", cause=type(erreur).__name__)
            fin.wait(1)
