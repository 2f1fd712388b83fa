"""The worker's part of full-text search: what was deposited is indexed soon after, by batches (ADR 0013).

A deposit writes nothing for it: the worker reads the registry from where it stopped. What it has not reached yet, a
search indexes by itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from espace_sante.documents.plein_texte import indexation
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee

_TRAVAIL: Final = "depots"
_LOT: Final = 500
_PAR_TRANSACTION: Final = 100
# A deposit that is still being written has an older id than one that is already seen: look back a little.
_RECUL: Final = timedelta(minutes=1)

_DEPOTS = """
SELECT document_id, dossier_id FROM documents_registre WHERE document_id > %s ORDER BY document_id LIMIT %s
"""
_JUSQUA = """
INSERT INTO documents_reprisetexte (travail, jusqua) VALUES (%s, %s)
ON CONFLICT (travail) DO UPDATE SET jusqua = EXCLUDED.jusqua
"""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="plein_texte", pass_context=False)
def indexer(timestamp: int) -> None:
    """Each minute: what was deposited since the last time."""
    indexer_les_depots(datetime.fromtimestamp(timestamp, UTC))


def indexer_les_depots(maintenant: datetime, *, secondes: float = 45) -> int:
    """Index what was deposited since the last time, at most for that long; how many documents were.

    Taken up where it stopped by the next call, even after a crash: the place is kept once the batch is done.
    """
    fin, faits = time.monotonic() + secondes, 0
    place = _place()
    while time.monotonic() < fin:
        depots = lire(_DEPOTS, [place, _LOT])
        if not depots:
            break
        faits += indexer_dossiers(dict.fromkeys(dossier_id for _, dossier_id in depots))
        place = depots[-1][0]
        lire(_JUSQUA, [_TRAVAIL, min(place, _premier_id(maintenant - _RECUL))])
    return faits


def indexer_dossiers(dossiers: Iterable[UUID]) -> int:
    """Index all that is not yet in these records; how many documents were. Idempotent."""
    return sum(_indexer_dossier(dossier_id) for dossier_id in dossiers)


def _indexer_dossier(dossier_id: UUID) -> int:
    faits = 0
    while True:
        with portee(dossier_id):
            manquants = indexation.manquants(dossier_id, _PAR_TRANSACTION)
            cle = _cle(dossier_id) if manquants else None
            if cle is None:
                return faits
            nombre = sum(1 for _ in indexation.indexer(dossier_id, cle, manquants))
        faits += nombre
        if nombre < len(manquants) or len(manquants) < _PAR_TRANSACTION:
            return faits


def _cle(dossier_id: UUID) -> CleDossier | None:
    """The record's key; None when it is destroyed."""
    lignes = lire("SELECT cle_scellee FROM dossier_dossier WHERE dossier_id = %s", [dossier_id])
    if not lignes or not lignes[0][0]:
        return None
    try:
        return CleDossier.ouvrir(lignes[0][0], dossier_id.bytes)
    except ScelleRompu:
        return None


def _place() -> UUID:
    lignes = lire("SELECT jusqua FROM documents_reprisetexte WHERE travail = %s", [_TRAVAIL])
    return lignes[0][0] if lignes else UUID(int=0)


def _premier_id(quand: datetime) -> UUID:
    """The least time-ordered id of that instant."""
    return UUID(int=int(quand.astimezone(UTC).timestamp() * 1000) << 80)
