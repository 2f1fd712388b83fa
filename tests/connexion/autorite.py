"""A local certificate authority for tests: what IGC-Santé is for structures, made anew in memory."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Porteur:
    """A certificate with its key."""

    certificat: x509.Certificate
    cle: ec.EllipticCurvePrivateKey

    @property
    def dn(self) -> str:
        return self.certificat.subject.rfc4514_string()

    @property
    def pem(self) -> str:
        return self.certificat.public_bytes(Encoding.PEM).decode()

    @property
    def entete(self) -> str:
        """`Client-Cert` as a relay writes it (RFC 9440)."""
        der = self.certificat.public_bytes(Encoding.DER)
        return f":{base64.b64encode(der).decode()}:"

    @property
    def cle_pem(self) -> bytes:
        return self.cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def ecrire(self, dossier: Path, nom: str) -> tuple[str, str]:
        """Files of the certificate and of its key."""
        fichiers = dossier / f"{nom}.pem", dossier / f"{nom}.key"
        fichiers[0].write_text(self.pem)
        fichiers[1].write_bytes(self.cle_pem)
        return str(fichiers[0]), str(fichiers[1])


class Autorite:
    """Signs certificates of structures and of the local server."""

    def __init__(self, nom: str = "Autorité d'essai") -> None:
        self._cle = ec.generate_private_key(ec.SECP256R1())
        sujet = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nom)])
        maintenant = datetime.now(UTC)
        self.certificat = (
            x509.CertificateBuilder()
            .subject_name(sujet)
            .issuer_name(sujet)
            .public_key(self._cle.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(maintenant - timedelta(days=400))
            .not_valid_after(maintenant + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._cle, hashes.SHA256())
        )

    def ecrire(self, dossier: Path) -> str:
        fichier = dossier / "autorite.pem"
        fichier.write_bytes(self.certificat.public_bytes(Encoding.PEM))
        return str(fichier)

    def structure(
        self,
        nom: str = "labo.example",
        structure: str = "1140000011",
        *,
        jours: int = 90,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
    ) -> Porteur:
        """An ORG AUTH_CLI certificate, as IGC-Santé shapes its subject."""
        sujet = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Laboratoire d'essai, Caen"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, structure),
                x509.NameAttribute(NameOID.COMMON_NAME, nom),
            ]
        )
        return self._signer(sujet, jours, usage)

    def serveur(self) -> Porteur:
        sujet = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        noms = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        return self._signer(sujet, 90, ExtendedKeyUsageOID.SERVER_AUTH, noms)

    def _signer(
        self,
        sujet: x509.Name,
        jours: int,
        usage: x509.ObjectIdentifier,
        noms: x509.SubjectAlternativeName | None = None,
    ) -> Porteur:
        cle = ec.generate_private_key(ec.SECP256R1())
        fin = datetime.now(UTC) + timedelta(days=jours)
        demande = (
            x509.CertificateBuilder()
            .subject_name(sujet)
            .issuer_name(self.certificat.subject)
            .public_key(cle.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(fin - timedelta(days=365))
            .not_valid_after(fin)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._cle.public_key()), critical=False
            )
        )
        if noms is not None:
            demande = demande.add_extension(noms, critical=False)
        return Porteur(demande.sign(self._cle, hashes.SHA256()), cle)
