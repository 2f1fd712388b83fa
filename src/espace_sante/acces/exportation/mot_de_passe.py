"""A copy behind a password, as it goes out: AES-256, the ZIP that 7-Zip and WinZip open (POR-13).

The copy at rest is sealed with the record's key and knows no password: this one goes through memory once, is never
stored, sent or logged. Names of files are hidden too: what leaves is one archive inside another.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from espace_sante.kernel.errors import EspaceSanteError

# The form's own stretching of passwords is weak (1 000 rounds): length makes up for it.
LONGUEUR_MIN: Final = 12
LONGUEUR_MAX: Final = 128


class MotDePasseRefuse(EspaceSanteError):
    """Code `mot_de_passe_copie`."""


def disponible() -> bool:
    """Whether the library that writes it is installed."""
    return find_spec("pyzipper") is not None


def controler(mot_de_passe: str) -> None:
    """Raises MotDePasseRefuse."""
    if not LONGUEUR_MIN <= len(mot_de_passe) <= LONGUEUR_MAX:
        raise MotDePasseRefuse(
            "mot_de_passe_copie", f"Choisissez un mot de passe d’au moins {LONGUEUR_MIN} caractères."
        )


def proteger(morceaux: Iterator[bytes], nom: str, mot_de_passe: str) -> Iterator[bytes]:
    """The same bytes inside an encrypted ZIP, one piece in memory at a time."""
    controler(mot_de_passe)
    return _proteger(morceaux, nom, mot_de_passe)


def _proteger(morceaux: Iterator[bytes], nom: str, mot_de_passe: str) -> Iterator[bytes]:
    pyzipper = import_module("pyzipper")
    sortie = _Sortie()
    with pyzipper.AESZipFile(sortie, "w", compression=pyzipper.ZIP_STORED) as zip_:
        zip_.setpassword(mot_de_passe.encode())
        zip_.setencryption(pyzipper.WZ_AES, nbits=256)
        with zip_.open(nom, "w", force_zip64=True) as fichier:
            for morceau in morceaux:
                fichier.write(morceau)
                yield sortie.prendre()
    yield sortie.prendre()


class _Sortie:
    """Written to without going back, emptied as it fills."""

    def __init__(self) -> None:
        self._attente = bytearray()

    def write(self, octets: bytes) -> int:
        self._attente += octets
        return len(octets)

    def flush(self) -> None:
        """Nothing to do."""

    def prendre(self) -> bytes:
        pris = bytes(self._attente)
        self._attente.clear()
        return pris
