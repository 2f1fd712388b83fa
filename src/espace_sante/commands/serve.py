"""`espace-sante serve`: the web server, settings from the environment, no simulator, no demo data."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from espace_sante.commands.installation import installer
from espace_sante.platform import hebergement

AIDE = "démarre le serveur web (réglages ES_*), sans donnée de démonstration ni simulateur"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("--host", default="127.0.0.1", help="adresse d'écoute (défaut : 127.0.0.1)")
    analyseur.add_argument("--port", type=int, default=8000, help="port d'écoute (défaut : 8000)")


# Memory that a large body took goes back to the system after it; the little that every request takes and frees does not
# go back and forth (dozens of page faults a search, with the C library's own bounds).
_MEMOIRE = {
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "4194304",
    "MALLOC_TOP_PAD_": "1048576",
}


def lancer_granian(hote: str, port: int, **options: Any) -> subprocess.Popen[bytes]:
    """Start the server of this installation."""
    environnement = {**_MEMOIRE, **os.environ}
    ligne = ligne_granian(hote, port, settings.ES_PROCESSUS, settings.ES_FILS)
    return subprocess.Popen(ligne, env=environnement, **options)


def ligne_granian(hote: str, port: int, processus: int, fils: int) -> list[str]:
    """Command line of the server: WSGI, a fixed number of threads, each with its lasting connection."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", hote, "--port", str(port),
        "--workers", str(processus), "--blocking-threads", str(fils), "--blocking-threads-idle-timeout", "600",
        "--backpressure", str(fils * 8), "--backlog", "1024", "--no-ws", "--http", "1", "--respawn-failed-workers",
        "--workers-kill-timeout", "10", "--log-level", "error", "--no-access-log",
        "espace_sante.config.wsgi:application",
    ]  # fmt: skip


def vider_mesures(donnees: Path) -> None:
    """Forget the counters of former processes: each server process writes its own files there."""
    shutil.rmtree(donnees / "metriques", ignore_errors=True)


def executer(options: argparse.Namespace) -> int:
    os.environ.setdefault("ES_INSTANCE", "production")
    donnees = installer(ES_SIMULATEURS="non")
    hebergement.exiger()
    vider_mesures(donnees)
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    serveur = lancer_granian(options.host, options.port)
    signal.signal(signal.SIGTERM, lambda *_: serveur.terminate())
    print(f"Espace santé ouvert ({settings.ES_INSTANCE}) : {settings.ES_BASE_URL}")
    try:
        return serveur.wait()
    except KeyboardInterrupt:
        serveur.terminate()
        return serveur.wait()
