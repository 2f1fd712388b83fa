"""Finding new documents of watched records: the registry is read from where the last run stopped (FHR-168).

A deposit writes nothing for it. Nothing is told from here: a line of the outbox is an id to judge when it leaves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.direct import aller_retour, lire

_TRAVAIL: Final = "abonnements"
_LOT: Final = 2000
# A deposit that is still being written has an older id than one that is already seen: look back a little. The key
# of the outbox keeps what is seen twice from being told twice.
RECUL: Final = timedelta(minutes=2)
# What was told is remembered for longer than the look back.
_SOUVENIR: Final = timedelta(days=1)

_PLACE = "SELECT jusqua FROM documents_reprisetexte WHERE travail = %s"
_JUSQUA = """
INSERT INTO documents_reprisetexte (travail, jusqua) VALUES (%s, %s)
ON CONFLICT (travail) DO UPDATE SET jusqua = EXCLUDED.jusqua
"""
_FIN_DU_LOT = """
SELECT max(n.document_id::text)::uuid, count(*) FROM (
    SELECT document_id FROM documents_registre WHERE document_id > %s ORDER BY document_id LIMIT %s) n
"""
_NOTER = """
INSERT INTO acces_envoiabonnement (dossier_id, abonnement_id, document_id, quand, apres, essais)
SELECT r.dossier_id, s.abonnement_id, r.document_id, %(quand)s, %(quand)s, 0
FROM documents_registre r JOIN acces_suiviabonnement s ON s.dossier_id = r.dossier_id
WHERE r.document_id > %(de)s AND r.document_id <= %(a)s AND r.document_id >= s.depuis AND s.fin > %(quand)s
ON CONFLICT (dossier_id, abonnement_id, document_id) DO NOTHING
"""
_COMMENCER = """
INSERT INTO acces_suiviabonnement (dossier_id, abonnement_id, depuis, fin) VALUES (%s, %s, %s, %s)
ON CONFLICT (dossier_id, abonnement_id) DO UPDATE SET fin = EXCLUDED.fin
"""


def commencer(dossier_id: UUID, abonnement_id: UUID, fin: datetime) -> None:
    """Watch a record from now until then; once watched, only the end changes."""
    # An id made now is after those of all documents that this process stored, whatever its clock did.
    lire(_COMMENCER, [dossier_id, abonnement_id, uuid7(), fin])


def arreter(dossier_id: UUID, abonnement_id: UUID) -> None:
    """Watch it no more, and forget what waits to be told."""
    cle = [dossier_id, abonnement_id]
    aller_retour(
        ("DELETE FROM acces_suiviabonnement WHERE dossier_id = %s AND abonnement_id = %s", cle),
        ("DELETE FROM acces_envoiabonnement WHERE dossier_id = %s AND abonnement_id = %s", cle),
    )


def relever(maintenant: datetime, *, lot: int = _LOT) -> None:
    """Put in the outbox what was deposited since the last time. Idempotent; taken up after a crash where it was."""
    debut = premier_id(maintenant - RECUL)
    if not lire("SELECT 1 FROM acces_suiviabonnement WHERE fin > %s LIMIT 1", [maintenant]):
        # Nobody watches: a country's registry is not read for nothing.
        lire(_JUSQUA, [_TRAVAIL, debut])
        return
    lignes = lire(_PLACE, [_TRAVAIL])
    place = lignes[0][0] if lignes else debut
    while True:
        fin, nombre = lire(_FIN_DU_LOT, [place, lot])[0]
        if not nombre:
            break
        # The outbox and the place each commit by themselves, in that order: a crash between the two repeats a lot
        # that changes nothing.
        lire(_NOTER, {"quand": maintenant, "de": place, "a": fin})
        place = fin
        lire(_JUSQUA, [_TRAVAIL, min(place, debut)])
        if nombre < lot:
            break


def oublier(maintenant: datetime) -> None:
    """Past lines: watches that ended, what was told long ago."""
    aller_retour(
        ("DELETE FROM acces_suiviabonnement WHERE fin <= %s", [maintenant]),
        (
            "DELETE FROM acces_envoiabonnement WHERE apres IS NULL AND quand < %s",
            [maintenant - _SOUVENIR],
        ),
    )


def premier_id(quand: datetime) -> UUID:
    """The least time-ordered id of that instant."""
    return UUID(int=int(quand.astimezone(UTC).timestamp() * 1000) << 80)
