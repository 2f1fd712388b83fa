"""Layers between rooms, as import-linter reads them from pyproject.toml."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.contrat.depot import RACINE


@pytest.mark.lent
def test_upper_rooms_import_lower_ones_never_back() -> None:
    commande = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    fait = subprocess.run(
        [sys.executable, "-c", commande, "--no-cache"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stdout[-3000:] + fait.stderr[-1000:]
