"""The client's certificate of a call, as our relay tells it in `Client-Cert` (RFC 9440; rules OID-12, OID-13).

`mandataire.appliquer` has dropped the header of anybody who is no relay of ours. Nothing here is logged.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.mandataire import CERTIFICAT

_TAILLE_MAX = 16_384


class CertificatRefuse(EspaceSanteError):
    """Codes `certificat_illisible`, `certificat_expire`, `certificat_autorite`, `certificat_usage`, `dn_illisible`."""


@dataclass(frozen=True, slots=True)
class Certificat:
    """What a certificate says of its bearer; `dn` in one canonical form (RFC 4514)."""

    dn: str
    structure: str
    expire_le: datetime
    empreinte: str
    x509: x509.Certificate


def empreinte(meta: Mapping[str, Any]) -> str:
    """`x5t#S256` of the call's certificate (RFC 8705); empty when there is none. Cheap: made at each bound call."""
    der = _der(meta)
    return _sha256(der) if der else ""


def presente(meta: Mapping[str, Any]) -> Certificat | None:
    """The certificate of the call, checked; None when there is none.

    The relay has checked the chain and that the bearer has the key. Its dates, its use, and its authority when
    ES_MTLS_AC is given, are checked again. Raises CertificatRefuse.
    """
    if CERTIFICAT not in meta:
        return None
    lu = _lu(_der(meta))
    _exiger_valable(lu)
    return lu


def lire_pem(texte: str) -> Certificat:
    """A certificate as a publisher pastes it. Raises CertificatRefuse."""
    try:
        return _decrire(x509.load_pem_x509_certificate(texte.strip().encode("ascii", "strict")))
    except ValueError:
        raise _illisible() from None


def dn_canonique(texte: str) -> str:
    """A typed distinguished name in the form that certificates are compared in. Raises CertificatRefuse."""
    try:
        nom = x509.Name.from_rfc4514_string(texte.strip())
        canonique = nom.rfc4514_string()
    except ValueError:
        canonique = ""
    if not canonique or len(canonique) > 500:
        raise CertificatRefuse("dn_illisible", "Ce nom distinctif (DN) n'a pas la forme attendue.")
    return canonique


def _der(meta: Mapping[str, Any]) -> bytes:
    """Bytes of the header's single structured byte sequence (RFC 8941); empty for anything else, joined values too."""
    brut = str(meta.get(CERTIFICAT, "")).strip()
    if not 2 < len(brut) <= _TAILLE_MAX or brut[0] != ":" or brut[-1] != ":":
        return b""
    try:
        return base64.b64decode(brut[1:-1], validate=True)
    except ValueError:
        return b""


@lru_cache(maxsize=256)
def _lu(der: bytes) -> Certificat:
    try:
        return _decrire(x509.load_der_x509_certificate(der))
    except ValueError:
        raise _illisible() from None


def _decrire(lu: x509.Certificate) -> Certificat:
    unites = [str(a.value) for a in lu.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]
    dn = lu.subject.rfc4514_string()
    if not dn or len(dn) > 500:
        raise _illisible()
    return Certificat(
        dn=dn,
        # IGC-Santé writes the structure's national id there (Struct_IdNat).
        structure=next((u for u in unites if u.isdigit()), ""),
        expire_le=lu.not_valid_after_utc,
        empreinte=_sha256(lu.public_bytes(Encoding.DER)),
        x509=lu,
    )


def _exiger_valable(lu: Certificat) -> None:
    if not lu.x509.not_valid_before_utc <= datetime.now(UTC) < lu.expire_le:
        raise CertificatRefuse("certificat_expire", "Ce certificat n'est pas, ou plus, valable.")
    try:
        usages = lu.x509.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usages = None
    except ValueError:
        raise _illisible() from None
    if usages is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in usages:
        raise CertificatRefuse("certificat_usage", "Ce certificat n'est pas fait pour s'authentifier.")
    autorites = _autorites()
    if autorites and not any(_signe_par(lu.x509, autorite) for autorite in autorites):
        raise CertificatRefuse("certificat_autorite", "L'autorité de ce certificat n'est pas reconnue ici.")


def _signe_par(lu: x509.Certificate, autorite: x509.Certificate) -> bool:
    try:
        lu.verify_directly_issued_by(autorite)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _autorites() -> tuple[x509.Certificate, ...]:

    return _autorites_de(settings.ES_MTLS_AC) if settings.ES_MTLS_AC else ()


@lru_cache(maxsize=4)
def _autorites_de(chemin: str) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(Path(chemin).read_bytes()))


def _sha256(der: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def _illisible() -> CertificatRefuse:
    return CertificatRefuse("certificat_illisible", "Ce certificat ne peut pas être lu.")
