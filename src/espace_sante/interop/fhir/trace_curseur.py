"""The opaque cursor of a history: sealed, without INS, fifteen minutes, one caller (FHR-24)."""

from __future__ import annotations

import base64
import os
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.curseur import DUREE_S
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.traces.queries import FiltreTraces

_NONCE: Final = 12


class Reprise(msgspec.Struct, frozen=True, array_like=True):
    """Where to resume: the record, and the same criteria with a position."""

    dossier_id: UUID
    filtre: FiltreTraces


class _Scelle(msgspec.Struct, array_like=True):
    expire: int
    appelant: str
    reprise: Reprise


def sceller(reprise: Reprise, *, cle: bytes, appelant: str, maintenant: int) -> str:
    """The cursor as it goes in a URL. `cle` is 32 bytes, `appelant` names the caller."""
    clair = msgspec.msgpack.encode(_Scelle(maintenant + DUREE_S, appelant, reprise))
    nonce = os.urandom(_NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(cle).encrypt(nonce, clair, None)).decode().rstrip("=")


def ouvrir(texte: str, *, cle: bytes, appelant: str, maintenant: int) -> Reprise:
    """The opened cursor. Raises RefusFhir: 400 not ours, 403 of another caller, 410 too old."""
    try:
        brut = base64.urlsafe_b64decode(texte + "=" * (-len(texte) % 4))
        clair = AESGCM(cle).decrypt(brut[:_NONCE], brut[_NONCE:], None)
        lu = msgspec.msgpack.decode(clair, type=_Scelle)
    except (ValueError, InvalidTag, msgspec.MsgspecError):
        raise RefusFhir([Erreur.CURSEUR_INVALIDE.constat("http._curseur")]) from None
    if lu.appelant != appelant:
        raise RefusFhir([Erreur.CURSEUR_AUTRE_APPELANT.constat()])
    if lu.expire < maintenant:
        raise RefusFhir([Erreur.CURSEUR_EXPIRE.constat()])
    return lu.reprise
