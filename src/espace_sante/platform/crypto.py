"""Sealing of contents: a data key for each record, wrapped by a master key (rule REG-18).

AES-256-GCM throughout, a fresh 96-bit nonce for each seal. The master key is behind an
interface: a file here, a hardware module or vault in production. Destroying a record's
wrapped key makes its contents unreadable for ever.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from espace_sante.kernel.errors import EspaceSanteError

_NONCE = 12


class ScelleRompu(EspaceSanteError):
    """Sealed bytes do not open: altered, moved to another record or document, or key destroyed."""


class CleMaitre(Protocol):
    """Wraps and unwraps data keys; `nom` tells which master key wrapped one."""

    nom: str

    def envelopper(self, cle: bytes, contexte: bytes) -> bytes: ...

    def developper(self, enveloppe: bytes, contexte: bytes) -> bytes: ...


class CleFichier:
    """A master key kept in a file of 32 bytes, mode 0600."""

    def __init__(self, chemin: Path) -> None:
        octets = chemin.read_bytes()
        if len(octets) != 32:
            raise EspaceSanteError("cle_maitre_illisible", "La clé maître doit compter 32 octets.")
        self.nom = "fichier-1"
        self._aes = AESGCM(octets)

    def envelopper(self, cle: bytes, contexte: bytes) -> bytes:
        return sceller(self._aes, cle, contexte)

    def developper(self, enveloppe: bytes, contexte: bytes) -> bytes:
        return desceller(self._aes, enveloppe, contexte)


def sceller(aes: AESGCM, clair: bytes, contexte: bytes) -> bytes:
    """Nonce and ciphertext; `contexte` must be given again to open."""
    nonce = os.urandom(_NONCE)
    return nonce + aes.encrypt(nonce, clair, contexte)


def desceller(aes: AESGCM, scelle: bytes, contexte: bytes) -> bytes:
    """The clear bytes. Raises ScelleRompu."""
    try:
        return aes.decrypt(scelle[:_NONCE], scelle[_NONCE:], contexte)
    except (InvalidTag, ValueError):
        raise ScelleRompu("scelle_rompu", "Ce contenu ne peut plus être ouvert.") from None


@lru_cache(maxsize=1)
def cle_maitre() -> CleMaitre:
    """The master key of this installation."""
    return CleFichier(Path(settings.ES_MASTER_KEY_FILE))


class CleDossier:
    """The data key of one record, ready to seal and open its contents."""

    __slots__ = ("_aes", "_cle", "_dossier")

    def __init__(self, cle: bytes, dossier: bytes) -> None:
        self._aes, self._cle = AESGCM(cle), cle
        self._dossier = dossier

    @classmethod
    def nouvelle(cls, dossier: bytes) -> tuple[CleDossier, bytes]:
        """A fresh key and its wrapped form, to be kept with the record."""
        cle = AESGCM.generate_key(256)
        return cls(cle, dossier), cle_maitre().envelopper(cle, b"dossier:" + dossier)

    @classmethod
    def ouvrir(cls, enveloppe: bytes, dossier: bytes) -> CleDossier:
        """The key of a record from its wrapped form. Raises ScelleRompu."""
        return cls(cle_maitre().developper(bytes(enveloppe), b"dossier:" + dossier), dossier)

    def sceller(self, clair: bytes, document: bytes) -> bytes:
        """Seal the bytes of a document; they open only for the same record and document."""
        return sceller(self._aes, clair, self._dossier + document)

    def desceller(self, scelle: bytes, document: bytes) -> bytes:
        """Open the sealed bytes of a document. Raises ScelleRompu."""
        return desceller(self._aes, bytes(scelle), self._dossier + document)

    def empreinte(self, clair: bytes, usage: bytes) -> bytes:
        """A keyed hash, to find equal things without opening them; it means nothing in another record or usage."""
        return hmac.digest(
            hmac.digest(self._cle, b"empreinte:" + usage, "sha256"), self._dossier + clair, "sha256"
        )
