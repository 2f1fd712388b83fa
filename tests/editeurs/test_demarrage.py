"""The quick start does what it says: each of its commands runs, in its order, and prints what the page shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editeurs.bac import Bac
from tests.navigateur.installation import POPULATION, RACINE, environnement

PAGE = RACINE / "docs" / "interop" / "demarrage.md"
_FIN = "--- fin du bloc ---"


def _blocs() -> list[tuple[str, str | None]]:
    """Each block of commands, with the output that the page shows under it."""
    texte = PAGE.read_text(encoding="utf-8")
    return [
        (sh, sortie if avec else None)
        for sh, avec, sortie in re.findall(r"```sh\n(.*?)```\n(\n```text\n(.*?)```\n)?", texte, re.S)
    ]


def test_the_sandbox_starts_as_the_page_says() -> None:
    demarrage, _ = _blocs()[0]
    assert demarrage == (
        f".venv/bin/espace-sante demo --data var/demo --port 8000 --population {POPULATION} --no-browser\n"
    )


@pytest.mark.lent
@pytest.mark.rule("OID-31")
def test_every_command_of_the_quick_start(bac: Bac, tmp_path: Path) -> None:
    blocs = _blocs()[1:]
    assert len(blocs) >= 8
    ici = {
        "$PWD/.venv/bin": str(Path(sys.executable).parent),
        "var/demo": str(bac.installation.donnees),
        "http://localhost:8000": bac.serveur,
        "/tmp/": f"{tmp_path}/",
    }

    def placer(texte: str) -> str:
        return re.sub("|".join(map(re.escape, ici)), lambda m: ici[m[0]], texte)

    script = "set -euo pipefail\n" + "".join(f"{placer(sh)}echo '{_FIN}'\n" for sh, _ in blocs)
    fait = subprocess.run(
        ["bash", "-c", script], cwd=RACINE, env=environnement(), capture_output=True, text=True, timeout=240
    )
    sorties = fait.stdout.split(f"{_FIN}\n")
    for (sh, attendue), obtenue in zip(blocs, sorties, strict=False):
        if attendue is not None:
            assert obtenue.strip() == placer(attendue).strip(), f"{sh}\n{fait.stderr[-2000:]}"
    assert (fait.returncode, len(sorties)) == (0, len(blocs) + 1), fait.stderr[-2000:]
    assert "entered-in-error" in sorties[-2]
    assert "Bac à sable remis à neuf : 12 titulaires" in sorties[-2]
