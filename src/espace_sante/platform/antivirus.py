"""The antivirus of the installation: clamd, spoken to directly (INSTREAM), over a Unix or TCP socket (rule DOC-18).

Configured and not answering means refused: a file that was not examined is never stored. Without
ES_CLAMD nothing is examined, and `doctor` can say so.
"""

from __future__ import annotations

import socket
import time
from typing import Final

from django.conf import settings

from espace_sante.kernel.errors import EspaceSanteError

DELAI_S: Final = 20.0
_CONNEXION_S, _MORCEAU, _REPONSE_MAX = 3.0, 64 << 10, 4096


class FichierInfecte(EspaceSanteError):
    """The antivirus recognised something in the file. Code `fichier_infecte`."""


class AntivirusInjoignable(EspaceSanteError):
    """The antivirus is configured but gave no verdict. Code `antivirus_injoignable`."""


def examiner(contenu: bytes, *, adresse: str | None = None, delai: float = DELAI_S) -> bool:
    """True when the file was examined and is clean, False when no antivirus is configured.

    `adresse`: `unix:/path`, a path, or `host:port`; by default the setting ES_CLAMD. `delai` bounds the
    whole exchange. Raises FichierInfecte, AntivirusInjoignable.
    """
    adresse = settings.ES_CLAMD if adresse is None else adresse
    if not adresse:
        return False
    try:
        reponse = _dialoguer(adresse, contenu, time.monotonic() + delai)
    except (OSError, ValueError) as erreur:
        raise _injoignable() from erreur
    if reponse == "stream: OK":
        return True
    if reponse.startswith("stream: ") and reponse.endswith(" FOUND"):
        raise FichierInfecte(
            "fichier_infecte", "L’antivirus a trouvé un risque dans ce fichier. Il n’a pas été gardé."
        )
    raise _injoignable()


def _dialoguer(adresse: str, contenu: bytes, fin: float) -> str:
    with _ouvrir(adresse) as prise:
        _attendre(prise, fin)
        prise.sendall(b"zINSTREAM\0")
        vue = memoryview(contenu)
        for debut in range(0, len(vue), _MORCEAU):
            morceau = vue[debut : debut + _MORCEAU]
            _attendre(prise, fin)
            prise.sendall(len(morceau).to_bytes(4, "big"))
            prise.sendall(morceau)
        prise.sendall(b"\0\0\0\0")
        recu = b""
        while not recu.endswith(b"\0") and len(recu) < _REPONSE_MAX:
            _attendre(prise, fin)
            lu = prise.recv(_REPONSE_MAX)
            if not lu:
                break
            recu += lu
    return recu.rstrip(b"\0\n").decode("ascii")


def _ouvrir(adresse: str) -> socket.socket:
    chemin = adresse.removeprefix("unix:")
    if chemin.startswith("/"):
        prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        prise.settimeout(_CONNEXION_S)
        try:
            prise.connect(chemin)
        except OSError:
            prise.close()
            raise
        return prise
    hote, _, port = adresse.rpartition(":")
    return socket.create_connection((hote.strip("[]"), int(port)), timeout=_CONNEXION_S)


def _attendre(prise: socket.socket, fin: float) -> None:
    """Never longer than what is left, whatever the pace of the other side."""
    reste = fin - time.monotonic()
    if reste <= 0:
        raise TimeoutError
    prise.settimeout(reste)


def _injoignable() -> AntivirusInjoignable:
    return AntivirusInjoignable(
        "antivirus_injoignable",
        "L’antivirus ne répond pas. Le fichier n’a pas été gardé. Réessayez dans quelques minutes.",
    )
