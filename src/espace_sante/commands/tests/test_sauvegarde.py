"""A backup holds identities, sessions and keys: nobody but its owner may look at it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from espace_sante.commands.sauvegarde import DUMP, sauvegarder


@pytest.mark.lent
@pytest.mark.django_db
def test_a_backup_is_closed_to_others_even_in_a_folder_that_was_open(tmp_path: Path) -> None:
    cible = tmp_path / "sauvegarde"
    cible.mkdir()
    cible.chmod(0o755)
    ancien = os.umask(0o022)
    try:
        sauvegarder(cible)
    finally:
        os.umask(ancien)
    assert (cible / DUMP).stat().st_size > 0
    assert stat.S_IMODE(cible.stat().st_mode) == 0o700
    assert stat.S_IMODE((cible / DUMP).stat().st_mode) == 0o600
    assert not list(cible.glob("*.partiel"))
