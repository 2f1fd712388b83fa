"""A small load generator: N clients on kept connections, raw sockets so that it costs little.

Runs as its own process (`python -m bench.charge`): requests come as a file of ready bytes, figures go out as
JSON. The client shares the machine's cores with the server and PostgreSQL: its cost is included.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class _Mesures:
    durees: list[float] = field(default_factory=list)
    erreurs: dict[int, int] = field(default_factory=dict)


def _lire_reponse(prise: socket.socket, tampon: bytearray) -> tuple[int, bool]:
    """Status of one response with a Content-Length, and whether the server closes; the body is read and dropped."""
    while (fin := tampon.find(b"\r\n\r\n")) < 0:
        recu = prise.recv(65536)
        if not recu:
            raise ConnectionError
        tampon += recu
    entete = bytes(tampon[:fin]).lower()
    statut = int(entete[9:12])
    debut = entete.find(b"content-length:")
    if debut < 0:
        raise ConnectionError("no Content-Length")
    longueur = int(entete[debut + 15 :].split(b"\r\n", 1)[0])
    attendu = fin + 4 + longueur
    while len(tampon) < attendu:
        recu = prise.recv(262144)
        if not recu:
            raise ConnectionError
        tampon += recu
    del tampon[:attendu]
    return statut, b"connection: close" in entete


@dataclass(frozen=True, slots=True)
class _Plan:
    """When it begins and ends; `ecart`: seconds from one request to the next, 0 for as fast as answers come."""

    debut: float
    fin: float
    ecart: float


def _client(
    port: int, requetes: list[bytes], tour: list[int], verrou: threading.Lock, plan: _Plan, m: _Mesures
) -> None:
    prise, tampon = None, bytearray()
    while time.perf_counter() < plan.fin:
        with verrou:
            rang = tour[0]
            tour[0] += 1
        if rang >= len(requetes):
            break
        prevu = plan.debut + rang * plan.ecart
        if plan.ecart and (attente := prevu - time.perf_counter()) > 0:
            time.sleep(attente)
        if prise is None:
            prise = socket.create_connection(("127.0.0.1", port))
            prise.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tampon.clear()
        # At a given rate, what waited for a free client waited too.
        debut = prevu if plan.ecart else time.perf_counter()
        try:
            prise.sendall(requetes[rang])
            statut, ferme = _lire_reponse(prise, tampon)
        except OSError:
            statut, ferme = 0, True
        m.durees.append(time.perf_counter() - debut)
        if not 200 <= statut < 300:
            m.erreurs[statut] = m.erreurs.get(statut, 0) + 1
        if ferme:
            prise.close()
            prise = None


def mesurer(
    port: int, requetes: list[bytes], clients: int, secondes: float, par_seconde: float = 0
) -> dict[str, object]:
    """Send the requests, each once, until the time or the requests are used up; at a given rate when there is one."""
    tour, verrou = [0], threading.Lock()
    mesures = [_Mesures() for _ in range(clients)]
    debut = time.perf_counter()
    plan = _Plan(debut, debut + secondes, 1 / par_seconde if par_seconde else 0)
    fils = [threading.Thread(target=_client, args=(port, requetes, tour, verrou, plan, m)) for m in mesures]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    duree = time.perf_counter() - debut
    durees = sorted(d for m in mesures for d in m.durees)
    erreurs: dict[int, int] = {}
    for m in mesures:
        for statut, nombre in m.erreurs.items():
            erreurs[statut] = erreurs.get(statut, 0) + nombre
    bons = len(durees) - sum(erreurs.values())
    return {
        "par_seconde": bons / duree,
        "p50_ms": durees[len(durees) // 2] * 1000 if durees else 0,
        "p99_ms": durees[int(len(durees) * 0.99)] * 1000 if durees else 0,
        "erreurs": erreurs,
        "n": bons,
        "epuise": tour[0] >= len(requetes),
    }


def lire_fichier(chemin: Path) -> list[bytes]:
    """Requests, each with its length on four bytes before it."""
    donnees, i, requetes = chemin.read_bytes(), 0, []
    while i < len(donnees):
        n = int.from_bytes(donnees[i : i + 4], "big")
        requetes.append(donnees[i + 4 : i + 4 + n])
        i += 4 + n
    return requetes


def ecrire_fichier(chemin: Path, requetes: list[bytes]) -> None:
    with chemin.open("wb") as sortie:
        for requete in requetes:
            sortie.write(len(requete).to_bytes(4, "big") + requete)


if __name__ == "__main__":
    _port, _fichier, _clients, _secondes, _par_seconde = sys.argv[1:6]
    json.dump(
        mesurer(
            int(_port), lire_fichier(Path(_fichier)), int(_clients), float(_secondes), float(_par_seconde)
        ),
        sys.stdout,
    )
