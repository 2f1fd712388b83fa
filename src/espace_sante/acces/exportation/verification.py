"""Checking a copy offline: every file, the list of hashes, its signature (rule REG-06)."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from espace_sante.acces.exportation import signature
from espace_sante.acces.exportation.noms import CLE, EMPREINTES, SIGNATURE
from espace_sante.kernel.errors import EspaceSanteError

_LECTURE: Final = 1 << 20
# The only two that we write: others are somebody else's.
_FORMES: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises on bytes that somebody changed.
_ILLISIBLE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, NotImplementedError, EOFError, RuntimeError,
    OverflowError, OSError, MemoryError,
)  # fmt: skip
_PIECES: Final = frozenset({EMPREINTES, SIGNATURE, CLE})


class CopieAlteree(EspaceSanteError):
    """Codes `copie_illisible`, `signature_fausse`, `cle_inattendue`, `fichier_modifie`, `fichier_absent`,
    `fichier_en_trop`, `nom_interdit`."""


@dataclass(frozen=True, slots=True)
class CopieEntiere:
    """What was checked: number of files, and the fingerprint of the key to compare with the published one."""

    fichiers: int
    cle: str


def verifier(chemin: Path, cle_attendue: bytes | None = None) -> CopieEntiere:
    """Check a whole copy. Raises CopieAlteree at the first thing that is not as it was signed, OSError
    when there is no such file.

    Without `cle_attendue` (PEM) anyone's key is believed: its fingerprint is to be compared by the reader.
    """
    with chemin.open("rb") as brut:
        try:
            with zipfile.ZipFile(brut) as copie:
                return _verifier(copie, cle_attendue)
        except _ILLISIBLE as erreur:
            raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.") from erreur


def _verifier(copie: zipfile.ZipFile, attendue: bytes | None) -> CopieEntiere:
    if any(i.compress_type not in _FORMES for i in copie.infolist()):
        raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.")
    noms: set[str] = set()
    for nom in copie.namelist():
        if nom.startswith("/") or "\\" in nom or ".." in PurePosixPath(nom).parts or nom in noms:
            raise CopieAlteree("nom_interdit", f"Nom de fichier interdit ou en double : {nom!r}.")
        noms.add(nom)
    pem, liste = copie.read(CLE), copie.read(EMPREINTES)
    try:
        signee = signature.verifier(pem, liste, copie.read(SIGNATURE))
        cle = signature.empreinte(pem)
        if attendue is not None and signature.empreinte(attendue) != cle:
            raise CopieAlteree(
                "cle_inattendue", "Cette copie est signée par une autre clé que celle attendue."
            )
    except ValueError:
        raise CopieAlteree("signature_fausse", "La clé de cette copie n'est pas lisible.") from None
    if not signee:
        raise CopieAlteree("signature_fausse", "La signature ne correspond pas : la liste a été modifiée.")
    attendus: dict[str, str] = {}
    for ligne in liste.decode().splitlines():
        empreinte, _, nom = ligne.partition("  ")
        attendus[nom] = empreinte
    for nom in attendus.keys() - noms:
        raise CopieAlteree("fichier_absent", f"Il manque un fichier : {nom}.")
    for nom in noms:
        if nom not in attendus and nom not in _PIECES:
            raise CopieAlteree("fichier_en_trop", f"Un fichier a été ajouté : {nom}.")
    for nom, empreinte in attendus.items():
        if _empreinte(copie, nom) != empreinte:
            raise CopieAlteree("fichier_modifie", f"Un fichier a été modifié : {nom}.")
    return CopieEntiere(len(attendus), cle)


def _empreinte(copie: zipfile.ZipFile, nom: str) -> str:
    condense = hashlib.sha256()
    try:
        with copie.open(nom) as fichier:
            while morceau := fichier.read(_LECTURE):
                condense.update(morceau)
    except _ILLISIBLE:
        return ""
    return condense.hexdigest()
