"""A TLS front as an installation has one before the product: ends TLS, checks the certificate, tells it (RFC 9440).

It does what docs/exploitation/relais-tls.md asks of a relay, with real sockets and the real handshake of OpenSSL. It
answers in the thread of the test, so that the product sees the test's own transaction; clients run beside it.
"""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.test import Client

_R = TypeVar("_R")


class Front:
    """Listens on a free port of this machine."""

    def __init__(self, certificat: tuple[str, str], autorite: str) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(*certificat)
        self._tls.load_verify_locations(autorite)
        # People's browsers have no certificate: asked, not demanded.
        self._tls.verify_mode = ssl.CERT_OPTIONAL
        self._prise = socket.create_server(("127.0.0.1", 0))
        self._prise.settimeout(10)
        self._produit = Client(raise_request_exception=False, REMOTE_ADDR="127.0.0.1")

    @property
    def base(self) -> str:
        return f"https://localhost:{self._prise.getsockname()[1]}"

    def servir(self, appel: Callable[[], _R]) -> _R:
        """Run the client's call beside, and answer its one connection here."""
        with ThreadPoolExecutor(1) as fil:
            futur = fil.submit(appel)
            brute, _ = self._prise.accept()
            brute.settimeout(10)
            try:
                with self._tls.wrap_socket(brute, server_side=True) as connexion:
                    self._repondre(connexion)
            except (ssl.SSLError, ConnectionError):
                pass  # The handshake was refused: the client tells.
            finally:
                brute.close()
            return futur.result(timeout=20)

    def fermer(self) -> None:
        self._prise.close()

    def _repondre(self, connexion: ssl.SSLSocket) -> None:
        lu = connexion.makefile("rb")
        methode, chemin, _ = lu.readline().decode("ascii").split(" ")
        entetes: dict[str, str] = {}
        while (ligne := lu.readline().decode("latin-1").rstrip("\r\n")) != "":
            nom, _, valeur = ligne.partition(":")
            # What a caller writes of its own certificate is dropped, under every spelling that WSGI confuses.
            if "_" not in nom and nom.lower() not in {"client-cert", "client-cert-chain"}:
                entetes[nom.lower()] = valeur.strip()
        corps = lu.read(int(entetes.pop("content-length", "0")))
        genre = entetes.pop("content-type", "application/octet-stream")
        if der := connexion.getpeercert(binary_form=True):
            entetes["client-cert"] = f":{base64.b64encode(der).decode()}:"
        entetes |= {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", "host": "testserver"}
        recue: Any = self._produit.generic(methode, chemin, corps, content_type=genre, headers=entetes)
        tete = [f"HTTP/1.1 {recue.status_code} {recue.reason_phrase}", "Connection: close"]
        tete += [f"{n}: {v}" for n, v in recue.items() if n.lower() not in {"content-length", "connection"}]
        tete.append(f"Content-Length: {len(recue.content)}")
        connexion.sendall("\r\n".join([*tete, "", ""]).encode("latin-1") + recue.content)
