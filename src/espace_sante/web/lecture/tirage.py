"""A process of its own that draws the pages of one PDF, read on its standard input.

Run as a script by `lecture/pages.py`, never imported by the server: a file that somebody else made
is drawn with limits on time and memory, without the server's environment, and no script of the
file is ever run (rule CDA-37). Argument: number of pages. Output: each page as PNG, after its
length on eight bytes.
"""

from __future__ import annotations

import os
import resource
import sys

CPU_S, MEMOIRE, PPP = 10, 1 << 30, 130.0


def limiter() -> None:
    """Bound what a hostile file may cost; the kernel ends the process beyond."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def gabarit(nombre: int) -> bytes:
    """A Typst source in which each page is one page of the file."""
    pages = (f'#image("/dev/stdin", format: "pdf", page: {page})' for page in range(1, nombre + 1))
    return ("#set page(width: auto, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(pages)).encode()


def tirer(nombre: int) -> list[bytes]:
    """The pages as PNG. Raises RuntimeError for a file that cannot be drawn."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    import typst

    rendu = typst.compile(  # type: ignore[call-overload]
        gabarit(nombre), root="/", format="png", ppi=PPP, ignore_system_fonts=True, font_paths=[]
    )
    return list(rendu) if isinstance(rendu, list) else [rendu]


if __name__ == "__main__":
    limiter()
    for page in tirer(int(sys.argv[1])):
        sys.stdout.buffer.write(len(page).to_bytes(8, "big") + page)
