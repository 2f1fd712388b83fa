"""The pages of a PDF as pictures, for a frame without script on every device, phones included (rule CDA-37)."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from espace_sante.web.lecture import pdf

PAGES_MAX, DELAI_S, SIMULTANES = 12, 15, 2
# A caller that waits holds a thread and a database connection: slow files must not take them all.
ATTENTE_S = 2
_SCRIPT = str(Path(__file__).with_name("tirage.py"))
_places = threading.BoundedSemaphore(SIMULTANES)


@dataclass(frozen=True, slots=True)
class Tirage:
    """The first pages, as addresses that hold the picture itself; `total` counts them all."""

    images: tuple[str, ...]
    total: int

    @property
    def incomplet(self) -> bool:
        return self.total > len(self.images)


def tirer(contenu: bytes) -> Tirage | None:
    """Draw the first pages of a PDF; None when it cannot be drawn in time, and is then shown otherwise."""
    total = pdf.compter_pages(contenu)
    nombre = min(total, PAGES_MAX)
    if not nombre or not _places.acquire(timeout=ATTENTE_S):
        return None
    try:
        fini = subprocess.run(
            [sys.executable, "-I", _SCRIPT, str(nombre)],
            input=contenu, capture_output=True, timeout=DELAI_S, env={}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    finally:
        _places.release()
    pages = _decouper(fini.stdout) if fini.returncode == 0 else []
    if len(pages) != nombre:
        return None
    return Tirage(tuple(f"data:image/png;base64,{base64.b64encode(p).decode()}" for p in pages), total)


def _decouper(sortie: bytes) -> list[bytes]:
    """Each page comes after its length on eight bytes."""
    pages, position = [], 0
    while position < len(sortie):
        debut = position + 8
        position = debut + int.from_bytes(sortie[position:debut], "big")
        pages.append(sortie[debut:position])
    return pages
