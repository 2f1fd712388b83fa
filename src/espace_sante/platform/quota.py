"""A quota of calls for each client, kept between the server processes of this machine (FHR-18).

The generic cell rate algorithm: of each client one number is kept, the time at which its calls so far would have been
spread out at the steady rate. The numbers are in a file mapped by every process; a call costs no round trip.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_PLACES: Final = 4096
_PLACE: Final = struct.Struct("=16sd")
# A client looks for its place among these; when all are taken, that of the one heard of longest ago becomes its own.
_VOISINES: Final = 16


class Quota:
    """`debit` calls a second for each client, and as many as `rafale` at once after a rest. 0: no quota."""

    def __init__(
        self, fichier: Path, debit: float, rafale: int, horloge: Callable[[], float] = time.time
    ) -> None:
        self._debit, self._rafale, self._horloge = debit, max(1, rafale), horloge
        self._verrou = threading.Lock()
        if debit <= 0:
            return
        taille = (_PLACES + _VOISINES) * _PLACE.size
        self._fichier = fichier.open("a+b")
        self._fichier.truncate(taille)
        self._table = mmap.mmap(self._fichier.fileno(), taille)

    def attente_s(self, client: str) -> int:
        """0 when this call may pass, and it is then counted; else whole seconds until one may."""
        if self._debit <= 0:
            return 0
        cle = hashlib.blake2b(client.encode(), digest_size=16).digest()
        maintenant, pas = self._horloge(), 1 / self._debit
        tolerance = pas * (self._rafale - 1)
        with self._verrou:
            # The kernel lets go of it if this process dies.
            fcntl.flock(self._fichier, fcntl.LOCK_EX)
            try:
                place, dernier = self._trouver(cle)
                if dernier > maintenant + tolerance + pas + 1:
                    # The clock was put back: it must lock nobody out until it has caught up.
                    dernier = 0.0
                prevu = max(dernier, maintenant)
                trop = prevu - tolerance - maintenant
                # A time of day in seconds is known to a fraction of a microsecond.
                if trop > 1e-6:
                    return math.ceil(trop)
                _PLACE.pack_into(self._table, place, cle, prevu + pas)
                return 0
            finally:
                fcntl.flock(self._fichier, fcntl.LOCK_UN)

    def _trouver(self, cle: bytes) -> tuple[int, float]:
        """Where this client's number is, or is to be, and what it is."""
        debut = int.from_bytes(cle[:4], "big") % _PLACES
        ancienne, plus_ancien = 0, math.inf
        for rang in range(debut, debut + _VOISINES):
            place = rang * _PLACE.size
            occupant, dernier = _PLACE.unpack_from(self._table, place)
            if occupant == cle:
                return place, dernier
            if dernier < plus_ancien:
                ancienne, plus_ancien = place, dernier
        return ancienne, 0.0
