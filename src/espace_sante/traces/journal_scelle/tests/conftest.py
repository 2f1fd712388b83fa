from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from espace_sante.traces.journal_scelle.tests import atelier


@pytest.fixture
def journal(postgres: str, tmp_path: Path) -> Iterator[atelier.Journal]:
    """A database of its own, with an empty log."""
    with atelier.journal(tmp_path) as ici:
        yield ici
