"""The ZIP of an XDM archive, judged before one byte of it is expanded (XDM-06).

What `zipfile` would read of the directory is bounded first: it takes it whole into memory, whatever it announces.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final, NoReturn

from espace_sante.documents.xdm.modele import XdmRefuse

_FIN: Final = b"PK\x05\x06"
_FIN64: Final = b"PK\x06\x07"
_TAILLE_FIN: Final = 22
# Room for a name, a comment and extras of some length in each entry of the directory.
_PAR_ENTREE: Final = 4096
_EMBOITEES: Final = re.compile(
    r"\.(?:zip|jar|7z|rar|gz|tgz|bz2|xz|zst|tar|cab|iso|arj|lzh|ear|war)$", re.IGNORECASE
)
_MAGIES: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)  # fmt: skip
# Files that are a ZIP by their nature, which a holder may deposit.
_BUREAUTIQUE: Final = re.compile(r"application/vnd\.(?:openxmlformats|oasis)[\w.-]*", re.IGNORECASE)
ILLISIBLE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, NotImplementedError, EOFError, RuntimeError,
    OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limites:
    """What an archive may be, at most (settings of XDM-06)."""

    entrees: int = 200
    octets: int = 100 * 1024 * 1024
    ratio: int = 100


class Conteneur:
    """An archive that passed: its files found whatever their case and slashes (XDM-03)."""

    def __init__(self, zip_: zipfile.ZipFile, fichiers: Mapping[str, zipfile.ZipInfo]) -> None:
        self._zip, self._fichiers = zip_, fichiers

    def noms(self) -> tuple[str, ...]:
        """Folded names of its files."""
        return tuple(self._fichiers)

    def a(self, nom: str) -> bool:
        return nom in self._fichiers

    def lire(self, nom: str) -> bytes:
        """One file, never longer than it announced. Raises XdmRefuse when its bytes are broken."""
        info = self._fichiers[nom]
        try:
            with self._zip.open(info) as fichier:
                return fichier.read(info.file_size)
        except ILLISIBLE:
            raise XdmRefuse("xdm-illisible", "Un fichier de l’archive ne peut pas être lu.") from None

    def est_archive(self, nom: str, mime: str) -> bool:
        """Whether that file is itself an archive, by its first bytes."""
        try:
            with self._zip.open(self._fichiers[nom]) as fichier:
                debut = fichier.read(8)
        except ILLISIBLE:
            raise XdmRefuse("xdm-illisible", "Un fichier de l’archive ne peut pas être lu.") from None
        return debut.startswith(_MAGIES) and not _BUREAUTIQUE.fullmatch(mime)


def ouvrir(fichier: IO[bytes], limites: Limites) -> Conteneur:
    """Raises XdmRefuse: `xdm-illisible`, `xdm-dangereux`. Nothing was expanded yet."""
    borner_le_repertoire(fichier, limites.entrees, limites.octets)
    try:
        zip_ = zipfile.ZipFile(fichier)
    except ILLISIBLE:
        raise XdmRefuse("xdm-illisible", "Ce fichier n’est pas une archive lisible.") from None
    infos = zip_.infolist()
    if len(infos) > limites.entrees:
        _danger("trop_de_fichiers")
    if sum(i.file_size for i in infos) > limites.octets:
        _danger("trop_grande")
    fichiers: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        nom = _juger(info, limites)
        if not nom:
            continue
        if nom in fichiers:
            _danger("nom_en_double")
        fichiers[nom] = info
    return Conteneur(zip_, fichiers)


def plier(nom: str) -> str:
    """A path as it is looked for: slashes, capitals (XDM-03)."""
    return nom.replace("\\", "/").upper()


def _juger(info: zipfile.ZipInfo, limites: Limites) -> str:
    """The folded name of one entry; empty for a folder."""
    nom = plier(info.orig_filename)
    parties = PurePosixPath(nom).parts
    if "\x00" in nom or nom.startswith("/") or ":" in nom or ".." in parties:
        _danger("chemin")
    if info.flag_bits & 0x2041:
        _danger("chiffree")
    genre = stat.S_IFMT(info.external_attr >> 16)
    if genre and not (stat.S_ISREG(genre) or stat.S_ISDIR(genre)):
        _danger("lien")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _danger("compression")
    if _EMBOITEES.search(nom):
        _danger("archive_emboitee")
    if info.file_size > limites.ratio * max(info.compress_size, 1):
        _danger("ratio")
    return "" if nom.endswith("/") else "/".join(parties)


def borner_le_repertoire(fichier: IO[bytes], entrees: int, octets: int) -> None:
    """The end record that `zipfile` will find announces few entries, and no 64-bit one hides behind it.

    Raises XdmRefuse.
    """
    taille = fichier.seek(0, 2)
    if taille > octets + entrees * _PAR_ENTREE:
        _danger("trop_grande")
    depart = max(taille - _TAILLE_FIN - 0xFFFF, 0)
    fichier.seek(depart)
    queue = fichier.read()
    rang = len(queue) - _TAILLE_FIN
    if not (queue[rang:].startswith(_FIN) and queue[-2:] == b"\x00\x00"):
        rang = queue.rfind(_FIN)
    if rang < 0 or len(queue) - rang < _TAILLE_FIN:
        raise XdmRefuse("xdm-illisible", "Ce fichier n’est pas une archive lisible.")
    _, _, _, _, nombre, repertoire = struct.unpack_from("<4s4H2L", queue, rang)[:6]
    if nombre > entrees:
        _danger("trop_de_fichiers")
    if repertoire > entrees * _PAR_ENTREE or _FIN64 in queue[max(rang - 20, 0) : rang]:
        _danger("repertoire")
    fichier.seek(0)


def _danger(raison: str) -> NoReturn:
    raise XdmRefuse("xdm-dangereux", "Cette archive n’est pas acceptée : elle n’est pas sûre.", raison=raison)
