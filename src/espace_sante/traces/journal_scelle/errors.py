"""What stops the log: nothing is signed that would contradict what was signed before."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class JournalIncoherent(EspaceSanteError):
    """The tree in the database is not a continuation of a published head: no head is signed, an alert is due."""


class EffacementImpossible(EspaceSanteError):
    """The traces of this record cannot be destroyed now: some are not sealed yet (AUD-12)."""
