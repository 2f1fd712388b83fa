"""Checking a copy offline: every file, the list of hashes, its signature (rule REG-06)."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from espace_sante.acces.exportation import signature
from espace_sante.acces.exportation.noms import CLE, EMPREINTES, SIGNATURE
from espace_sante.documents.xdm import conteneur
from espace_sante.kernel.errors import EspaceSanteError

_LECTURE: Final = 1 << 20
# The list of hashes of 60 000 files.
_PIECE_MAX: Final = 16 << 20
# The only two that we write: others are somebody else's.
_FORMES: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises on bytes that somebody changed.
ILLISIBLE: Final = (*conteneur.ILLISIBLE, OSError, MemoryError)
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
                attendus, cle = _verifier(copie, cle_attendue)
                return CopieEntiere(len(attendus), cle)
        except ILLISIBLE as erreur:
            raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.") from erreur


def verifier_ouverte(copie: zipfile.ZipFile, cle_attendue: bytes) -> dict[str, str]:
    """The same on an archive that is open: SHA-256 of each of its signed files. Raises CopieAlteree."""
    try:
        return _verifier(copie, cle_attendue)[0]
    except ILLISIBLE as erreur:
        raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.") from erreur


def _verifier(copie: zipfile.ZipFile, attendue: bytes | None) -> tuple[dict[str, str], str]:
    """Hashes of the files, and the fingerprint of the key."""
    if any(i.compress_type not in _FORMES for i in copie.infolist()):
        raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.")
    noms: set[str] = set()
    for nom in copie.namelist():
        if nom.startswith("/") or "\\" in nom or ".." in PurePosixPath(nom).parts or nom in noms:
            raise CopieAlteree("nom_interdit", f"Nom de fichier interdit ou en double : {nom!r}.")
        noms.add(nom)
    pem, liste = _piece(copie, CLE), _piece(copie, EMPREINTES)
    try:
        signee = signature.verifier(pem, liste, _piece(copie, SIGNATURE))
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
    return attendus, cle


def _piece(copie: zipfile.ZipFile, nom: str) -> bytes:
    """One of the three small files, never longer than they can be: read before anything is known to be ours."""
    with copie.open(nom) as fichier:
        octets = fichier.read(_PIECE_MAX + 1)
    if len(octets) > _PIECE_MAX:
        raise CopieAlteree("copie_illisible", "Ce fichier n'est pas une copie entière.")
    return octets


def _empreinte(copie: zipfile.ZipFile, nom: str) -> str:
    condense = hashlib.sha256()
    try:
        with copie.open(nom) as fichier:
            while morceau := fichier.read(_LECTURE):
                condense.update(morceau)
    except ILLISIBLE:
        return ""
    return condense.hexdigest()
