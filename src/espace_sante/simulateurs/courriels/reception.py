"""A small SMTP server that keeps every message as a file and sends nothing anywhere.

`python -m espace_sante.simulateurs.courriels.reception` serves until it is stopped, on the port that the
product sends its messages to.
"""

from __future__ import annotations

import signal
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from espace_sante.kernel.ids import uuid7

_TAILLE_MAX = 5_000_000


class Boite:
    """aiosmtpd handler: one file for each message, named so that the newest sorts last."""

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier

    async def handle_DATA(self, serveur: SMTP, session: Session, enveloppe: Envelope) -> str:
        contenu = enveloppe.original_content or b""
        nom = str(uuid7())
        provisoire = self._dossier / f"{nom}.tmp"
        provisoire.write_bytes(contenu)
        provisoire.rename(self._dossier / f"{nom}.eml")
        return "250 Message conservé"


def demarrer(dossier: Path, hote: str = "127.0.0.1", port: int = 1025) -> Controller:
    """Start the catcher in its own thread; `.stop()` ends it. `dossier` is ES_DATA/simulateurs/courriels."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    serveur = Controller(
        Boite(dossier), hostname=hote, port=port, data_size_limit=_TAILLE_MAX, decode_data=False,
        enable_SMTPUTF8=True, server_hostname="courriels.simulateur",
    )  # fmt: skip
    serveur.start()
    return serveur


def servir() -> None:
    """Serve as the settings say, until SIGTERM or SIGINT."""
    from django.conf import settings

    arrets = {signal.SIGTERM, signal.SIGINT}
    # Blocked before the server's thread starts, so that only the wait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, arrets)
    dossier = Path(settings.ES_DATA) / "simulateurs" / "courriels"
    serveur = demarrer(dossier, settings.EMAIL_HOST, settings.EMAIL_PORT)
    signal.sigwait(arrets)
    serveur.stop()


if __name__ == "__main__":
    servir()
