"""Texts of the archive that grow while documents go by: kept compressed in memory, never in clear on a disk."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

_DEPLIE: Final = 1 << 16
# A spreadsheet would run what begins like this (CSV injection).
_FORMULES: Final = ("=", "+", "-", "@", "\t", "\r")


class Tampon:
    """Text written once, read once from its beginning; memory holds its compressed form only."""

    def __init__(self) -> None:
        self._compresse = zlib.compressobj(6)
        self._morceaux: list[bytes] = []

    def ecrire(self, texte: str) -> None:
        self._garder(self._compresse.compress(texte.encode()))

    def lire(self) -> Iterator[bytes]:
        """The text, piece by piece; nothing can be written afterwards."""
        self._garder(self._compresse.flush())
        deplie = zlib.decompressobj()
        for morceau in self._morceaux:
            reste = morceau
            while reste:
                yield deplie.decompress(reste, _DEPLIE)
                reste = deplie.unconsumed_tail
        yield deplie.flush()

    def _garder(self, octets: bytes) -> None:
        if octets:
            self._morceaux.append(octets)


def ligne_csv(cellules: Sequence[object]) -> str:
    """One line of CSV: semicolons (what French spreadsheets open), quoted, no cell read as a formula."""
    sortie = io.StringIO()
    csv.writer(sortie, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n").writerow(
        [_sure(str(c)) for c in cellules]
    )
    return sortie.getvalue()


def _sure(texte: str) -> str:
    return f"'{texte}" if texte.startswith(_FORMULES) else texte
