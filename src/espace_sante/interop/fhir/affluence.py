"""Few large bodies at once in one process: its memory is bounded by them (FHR-17).

A large body is held with its decoded contents until they are stored. Small ones never wait here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur

GRAND: Final = 8_000_000
ATTENTE_S: Final = 5.0


class Affluence:
    """One inside and one that waits. Any other is told at once to come back: a thread that waits serves nobody."""

    def __init__(self, attente_s: float = ATTENTE_S) -> None:
        self._attente_s = attente_s
        self._file = threading.BoundedSemaphore(2)
        self._place = threading.Lock()

    @contextmanager
    def entrer(self, octets: int) -> Iterator[None]:
        """Hold the place for a body of that size. Raises RefusFhir 503 when it stays taken."""
        if octets < GRAND:
            yield
            return
        if not self._file.acquire(blocking=False):
            raise RefusFhir([Erreur.AFFLUENCE.constat()])
        try:
            if not self._place.acquire(timeout=self._attente_s):
                raise RefusFhir([Erreur.AFFLUENCE.constat()])
            try:
                yield
            finally:
                self._place.release()
        finally:
            self._file.release()
