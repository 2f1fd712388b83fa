"""Identifiers made by the application: UUID version 7, ordered in time."""

import os
import threading
import time
import uuid
from typing import Final

_BITS_COMPTEUR: Final = 42
_verrou = threading.Lock()
_milliseconde = 0
_compteur = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562), greater than every one this process made before.

    48 bits of milliseconds, a counter of 42 bits that starts at random each millisecond, 32
    random bits. A clock that steps back does not break the order.
    """
    global _milliseconde, _compteur
    hasard = os.urandom(10)
    with _verrou:
        maintenant = time.time_ns() // 1_000_000
        if maintenant > _milliseconde:
            _milliseconde = maintenant
            # The top bit starts at 0 so that the counter has room to grow.
            _compteur = int.from_bytes(hasard[:6]) >> (48 - _BITS_COMPTEUR + 1)
        else:
            _compteur += 1
            if _compteur >> _BITS_COMPTEUR:
                _milliseconde += 1
                _compteur = 0
        milliseconde, compteur = _milliseconde, _compteur
    haut, bas = compteur >> 30, compteur & 0x3FFF_FFFF
    alea = int.from_bytes(hasard[6:])
    return uuid.UUID(int=milliseconde << 80 | 7 << 76 | haut << 64 | 2 << 62 | bas << 32 | alea)
