"""Pages for the archive, PDF/A-1b: of a picture, a template of ours, somebody else's PDF (CDA-41, CDA-43, XDM-11)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pikepdf
import typst

from espace_sante.platform.images import Genre, copie_sans_perte
from espace_sante.platform.pdf import ouvrir

_PAGE: Final = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{chemin}", format: "png", width: {points}pt)\n'
# The width of a sheet of paper: pixels beyond it are drawn finer, none is dropped.
_LARGEUR_PT: Final = 595
PAGES_MAX: Final = 200
# A caller that waits holds a thread: slow files must not take them all.
_DELAI_S, _ATTENTE_S = 30, 5
_TIRAGE: Final = str(Path(__file__).with_name("pdf_a_tirage.py"))
_places = threading.BoundedSemaphore(2)


class MiseEnPageImpossible(Exception):
    """The typesetter refused these texts for the archive (a letter that no font of ours has)."""


def image_en_pdf_a(contenu: bytes, genre: Genre) -> bytes:
    """The picture, upright and opaque, on one page of its own shape; its metadata left out. Raises ImageRefusee."""
    png, largeur = copie_sans_perte(contenu, genre)
    with _fichiers([png]) as (chemin,):
        source = _PAGE.format(chemin=chemin, points=min(largeur, _LARGEUR_PT))
        return _compiler(source.encode(), {})


def composer_pdf_a(gabarit: Path, donnees: dict[str, Any], images: Sequence[bytes] = ()) -> bytes:
    """Pages of a template that reads its data in `d`, with the paths of the images. Raises MiseEnPageImpossible.

    The images are opaque PNG.
    """
    with _fichiers(images) as chemins:
        complet = json.dumps({**donnees, "images": chemins}, ensure_ascii=False)
        try:
            return _compiler(gabarit, {"d": complet})
        except typst.TypstError as erreur:
            # Its own message would repeat the text.
            raise MiseEnPageImpossible from erreur


def pdf_en_pdf_a(contenu: bytes) -> bytes | None:
    """The same pages drawn anew for the archive; None when they cannot be.

    Letters become shapes: the page looks the same, its text is no more a text. The original is kept beside it. Drawn by
    a process of its own, with limits: the file is somebody else's.
    """
    try:
        with ouvrir(contenu) as pdf:
            pages = 0 if pdf.is_encrypted else len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError):
        return None
    if not 1 <= pages <= PAGES_MAX:
        return None
    if not _places.acquire(timeout=_ATTENTE_S):
        return None
    try:
        fini = subprocess.run(
            [sys.executable, "-I", _TIRAGE, str(pages)],
            input=contenu, capture_output=True, timeout=_DELAI_S, env={}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    finally:
        _places.release()
    return fini.stdout if fini.returncode == 0 and fini.stdout.startswith(b"%PDF-") else None


@contextmanager
def _fichiers(contenus: Sequence[bytes]) -> Iterator[list[str]]:
    """Paths of these bytes, in memory only: nothing that a person sends lies in clear on a disk (REG-16)."""
    ouverts: list[int] = []
    try:
        for contenu in contenus:
            ouverts.append(os.memfd_create("image"))
            with os.fdopen(os.dup(ouverts[-1]), "wb") as sortie:
                sortie.write(contenu)
        yield [f"/proc/self/fd/{numero}" for numero in ouverts]
    finally:
        for numero in ouverts:
            os.close(numero)


def _compiler(source: bytes | Path, entrees: dict[str, str]) -> bytes:
    pdf = typst.compile(  # type: ignore[call-overload]
        source,
        root="/",
        format="pdf",
        sys_inputs=entrees,
        pdf_standards="a-1b",
        pdf_tags=False,
        ignore_system_fonts=True,
    )
    if not isinstance(pdf, bytes):  # several files only for image formats
        raise TypeError("typst did not give one file")
    return pdf
