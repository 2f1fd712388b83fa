"""A process of its own that draws a PDF anew as PDF/A-1b, read on its standard input, written on its output.

Run as a script by `platform/pdf_a.py`, never imported by the server: a file that somebody else made is drawn with limits
on time and memory, without the server's environment. Argument: number of pages. Shapes first; pages that the archive
does not take as shapes (transparency), or takes at a great weight, as pictures of 200 dots an inch.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys

CPU_S, MEMOIRE, FICHIER, PPP = 25, 2 << 30, 1 << 29, 200.0
# A page of letters made shapes takes about this; beyond, its picture may be lighter.
PAR_PAGE = 300_000
_TETE = "#set page(width: auto, height: auto, margin: 0pt)\n"


def limiter() -> None:
    """Bound what a hostile file may cost; the kernel ends the process beyond."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Files of memory only: this process has no other to write.
    resource.setrlimit(resource.RLIMIT_FSIZE, (FICHIER, FICHIER))


def fichier(contenu: bytes) -> str:
    numero = os.memfd_create("page")
    with os.fdopen(os.dup(numero), "wb") as sortie:
        sortie.write(contenu)
    return f"/proc/self/fd/{numero}"


def opaque(png: bytes) -> bytes:
    """The same pixels without a channel of transparency, in grey when they have no colour."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        plein = image.convert("RGB")
    rouge, vert, bleu = plein.split()
    if rouge.tobytes() == vert.tobytes() == bleu.tobytes():
        plein = rouge
    sortie = io.BytesIO()
    plein.save(sortie, "PNG", optimize=True)
    return sortie.getvalue()


def tirer(contenu: bytes, nombre: int) -> bytes:
    """The file for the archive. Raises TypstError when it cannot be drawn at all."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    import typst

    chemin = fichier(contenu)
    pages = (f'#image("{chemin}", format: "pdf", page: {page})' for page in range(1, nombre + 1))
    source = (_TETE + "\n#pagebreak()\n".join(pages)).encode()

    def compiler(quoi: bytes, **options: object) -> list[bytes]:
        rendu = typst.compile(quoi, root="/", ignore_system_fonts=True, font_paths=[], **options)  # type: ignore[call-overload]
        return list(rendu) if isinstance(rendu, list) else [rendu]

    def archiver(images: list[bytes], genre: str, largeurs: list[str]) -> bytes:
        lignes = (
            f'#image("{fichier(image)}", format: "{genre}"{largeur})'
            for image, largeur in zip(images, largeurs, strict=True)
        )
        return compiler(
            (_TETE + "\n#pagebreak()\n".join(lignes)).encode(),
            format="pdf", pdf_standards="a-1b", pdf_tags=False,
        )[0]  # fmt: skip

    formes = b""
    with contextlib.suppress(typst.TypstError):
        formes = archiver(compiler(source, format="svg"), "svg", [""] * nombre)
    if formes and len(formes) <= PAR_PAGE * nombre:
        return formes
    images = [opaque(image) for image in compiler(source, format="png", ppi=PPP)]
    # The width of a PNG, in its header.
    points = [int.from_bytes(image[16:20], "big") * 72 / PPP for image in images]
    tirage = archiver(images, "png", [f", width: {point:.3f}pt" for point in points])
    return min(tirage, formes or tirage, key=len)


if __name__ == "__main__":
    limiter()
    sys.stdout.buffer.write(tirer(sys.stdin.buffer.read(), int(sys.argv[1])))
