"""The published rate of the directory: so many calls a second, with waiting (rule ANN-02)."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class Cadence:
    """Lets one call through every `1 / par_seconde` second; a caller who comes early waits his turn."""

    def __init__(
        self,
        par_seconde: float,
        *,
        horloge: Callable[[], float] = time.monotonic,
        dormir: Callable[[float], None] = time.sleep,
    ) -> None:
        # A little slower: calls that leave evenly arrive bunched.
        self._pas = 1.05 / par_seconde
        self._horloge = horloge
        self._dormir = dormir
        self._libre = 0.0
        self._verrou = Lock()

    def attendre(self, au_moins: float = 0.0) -> None:
        """Wait for a turn, and at least so many seconds (what a 429 asks)."""
        with self._verrou:
            maintenant = self._horloge()
            tour = max(maintenant + au_moins, self._libre)
            self._libre = tour + self._pas
        if tour > maintenant:
            self._dormir(tour - maintenant)
