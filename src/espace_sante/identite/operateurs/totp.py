"""One-time codes of an authenticator application (RFC 6238): 6 digits, 30 seconds, SHA-1. Pure but for the secret."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp

from espace_sante.platform.crypto import cle_maitre

PAS_S: Final = 30
# One step before and after: a clock may be 30 seconds wrong.
_TOLERANCE: Final = 1
_EMETTEUR: Final = "Espace santé, opération"


def nouveau_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def adresse(secret: str, courriel: str) -> str:
    """What the QR code says to the application."""
    return pyotp.TOTP(secret).provisioning_uri(name=courriel, issuer_name=_EMETTEUR)


def pas_de(quand: datetime) -> int:
    return int(quand.timestamp()) // PAS_S


def code_du_pas(secret: str, pas: int) -> str:
    return pyotp.TOTP(secret).generate_otp(pas)


def pas_du_code(secret: str, code: str, quand: datetime, dernier_pas: int) -> int | None:
    """The time step of a good code that is newer than the last one accepted; None otherwise (RFC 6238, 5.2)."""
    donne = "".join(code.split())
    if len(donne) != 6 or not donne.isascii() or not donne.isdigit():
        return None
    ici = pas_de(quand)
    trouve = None
    for pas in range(ici - _TOLERANCE, ici + _TOLERANCE + 1):
        if hmac.compare_digest(code_du_pas(secret, pas), donne) and pas > dernier_pas:
            trouve = pas
    return trouve


def sceller(secret: str, operateur_id: UUID) -> bytes:
    """As it is kept: sealed with the master key, for this operator only."""
    return cle_maitre().envelopper(secret.encode(), _contexte(operateur_id))


def desceller(scelle: bytes, operateur_id: UUID) -> str:
    """Raises ScelleRompu."""
    return cle_maitre().developper(bytes(scelle), _contexte(operateur_id)).decode()


def _contexte(operateur_id: UUID) -> bytes:
    return b"totp:" + operateur_id.bytes
