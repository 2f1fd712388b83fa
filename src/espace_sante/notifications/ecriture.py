"""Raw SQL of the room: one statement stores a notice with its outbox line; the moves of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson

from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.direct import Ordre, lire

# A message that is being handed over comes back after this time if nobody said that it left (crash of a worker).
BAIL: Final = timedelta(minutes=5)

# The second insert finds the message already waiting for the same author: one for all of them (DOC-68).
_DEPOSER = """
WITH avis AS (
    INSERT INTO notifications_avis (dossier_id, id, genre, quand, details, document_ids)
    VALUES (%(dossier)s::uuid, %(id)s::uuid, %(genre)s::varchar, %(quand)s::timestamptz, %(details)s::text::jsonb,
        %(documents)s::uuid[])
)
INSERT INTO notifications_envoi (dossier_id, id, cle, genre, canal, depose_le, apres, essais)
VALUES (%(dossier)s::uuid, %(id)s::uuid, %(cle)s::varchar, %(genre)s::varchar, 'courriel', %(quand)s::timestamptz,
    %(apres)s::timestamptz, 0)
ON CONFLICT (dossier_id, cle) DO NOTHING
"""
# Costs one look at a key when he came before, and writes nothing then.
_PREMIER_ACCES = """
WITH neuf AS (
    INSERT INTO notifications_venue (dossier_id, acteur_id, quand)
    VALUES (%(dossier)s::uuid, %(acteur)s::varchar, %(quand)s::timestamptz)
    ON CONFLICT (dossier_id, acteur_id) DO NOTHING RETURNING 1
), avis AS (
    INSERT INTO notifications_avis (dossier_id, id, genre, quand, details, document_ids)
    SELECT %(dossier)s::uuid, %(id)s::uuid, %(genre)s::varchar, %(quand)s::timestamptz, %(details)s::text::jsonb,
        '{}' FROM neuf
)
INSERT INTO notifications_envoi (dossier_id, id, cle, genre, canal, depose_le, apres, essais)
SELECT %(dossier)s::uuid, %(id)s::uuid, %(cle)s::varchar, %(genre)s::varchar, 'courriel', %(quand)s::timestamptz,
    %(quand)s::timestamptz, 0 FROM neuf
"""
_DEPOSER_PROFESSIONNEL = """
INSERT INTO notifications_avisprofessionnel (id, rpps, dossier_id, genre, quand) VALUES (%s, %s, %s, %s, %s)
"""
_DUS = """
SELECT dossier_id, id FROM notifications_envoi WHERE canal = 'courriel' AND apres <= %s ORDER BY apres LIMIT %s
"""
# One row at a time: two workers cannot both move the same line, and no lock is held while the relay is spoken to.
_PRENDRE = """
UPDATE notifications_envoi SET apres = %s, essais = essais + 1, cle = id::text
WHERE dossier_id = %s AND id = %s AND apres <= %s AND canal = 'courriel'
RETURNING genre, depose_le, essais
"""
_REPORTER = "UPDATE notifications_envoi SET apres = %s WHERE dossier_id = %s AND id = %s"
_POSTER = "UPDATE notifications_envoi SET canal = 'postal', apres = %s WHERE dossier_id = %s AND id = %s"
_FINIR = "DELETE FROM notifications_envoi WHERE dossier_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class Pris:
    """A message that this worker is handing over."""

    dossier_id: UUID
    id: UUID
    genre: Genre
    depose_le: datetime
    essais: int


def ordre_depot(
    dossier_id: UUID,
    genre: Genre,
    quand: datetime,
    *,
    apres: datetime,
    cle: str,
    details: Mapping[str, str],
    documents: tuple[UUID, ...],
) -> Ordre:
    """The statement that stores a notice and its outbox line; without `cle` the message is never grouped."""
    identifiant = uuid7()
    return _DEPOSER, {
        "dossier": dossier_id,
        "id": identifiant,
        "genre": genre.value,
        "quand": quand,
        "details": orjson.dumps(dict(details)).decode(),
        "documents": list(documents),
        "cle": cle or str(identifiant),
        "apres": apres,
    }


def ordre_premier_acces(
    dossier_id: UUID, acteur_id: str, quand: datetime, details: Mapping[str, str]
) -> Ordre:
    """The statement that tells of a first access, and does nothing for one who came before (rule DOC-67)."""
    identifiant = uuid7()
    return _PREMIER_ACCES, {
        "dossier": dossier_id,
        "acteur": acteur_id,
        "id": identifiant,
        "genre": Genre.PREMIER_ACCES.value,
        "quand": quand,
        "details": orjson.dumps(dict(details)).decode(),
        "cle": str(identifiant),
    }


def ordre_professionnel(rpps: str, dossier_id: UUID, genre: Genre, quand: datetime) -> Ordre:
    return _DEPOSER_PROFESSIONNEL, [uuid7(), rpps, dossier_id, genre.value, quand]


def dus(maintenant: datetime, limite: int) -> list[tuple[UUID, UUID]]:
    """(record, message) of what must leave by now, the oldest first."""
    return [(d, i) for d, i in lire(_DUS, [maintenant, limite])]


def prendre(dossier_id: UUID, envoi_id: UUID, maintenant: datetime) -> Pris | None:
    """Take one message for the time of a lease; None when another worker has it."""
    lignes = lire(_PRENDRE, [maintenant + BAIL, dossier_id, envoi_id, maintenant])
    if not lignes:
        return None
    genre, depose_le, essais = lignes[0]
    return Pris(dossier_id, envoi_id, Genre(genre), depose_le, essais)


def reporter(envoi: Pris, apres: datetime) -> None:
    lire(_REPORTER, [apres, envoi.dossier_id, envoi.id])


def poster(envoi: Pris, quand: datetime) -> None:
    """Hand the message to the letters that the operator posts (rule EMG-11)."""
    lire(_POSTER, [quand, envoi.dossier_id, envoi.id])


def finir(dossier_id: UUID, envoi_id: UUID) -> None:
    lire(_FINIR, [dossier_id, envoi_id])
