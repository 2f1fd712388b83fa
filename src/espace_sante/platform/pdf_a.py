"""A picture as a page for the archive, PDF/A-1b, without losing a pixel (rules CDA-41, CDA-43)."""

from __future__ import annotations

import os
from typing import Final

import typst

from espace_sante.platform.images import Genre, copie_sans_perte

_PAGE: Final = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{chemin}", format: "png", width: {points}pt)\n'
# The width of a sheet of paper: pixels beyond it are drawn finer, none is dropped.
_LARGEUR_PT: Final = 595


def image_en_pdf_a(contenu: bytes, genre: Genre) -> bytes:
    """The picture, upright and opaque, on one page of its own shape; its metadata left out. Raises ImageRefusee."""
    png, largeur = copie_sans_perte(contenu, genre)
    # In memory only: nothing that a person sends lies in clear on a disk (REG-16).
    fichier = os.memfd_create("image")
    try:
        with os.fdopen(os.dup(fichier), "wb") as sortie:
            sortie.write(png)
        source = _PAGE.format(chemin=f"/proc/self/fd/{fichier}", points=min(largeur, _LARGEUR_PT))
        pdf = typst.compile(  # type: ignore[call-overload]
            source.encode(),
            root="/",
            format="pdf",
            pdf_standards="a-1b",
            pdf_tags=False,
            ignore_system_fonts=True,
        )
    finally:
        os.close(fichier)
    if not isinstance(pdf, bytes):  # several files only for image formats
        raise TypeError("typst did not give one file")
    return pdf
