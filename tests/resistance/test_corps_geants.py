"""200 MB bodies against the real server: refused without being taken in, memory bounded, service still there."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import lot_iti65
from tests.resistance.entrees import FHIR, INS
from tests.resistance.installation import Installation, installation

pytestmark = [pytest.mark.lent, pytest.mark.rule("FHR-17", "FHR-61")]
GEANT = 200_000_000
MORCEAU = b" " * 262_144
# Resident memory of one server process (issue 2, speed and memory).
LIMITE_MO = 250


@pytest.fixture(scope="module")
def serveur() -> Iterator[tuple[Installation, dict[str, Any]]]:
    with installation() as ici:
        pret = ici.executer("tests.resistance.preparer", {"documents": [base64.b64encode(cda()).decode()]})
        ici.demarrer_web()
        yield ici, pret


def _resident(ici: Installation) -> int:
    """Largest resident memory, in MB, among the processes of the server's group."""
    assert ici.web is not None
    tailles = [0]
    for etat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            champs = etat.read_text().rpartition(")")[2].split()
            if int(champs[2]) == ici.web.pid:
                tailles.append(int(champs[21]) * 4096 // 1_000_000)
    return max(tailles)


class _Sommet(threading.Thread):
    """The highest resident memory seen while it runs."""

    def __init__(self, ici: Installation) -> None:
        super().__init__(daemon=True)
        self.ici, self.mo, self.fin = ici, 0, threading.Event()

    def run(self) -> None:
        while not self.fin.wait(0.02):
            self.mo = max(self.mo, _resident(self.ici))
        self.mo = max(self.mo, _resident(self.ici))


def _envoyer(ici: Installation, jeton: str, chemin: str, *, annonce: bool) -> tuple[int, bytes, int]:
    """Stream a giant body; status, body of the answer, and bytes that were taken before it came.

    Status 0 when the server shut the connection without an answer.
    """
    prise = socket.create_connection(("127.0.0.1", ici.port), timeout=60)
    longueur = f"Content-Length: {GEANT}" if annonce else "Transfer-Encoding: chunked"
    prise.sendall(
        f"POST {chemin} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {jeton}\r\nX-MES-Identite: VALI\r\n"
        f"Content-Type: {FHIR}\r\n{longueur}\r\n\r\n".encode()
    )
    reponse = http.client.HTTPResponse(prise, method="POST")
    pris = 0
    morceau = MORCEAU if annonce else f"{len(MORCEAU):x}\r\n".encode() + MORCEAU + b"\r\n"
    with contextlib.suppress(OSError):
        while pris < GEANT and not _repondu(prise):
            prise.sendall(morceau)
            pris += len(MORCEAU)
        if not annonce and pris >= GEANT:
            prise.sendall(b"0\r\n\r\n")
    try:
        reponse.begin()
        return reponse.status, reponse.read(), pris
    except (OSError, http.client.HTTPException):
        return 0, b"", pris
    finally:
        prise.close()


def _repondu(prise: socket.socket) -> bool:
    prise.setblocking(False)
    try:
        return bool(prise.recv(1, socket.MSG_PEEK)) or True
    except BlockingIOError:
        return False
    finally:
        prise.settimeout(60)


def _comptes(ici: Installation) -> dict[str, int]:
    comptes = dict(ici.executer("tests.resistance.relever")["comptes"])
    del comptes["traces_trace"]
    return comptes


@pytest.mark.parametrize("chemin", ["/fhir", "/fhir/DocumentReference"])
@pytest.mark.parametrize("annonce", [True, False], ids=["annonce", "par morceaux"])
def test_a_giant_body(serveur: tuple[Installation, dict[str, Any]], chemin: str, annonce: bool) -> None:
    ici, pret = serveur
    avant = _comptes(ici)
    sommet = _Sommet(ici)
    sommet.start()
    statut, corps, pris = _envoyer(ici, pret["jeton"], chemin, annonce=annonce)
    sommet.fin.set()
    sommet.join()
    assert _comptes(ici) == avant
    assert 0 < sommet.mo < LIMITE_MO
    attendus = {(413, "requete-trop-grande")} if annonce else {(411, "longueur-requise")}
    (issue,) = json.loads(corps)["issue"]
    assert (statut, issue["details"]["coding"][0]["code"]) in attendus
    if annonce:
        # Refused on what it says of itself: only what the buffers between us hold has left.
        assert pris < 20_000_000


def test_many_giant_bodies_at_once(serveur: tuple[Installation, dict[str, Any]]) -> None:
    ici, pret = serveur
    avant = _comptes(ici)
    sommet = _Sommet(ici)
    sommet.start()
    statuts: list[int] = []
    fils = [
        threading.Thread(
            target=lambda n=n: statuts.append(_envoyer(ici, pret["jeton"], "/fhir", annonce=n % 2 == 0)[0])
        )
        for n in range(8)
    ]
    for f in fils:
        f.start()
    for f in fils:
        f.join(120)
    sommet.fin.set()
    sommet.join()
    assert 0 < sommet.mo < LIMITE_MO
    assert len(statuts) == 8
    assert set(statuts) <= {413, 411, 0}
    assert _comptes(ici) == avant
    # And the service is still there for the others.
    source = Auteur("personne", idnat=f"8{pret['rpps']}", structure_idnat=pret["structure"])
    lien = http.client.HTTPConnection("127.0.0.1", ici.port, timeout=20)
    debut = time.monotonic()
    lien.request(
        "POST",
        "/fhir",
        json.dumps(lot_iti65(cda(), INS, source)),
        {"Authorization": f"Bearer {pret['jeton']}", "X-MES-Identite": "VALI", "Content-Type": FHIR},
    )
    assert lien.getresponse().status == 200
    assert time.monotonic() - debut < 5
