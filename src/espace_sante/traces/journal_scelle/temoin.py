"""The witness file: every published head, outside the database, only ever appended to (AUD-14)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from espace_sante.traces.journal_scelle.note import Tete, decouper, lire_tete

_MORCEAU = 1 << 20


def ajouter(fichier: Path, notes: Sequence[str]) -> None:
    """Append notes and wait until they are on the disk. Raises OSError.

    A line that a crash cut short is closed first: it stays, and readers pass it over.
    """
    neuf = not fichier.exists()
    fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descripteur = os.open(fichier, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX)
        taille = os.fstat(descripteur).st_size
        coupee = taille >= 2 and os.pread(descripteur, 2, taille - 2) != b"\n\n"
        octets = ("\n\n" if coupee else "").encode() + "".join(f"{n}\n" for n in notes).encode()
        while octets:
            octets = octets[os.write(descripteur, octets) :]
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
    if neuf:
        dossier = os.open(fichier.parent, os.O_RDONLY)
        try:
            os.fsync(dossier)
        finally:
            os.close(dossier)


def lire(fichier: Path) -> Iterator[str]:
    """The notes of a witness file, oldest first, in memory a piece at a time. Raises OSError."""
    reste = ""
    with fichier.open(encoding="utf-8", errors="replace", newline="") as entree:
        while morceau := entree.read(_MORCEAU):
            notes, reste = decouper(reste + morceau)
            yield from notes
            reste = reste[-_MORCEAU:]


def dernieres(fichier: Path) -> dict[str, Tete]:
    """The last head of each origin that the file ends with; nothing when there is no file. Signatures not checked."""
    try:
        with fichier.open("rb") as entree:
            entree.seek(max(0, entree.seek(0, os.SEEK_END) - _MORCEAU))
            notes, _ = decouper(entree.read().decode("utf-8", "replace"))
    except FileNotFoundError:
        return {}
    return {tete.origine: tete for tete in map(lire_tete, notes)}
