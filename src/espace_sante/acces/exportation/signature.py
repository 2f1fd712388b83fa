"""The operator's signature on an archive: Ed25519 on its list of hashes (rule REG-06)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings

from espace_sante.platform.local import secret


def _cle() -> Ed25519PrivateKey:
    # Made at the first need, in a file of mode 0600 that servers of one installation share.
    return Ed25519PrivateKey.from_private_bytes(secret(Path(settings.ES_CLE_EXPORTS_FILE), 32))


def signer(octets: bytes) -> bytes:
    """64 bytes, to be checked with `cle_publique`."""
    return _cle().sign(octets)


def cle_publique() -> bytes:
    """The public key, PEM (SubjectPublicKeyInfo), as openssl reads it."""
    return _cle().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def empreinte(pem: bytes) -> str:
    """What people compare: SHA-256 of the key, in groups of four. Raises ValueError on what is not such a key."""
    chiffres = hashlib.sha256(_lire(pem).public_bytes_raw()).hexdigest()
    return " ".join(chiffres[i : i + 4] for i in range(0, 64, 4))


def verifier(pem: bytes, octets: bytes, signature: bytes) -> bool:
    """Whether that key signed these bytes. Raises ValueError on what is not such a key."""
    try:
        _lire(pem).verify(signature, octets)
    except InvalidSignature:
        return False
    return True


def _lire(pem: bytes) -> Ed25519PublicKey:
    cle = load_pem_public_key(pem)
    if not isinstance(cle, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return cle
