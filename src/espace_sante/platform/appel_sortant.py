"""Calling an address that somebody else gave: HTTPS with our certificate, never towards the inside (FHR-168, REG-16).

The host has been declared by operations with the software that asks; here nothing is believed of it. Its name is
resolved once, every address that it has must be public, and the connection goes to that very address: a name that
changes its mind between the check and the call changes nothing. No redirection is followed, no proxy asked, no cookie
kept, no answer read. Outside production, this machine itself may be called (tests, demonstration).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import os
import re
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from espace_sante.kernel.errors import EspaceSanteError

_LONGUEUR_MAX: Final = 500
_HOTE: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_ANNEES_DEMONSTRATION: Final = 10


class AppelRefuse(EspaceSanteError):
    """Nothing was sent. Codes `adresse_refusee` (form, or an address of the inside), `certificat_absent`."""


class AppelEchoue(EspaceSanteError):
    """Sent or not, it was not received: no name, no answer in time, a bad certificate, a status other than 2xx.

    Code `appel_echoue`; detail `statut`, 0 when there was no answer.
    """


@dataclass(frozen=True, slots=True)
class Adresse:
    """An address that may be called. `hote` is how operations register it: with its port when it is not 443."""

    nom: str
    port: int
    chemin: str

    @property
    def hote(self) -> str:
        return self.nom if self.port == 443 else f"{self.nom}:{self.port}"


def lire_adresse(texte: str) -> Adresse:
    """An https address of one form only: no user, no fragment, no odd host. Raises AppelRefuse. Pure."""
    refus = AppelRefuse("adresse_refusee", "Cette adresse ne peut pas être appelée.")
    if len(texte) > _LONGUEUR_MAX or not texte.isascii() or not texte.isprintable() or " " in texte:
        raise refus
    try:
        lue = urlsplit(texte)
        port = lue.port or 443
    except ValueError:
        raise refus from None
    nom = (lue.hostname or "").lower()
    if (
        lue.scheme != "https"
        or not _HOTE.fullmatch(nom)
        or lue.username is not None
        or lue.password is not None
        or "#" in texte
        or "\\" in texte
        or not lue.netloc
    ):
        raise refus
    return Adresse(nom, port, (lue.path or "/") + (f"?{lue.query}" if lue.query else ""))


def appelable(texte: str, *, production: bool) -> bool:
    """Whether an address of the network may be called: a public one, or this machine outside production. Pure."""
    try:
        ip = ipaddress.ip_address(texte)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        # The same address in another dress must not pass.
        cachee = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if cachee is not None:
            return appelable(str(cachee), production=production)
    if ip.is_loopback:
        return not production
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def disponible() -> bool:
    """Whether this installation has a certificate to show; outside production it makes one for itself."""
    return bool(settings.ES_ABONNEMENTS["certificat"]) or settings.ES_INSTANCE != "production"


def poster(adresse: Adresse, corps: bytes, type_corps: str, entetes: dict[str, str] | None = None) -> int:
    """POST a body; the status, 2xx. Raises AppelRefuse, AppelEchoue. The answer's body is not read."""
    contexte = _tls()
    ip = _resoudre(adresse)
    litteral = f"[{ip}]" if ":" in ip else ip
    envoi = {"Host": adresse.hote, "User-Agent": "espace-sante", **(entetes or {})}
    if corps:
        envoi["Content-Type"] = type_corps
    try:
        with (
            httpx.Client(
                verify=contexte,
                trust_env=False,
                follow_redirects=False,
                timeout=settings.ES_ABONNEMENTS_DELAI_S,
            ) as client,
            client.stream(
                "POST",
                f"https://{litteral}:{adresse.port}{adresse.chemin}",
                content=corps,
                headers=envoi,
                # The certificate is that of the name, wherever the connection goes.
                extensions={"sni_hostname": adresse.nom},
            ) as reponse,
        ):
            statut = reponse.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        raise AppelEchoue("appel_echoue", "L'adresse n'a pas répondu.", statut=0) from None
    if not 200 <= statut < 300:
        raise AppelEchoue("appel_echoue", "L'adresse n'a pas accepté l'appel.", statut=statut)
    return statut


def _resoudre(adresse: Adresse) -> str:
    try:
        trouvees = socket.getaddrinfo(adresse.nom, adresse.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AppelEchoue("appel_echoue", "Ce nom d'hôte n'existe pas.", statut=0) from None
    ips = [str(t[4][0]) for t in trouvees]
    production = settings.ES_INSTANCE == "production"
    if not ips or not all(appelable(ip, production=production) for ip in ips):
        raise AppelRefuse("adresse_refusee", "Cette adresse ne peut pas être appelée.")
    return ips[0]


def _tls() -> ssl.SSLContext:
    reglages = settings.ES_ABONNEMENTS
    if not disponible():
        raise AppelRefuse(
            "certificat_absent", "Aucun certificat client n'est réglé (ES_ABONNEMENTS_CERTIFICAT)."
        )
    certificat = reglages["certificat"] or str(_de_demonstration(Path(settings.ES_DATA) / "cles"))
    return _contexte(certificat, reglages["cle"], reglages["autorites"])


@lru_cache(maxsize=4)
def _contexte(certificat: str, cle: str, autorites: str) -> ssl.SSLContext:
    contexte = ssl.create_default_context(cafile=autorites or None)
    contexte.minimum_version = ssl.TLSVersion.TLSv1_2
    contexte.load_cert_chain(certificat, cle or None)
    return contexte


def _de_demonstration(dossier: Path) -> Path:
    """A certificate that nobody vouches for, made once: mutual TLS is the same outside production."""
    fichier = dossier / "abonnements-demonstration.pem"
    if not fichier.exists():
        cle = ec.generate_private_key(ec.SECP256R1())
        nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "espace-sante demonstration")])
        jour = dt.datetime.now(dt.UTC)
        certificat = (
            x509.CertificateBuilder()
            .subject_name(nom)
            .issuer_name(nom)
            .public_key(cle.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(jour - dt.timedelta(days=1))
            .not_valid_after(jour + dt.timedelta(days=365 * _ANNEES_DEMONSTRATION))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(cle, SHA256())
        )
        dossier.mkdir(parents=True, exist_ok=True)
        contenu = cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        provisoire = fichier.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(FileExistsError):
            provisoire.touch(mode=0o600, exist_ok=False)
        provisoire.write_bytes(contenu + certificat.public_bytes(Encoding.PEM))
        provisoire.replace(fichier)
    return fichier
