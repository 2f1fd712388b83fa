"""Criteria that may say something of a person's health travel sealed in the address.

A searched word or an author's number is sent by POST, then sealed for this record alone: what
browsers and relays remember of the address says nothing, and going back still works (REG-12).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from espace_sante.platform.crypto import ScelleRompu, desceller, sceller

_USAGE = b"espace.recherche:"


@lru_cache(maxsize=1)
def _cle(secret: str) -> AESGCM:
    return AESGCM(hashlib.blake2b(secret.encode(), digest_size=32, person=b"es.recherche").digest())


def fermer(texte: str, auteur: str, dossier_id: UUID) -> str:
    """Sealed form of a searched word and an author; nothing when both are empty."""
    if not texte and not auteur:
        return ""
    clair = f"{auteur}\n{texte}".encode()
    scelle = sceller(_cle(settings.SECRET_KEY), clair, _USAGE + dossier_id.bytes)
    return base64.urlsafe_b64encode(scelle).rstrip(b"=").decode()


def ouvrir(jeton: str, dossier_id: UUID) -> tuple[str, str]:
    """(text, author) of a sealed form; nothing when it is broken or was sealed for another record."""
    try:
        scelle = base64.urlsafe_b64decode(jeton + "=" * (-len(jeton) % 4))
        clair = desceller(_cle(settings.SECRET_KEY), scelle, _USAGE + dossier_id.bytes).decode()
    except (ScelleRompu, binascii.Error, ValueError):
        return "", ""
    auteur, _, texte = clair.partition("\n")
    return texte, auteur
