"""The command that checks a copy, on a machine that knows nothing of the service."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.tests.fabrique import dossier


def _lancer(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("ES_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "espace_sante.commands", "export", "verify", *arguments],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.rule("REG-06")
def test_a_copy_is_checked_offline_without_any_setting(tmp_path: Path) -> None:
    dossier_id, _ = dossier()
    octets = copier(dossier_id)
    copie = tmp_path / "copie.zip"
    copie.write_bytes(octets)
    fait = _lancer(str(copie))
    assert fait.returncode == 0, fait.stderr
    assert "Copie entière" in fait.stdout
    fichiers = ouvrir(octets)
    with zipfile.ZipFile(copie, "w") as autre:
        for nom, contenu in fichiers.items():
            autre.writestr(nom, contenu + b" " if nom == "INDEX.html" else contenu)
    fait = _lancer(str(copie))
    assert fait.returncode == 1
    assert len(fait.stderr.splitlines()) == 1
