"""The repository seen as files: what is tracked or would be, read once for the contract tests."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
PAQUET = RACINE / "src" / "espace_sante"
_BINAIRES = {".png", ".ico", ".woff2", ".pdf", ".gz", ".jpg", ".mo"}


@lru_cache(maxsize=1)
def fichiers() -> tuple[Path, ...]:
    """Files that git keeps or would keep (new ones included, ignored ones not)."""
    try:
        sortie = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=RACINE,
            capture_output=True,
            check=True,
        ).stdout.decode()
        noms = [n for n in sortie.split("\0") if n]
    except (FileNotFoundError, subprocess.CalledProcessError):
        # An archive without git: everything but what the tools leave behind.
        ecartes = {".venv", "var", ".git", "build", "__pycache__", ".hypothesis", "captures"}
        noms = [
            str(p.relative_to(RACINE))
            for p in RACINE.rglob("*")
            if not any(
                x in ecartes or x.endswith(("_cache", ".egg-info")) for x in p.relative_to(RACINE).parts
            )
        ]
    return tuple(p for n in sorted(noms) if (p := RACINE / n).is_file())


def textes(*suffixes: str) -> list[tuple[Path, str]]:
    """(file, text) of the tracked text files with one of these suffixes; all of them when none is given."""
    return [
        (p, p.read_text(encoding="utf-8"))
        for p in fichiers()
        if p.suffix not in _BINAIRES and (not suffixes or p.suffix in suffixes)
    ]


def modules(*, essais: bool = False, migrations: bool = False) -> list[Path]:
    """Python modules of the package; tests and migrations only when asked."""
    return [
        p
        for p in fichiers()
        if p.suffix == ".py"
        and PAQUET in p.parents
        and (essais or not ("tests" in p.parts or p.name == "conftest.py"))
        and (migrations or "migrations" not in p.parts)
    ]


def piece(module: Path) -> str:
    """Room of a module: the first folder under the package."""
    return module.relative_to(PAQUET).parts[0]
