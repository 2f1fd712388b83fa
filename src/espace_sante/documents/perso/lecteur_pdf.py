"""A process of its own that looks for active content in one PDF, read on its standard input (rules DOC-18, DOC-22).

Run as a script by `examen.py`, never imported by the server: limits on time and memory, no environment.
Writes one word: `sain`, `protege` (a password is needed to read), `actif`, `joint`, `illisible`.
"""

from __future__ import annotations

import io
import resource
import sys
from typing import Any

CPU_S, MEMOIRE, OBJETS_MAX = 10, 1 << 30, 300_000
_ACTIONS_REFUSEES = {
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Movie", "/Sound", "/Rendition",
    "/RichMediaExecute",
}  # fmt: skip
_ANNOTATIONS_REFUSEES = {"/RichMedia", "/Movie", "/Sound", "/3D", "/Screen"}
_CLES_REFUSEES = ("/JS", "/XFA", "/AA", "/RichMediaContent")


def limiter() -> None:
    """Bound what a hostile file may cost; the kernel ends the process beyond."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def juger(contenu: bytes) -> str:
    """The word for a file."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(contenu)) as document:
            if not len(document.pages):
                return "illisible"
            return _juger(document, pikepdf)
    except pikepdf.PasswordError:
        return "protege"
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError, MemoryError):
        return "illisible"


def _juger(document: Any, pikepdf: Any) -> str:
    if document.attachments or "/Collection" in document.Root or "/AF" in document.Root:
        return "joint"
    noms = document.Root.get("/Names")
    if isinstance(noms, pikepdf.Dictionary) and "/EmbeddedFiles" in noms:
        return "joint"
    if isinstance(noms, pikepdf.Dictionary) and "/JavaScript" in noms:
        return "actif"
    for rang, objet in enumerate(document.objects):
        if rang > OBJETS_MAX:
            return "illisible"
        mot = _parcourir(objet, pikepdf)
        if mot:
            return mot
    return "sain"


def _parcourir(objet: Any, pikepdf: Any) -> str:
    """What one object and those written inside it hold; those it refers to have their own turn."""
    pile = [objet]
    while pile:
        vu = pile.pop()
        if isinstance(vu, pikepdf.Array):
            pile.extend(v for v in vu if not getattr(v, "is_indirect", False))
            continue
        if not isinstance(vu, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        if any(cle in vu for cle in _CLES_REFUSEES):
            return "actif"
        if str(vu.get("/S", "")) in _ACTIONS_REFUSEES or str(vu.get("/Subtype", "")) in _ANNOTATIONS_REFUSEES:
            return "actif"
        if (
            str(vu.get("/Type", "")) == "/EmbeddedFile"
            or "/EF" in vu
            or str(vu.get("/Subtype", "")) == "/FileAttachment"
        ):
            return "joint"
        pile.extend(v for _, v in vu.items() if not getattr(v, "is_indirect", False))
    return ""


if __name__ == "__main__":
    limiter()
    sys.stdout.write(juger(sys.stdin.buffer.read()))
