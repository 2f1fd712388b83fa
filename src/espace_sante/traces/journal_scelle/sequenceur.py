"""The sequencer at work: seals at least each second, publishes a head each minute (AUD-14). Run by the worker."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime

from django.conf import settings

from espace_sante.traces.journal_scelle import ecriture
from espace_sante.traces.journal_scelle.installation import cle_journal, fichier_cle_publique, temoin

PERIODE_S = 0.5
_REPRISE_S = 5.0
_log = logging.getLogger(__name__)


def travailler(fin: threading.Event) -> None:
    """Seal and publish until `fin` is set; after a failure, start again on a new connection.

    A failure is in the technical journal, and stays there every few seconds: it is an alert (AUD-15).
    """
    while not fin.is_set():
        try:
            _suivre(fin)
        except Exception:
            _log.exception("journal_des_traces_en_echec")
            fin.wait(_REPRISE_S)


def _suivre(fin: threading.Event) -> None:
    cle = cle_journal()
    prochaine = 0.0
    with ecriture.connexion() as cx:
        while not fin.is_set():
            ecriture.sceller(cx, settings.ES_JOURNAL_FRAGMENTS)
            if time.monotonic() >= prochaine:
                prochaine = time.monotonic() + settings.ES_JOURNAL_TETE_S
                ecriture.publier(cx, cle, temoin(), datetime.now(UTC))
                fichier_cle_publique().write_text(f"{cle.publique}\n", encoding="utf-8")
            fin.wait(PERIODE_S)


def lancer() -> threading.Event:
    """Start the sequencer beside the worker; set the event to stop it."""
    fin = threading.Event()
    threading.Thread(target=travailler, args=(fin,), name="sequenceur", daemon=True).start()
    return fin
