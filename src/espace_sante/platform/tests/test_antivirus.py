"""The antivirus client against a small server that really speaks clamd's INSTREAM."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from espace_sante.platform.antivirus import AntivirusInjoignable, FichierInfecte, examiner

VIRUS = b"X5O!P%@AP-essai"


def _lire(prise: socket.socket, nombre: int) -> bytes:
    recu = b""
    while len(recu) < nombre:
        lu = prise.recv(nombre - len(recu))
        if not lu:
            raise ConnectionError
        recu += lu
    return recu


class Clamd:
    """Reads the stream as clamd does; `panne` names a way to misbehave."""

    def __init__(self, prise: socket.socket, panne: str) -> None:
        self.recus: list[bytes] = []
        self._prise, self._panne = prise, panne
        threading.Thread(target=self._servir, daemon=True).start()

    def _servir(self) -> None:
        while True:
            try:
                client, _ = self._prise.accept()
            except OSError:
                return
            with client, suppress(OSError):
                self._repondre(client)

    def _repondre(self, client: socket.socket) -> None:
        assert _lire(client, 10) == b"zINSTREAM\0"
        if self._panne == "coupe":
            return
        contenu = b""
        while taille := int.from_bytes(_lire(client, 4), "big"):
            contenu += _lire(client, taille)
        self.recus.append(contenu)
        if self._panne == "muet":
            time.sleep(3)
            return
        if self._panne == "goutte":
            for _ in range(30):
                client.sendall(b"x")
                time.sleep(0.1)
            return
        if self._panne == "limite":
            client.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif VIRUS in contenu:
            client.sendall(b"stream: Essai-Signature FOUND\0")
        else:
            client.sendall(b"stream: OK\0")


@contextmanager
def clamd(panne: str = "", chemin: Path | None = None) -> Iterator[tuple[Clamd, str]]:
    if chemin:
        prise = socket.socket(socket.AF_UNIX)
        prise.bind(str(chemin))
        adresse = f"unix:{chemin}"
    else:
        prise = socket.socket()
        prise.bind(("127.0.0.1", 0))
        adresse = f"127.0.0.1:{prise.getsockname()[1]}"
    prise.listen()
    with prise:
        yield Clamd(prise, panne), adresse


@pytest.mark.rule("DOC-18")
def test_every_byte_goes_through_and_the_verdict_comes_back(tmp_path: Path) -> None:
    propre = bytes(range(256)) * 1000 + b"fin"
    for chemin in (None, tmp_path / "clamd.sock"):
        with clamd(chemin=chemin) as (serveur, adresse):
            assert examiner(propre, adresse=adresse)
            assert serveur.recus == [propre]
            with pytest.raises(FichierInfecte) as refus:
                examiner(b"%PDF" + VIRUS, adresse=adresse)
            assert refus.value.code == "fichier_infecte"


@pytest.mark.rule("DOC-18")
@pytest.mark.parametrize("panne", ["coupe", "muet", "goutte", "limite"])
def test_no_verdict_is_a_refusal_in_bounded_time(panne: str) -> None:
    debut = time.monotonic()
    with clamd(panne) as (_, adresse), pytest.raises(AntivirusInjoignable) as refus:
        examiner(b"propre" * 50_000, adresse=adresse, delai=0.6)
    assert refus.value.code == "antivirus_injoignable"
    assert time.monotonic() - debut < 2.5


@pytest.mark.rule("DOC-18")
def test_configured_and_absent_is_a_refusal_not_configured_is_said(tmp_path: Path) -> None:
    for adresse in ("127.0.0.1:1", f"unix:{tmp_path}/rien.sock", "sans-port", "hote:port"):
        with pytest.raises(AntivirusInjoignable):
            examiner(b"propre", adresse=adresse, delai=1)
    assert examiner(b"propre", adresse="") is False
