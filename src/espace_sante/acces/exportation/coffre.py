"""The archive at rest: pieces sealed with the record's key, written and read one at a time (rule REG-18).

A piece opens only at its own place of its own export; the number of pieces is kept with the request, so that
a piece moved, swapped or missing is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee

MORCEAU: Final = 1 << 20


class SortieScellee:
    """A file to write to, without going back: what `zipfile` needs. In the scope of the record's transaction."""

    def __init__(self, dossier_id: UUID, export_id: UUID, cle: CleDossier) -> None:
        self._dossier_id, self._export_id, self._cle = dossier_id, export_id, cle
        self._attente = bytearray()
        self.morceaux = self.taille = 0
        # [pieces, bytes] of each part that is finished.
        self.parties: list[tuple[int, int]] = []

    def write(self, octets: bytes) -> int:
        self._attente += octets
        self.taille += len(octets)
        while len(self._attente) >= MORCEAU:
            self._ranger(bytes(self._attente[:MORCEAU]))
            del self._attente[:MORCEAU]
        return len(octets)

    def flush(self) -> None:
        """Nothing: a piece is written when it is full."""

    def finir(self) -> None:
        """Write the last piece of a part; what is written next is another part, in pieces of its own."""
        if self._attente:
            self._ranger(bytes(self._attente))
            self._attente.clear()
        avant = (sum(m for m, _ in self.parties), sum(t for _, t in self.parties))
        self.parties.append((self.morceaux - avant[0], self.taille - avant[1]))

    def _ranger(self, clair: bytes) -> None:
        scelle = self._cle.sceller(clair, _place(self._export_id, self.morceaux))
        lire(
            "INSERT INTO dossier_morceauexport (dossier_id, export_id, rang, scelle) VALUES (%s, %s, %s, %s)",
            [self._dossier_id, self._export_id, self.morceaux, scelle],
        )
        self.morceaux += 1


def ouvrir(dossier_id: UUID, export_id: UUID, rangs: range, cle_scellee: bytes) -> Iterator[bytes]:
    """Those pieces of the archive, one by one; each in its own short scope, so that a slow download holds no connection's
    transaction. Raises ScelleRompu when a piece is missing, moved or altered, or the key destroyed.
    """
    cle = CleDossier.ouvrir(cle_scellee, dossier_id.bytes)
    for rang in rangs:
        with portee(dossier_id):
            lignes = lire(
                "SELECT scelle FROM dossier_morceauexport WHERE dossier_id = %s AND export_id = %s AND rang = %s",
                [dossier_id, export_id, rang],
            )
        if not lignes:
            raise ScelleRompu("scelle_rompu", "Cette copie n'est plus disponible.")
        yield cle.desceller(lignes[0][0], _place(export_id, rang))


def _place(export_id: UUID, rang: int) -> bytes:
    return b"export:" + export_id.bytes + rang.to_bytes(4, "big")
