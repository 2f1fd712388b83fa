"""One message in, one acknowledgement out, whatever comes (FHR-173); and the MLLP framing around them."""

from __future__ import annotations

import logging
import re
import socketserver
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import close_old_connections

from espace_sante.acces.adt.choix import appliquer, etablissement
from espace_sante.acces.adt.message import TAILLE_MAX, Entete, MessageRefuse, lire, lire_entete
from espace_sante.acces.constats import noter_refus
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Action

DEBUT: Final = b"\x0b"
FIN: Final = b"\x1c\r"
_ATTENTE_S: Final = 60
_journal = logging.getLogger("espace_sante.adt")


def traiter(brut: bytes, *, maintenant: datetime | None = None) -> bytes:
    """Do what a message says; the acknowledgement: AA done, AE refused, AR not read. Never raises."""
    maintenant = maintenant or datetime.now(UTC)
    entete = lire_entete(brut)
    contexte = Contexte("cli", logiciel="passerelle-adt")
    try:
        acteur = etablissement()
        try:
            message = lire(brut, fictifs=settings.ES_INSTANCE != "production")
            appliquer(message, acteur, contexte=contexte, maintenant=maintenant)
        except MessageRefuse as refus:
            noter_refus(acteur, Action.CHOIX_ETABLISSEMENT, refus.code, contexte=contexte)
            return acquitter(entete, refus.acquittement, maintenant, refus.message)
    except EspaceSanteError as refus:
        return acquitter(entete, "AR", maintenant, refus.message)
    except Exception as panne:
        # Its class and place alone are written down: a message names a patient (REG-12).
        _journal.error("panne", exc_info=panne)
        return acquitter(
            entete, "AE", maintenant, "Le service a rencontré une erreur. Rien n'a été conservé."
        )
    return acquitter(entete, "AA", maintenant)


def acquitter(entete: Entete, code: str, quand: datetime, texte: str = "") -> bytes:
    """An ACK that names nobody."""
    lignes = [
        f"MSH|^~\\&|ESPACE-SANTE|{settings.ES_ADT['structure']}|{entete.application}|{entete.etablissement}"
        f"|{quand.astimezone(UTC):%Y%m%d%H%M%S}+0000||ACK{f'^{entete.evenement}^ACK' if entete.evenement else ''}"
        f"|{uuid7().hex}|{entete.traitement}|2.5|||||FRA|UNICODE UTF-8|FR",
        f"MSA|{code}|{entete.controle}",
    ]
    if texte:
        lignes.append(f"ERR|||{'207' if code == 'AE' else '200'}|E||||{re.sub(r'[|^~&]', ' ', texte)}")
    return "".join(f"{ligne}\r" for ligne in lignes).encode()


class _Liaison(socketserver.BaseRequestHandler):
    """One connection: messages one after the other, each answered before the next is read."""

    def handle(self) -> None:
        self.request.settimeout(_ATTENTE_S)
        tampon = bytearray()
        try:
            while morceau := self.request.recv(65_536):
                tampon += morceau
                while (fin := tampon.find(FIN)) >= 0:
                    trame, tampon = bytes(tampon[:fin]), tampon[fin + len(FIN) :]
                    if not trame.startswith(DEBUT):
                        return
                    self.request.sendall(DEBUT + traiter(trame[1:]) + FIN)
                    close_old_connections()
                if len(tampon) > TAILLE_MAX:
                    return
        except OSError:
            return
        finally:
            close_old_connections()


class Passerelle(socketserver.ThreadingTCPServer):
    """The MLLP listener. MLLP proves nothing of who speaks: this machine alone, behind a relay that ends TLS."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 16


def ecouter(hote: str, port: int, *, pret: Callable[[int], None] = lambda _: None) -> Passerelle:
    """A listener ready to `serve_forever`. Raises PasserelleFermee."""
    etablissement()
    serveur = Passerelle((hote, port), _Liaison)
    pret(serveur.server_address[1])
    return serveur
