"""A software's server on this machine, with mutual TLS, for the tests of notifications."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(slots=True)
class Recu:
    """What came: path, headers, body, the client's certificate."""

    chemin: str
    entetes: dict[str, str]
    corps: bytes
    certificat: dict[str, Any]


@dataclass(slots=True)
class ServeurLps:
    port: int
    certificat: Path
    client: Path
    statut: int = 200
    recus: list[Recu] = field(default_factory=list)


def certificat(dossier: Path, nom: str) -> Path:
    """A certificate for itself, its key in the same file."""
    cle = ec.generate_private_key(ec.SECP256R1())
    sujet = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nom)])
    jour = dt.datetime.now(dt.UTC)
    signe = (
        x509.CertificateBuilder()
        .subject_name(sujet)
        .issuer_name(sujet)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(jour - dt.timedelta(days=1))
        .not_valid_after(jour + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(cle, SHA256())
    )
    fichier = dossier / f"{nom}.pem"
    fichier.write_bytes(
        cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signe.public_bytes(Encoding.PEM)
    )
    return fichier


@contextmanager
def serveur(dossier: Path) -> Iterator[ServeurLps]:
    """Listens on 127.0.0.1, asks for the client's certificate, keeps what comes."""
    du_serveur, du_client = certificat(dossier, "serveur"), certificat(dossier, "client")
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexte.load_cert_chain(du_serveur)
    contexte.verify_mode = ssl.CERT_REQUIRED
    contexte.load_verify_locations(du_client)

    class Porte(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            corps = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            montre = self.connection.getpeercert() or {}
            lps.recus.append(Recu(self.path, dict(self.headers), corps, montre))
            self.send_response(lps.statut)
            if lps.statut in (301, 302, 307):
                self.send_header("Location", f"https://localhost:{lps.port}/ailleurs")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    ecoute = ThreadingHTTPServer(("127.0.0.1", 0), Porte)
    ecoute.socket = contexte.wrap_socket(ecoute.socket, server_side=True)
    lps = ServeurLps(ecoute.server_address[1], du_serveur, du_client)
    fil = threading.Thread(target=ecoute.serve_forever, daemon=True)
    fil.start()
    try:
        yield lps
    finally:
        ecoute.shutdown()
        ecoute.server_close()
