"""Where the log of this installation has its key and its witness."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from espace_sante.platform.local import secret
from espace_sante.traces.journal_scelle.note import CleJournal


def cle_journal() -> CleJournal:
    """The secret key, made on first use. For the worker; raises NoteIllisible, OSError."""
    return CleJournal(settings.ES_JOURNAL_ORIGINE, secret(Path(settings.ES_JOURNAL_CLE), 32))


def temoin() -> Path:
    """The witness file."""
    return Path(settings.ES_TEMOIN)


def fichier_cle_publique() -> Path:
    """The public key beside the witness file, for whoever verifies."""
    return temoin().parent / "cle-publique.txt"
