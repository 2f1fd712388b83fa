"""Codes and refresh tokens of services: opaque, sealed, kept as a hash only (rule OID-28).

What a service holds names the record and the authorization, sealed with the master key: they are found again without
any table that says who is paired with whom, and a word that we did not make opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from typing import Final
from uuid import UUID

from espace_sante.platform.crypto import ScelleRompu, cle_maitre

_TAILLE_MAX: Final = 200
_ALEA: Final = 16


class Usage(StrEnum):
    """What a word serves for; one cannot stand for another."""

    CODE = "appairage-code"
    JETON = "appairage-jeton"


def faire(usage: Usage, dossier_id: UUID, session_id: UUID) -> tuple[str, bytes]:
    """A new word, and the hash to keep of it."""
    clair = dossier_id.bytes + session_id.bytes + secrets.token_bytes(_ALEA)
    mot = urlsafe_b64encode(cle_maitre().envelopper(clair, usage.encode())).rstrip(b"=").decode()
    return mot, empreinte(mot)


def lire(usage: Usage, mot: str) -> tuple[UUID, UUID] | None:
    """The record and the authorization that a word names; None when it is none of ours."""
    try:
        if not 0 < len(mot) <= _TAILLE_MAX:
            return None
        brut = urlsafe_b64decode(mot.encode("ascii") + b"=" * (-len(mot) % 4))
        clair = cle_maitre().developper(brut, usage.encode())
    except (ScelleRompu, ValueError):
        return None
    return UUID(bytes=clair[:16]), UUID(bytes=clair[16:32])


def empreinte(mot: str) -> bytes:
    """What is kept of a word."""
    return hashlib.sha256(mot.encode("utf-8", "replace")).digest()


def defi_tenu(defi: str, verifieur: str) -> bool:
    """Whether a `code_verifier` is that of the challenge (RFC 7636, S256 only)."""
    if not 43 <= len(verifieur) <= 128 or not verifieur.isascii():
        return False
    return secrets.compare_digest(defi_de(verifieur), defi)


def defi_de(verifieur: str) -> str:
    """The challenge of a verifier, S256."""
    return urlsafe_b64encode(hashlib.sha256(verifieur.encode()).digest()).rstrip(b"=").decode()
