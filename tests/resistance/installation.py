"""A real installation of its own for the tests that break things: folder, embedded PostgreSQL, web server.

Everything that needs Django's settings of that installation runs in a process of its own, so that those of
the test run stay what they are.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from espace_sante.commands.serve import ligne_granian
from espace_sante.platform.postgres import embarque

RACINE = Path(__file__).resolve().parents[2]
PROCESSUS, FILS = 2, 4


def port_libre() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


class Installation:
    """One data folder with the product in it. `reglages` are settings of PostgreSQL beyond the product's own."""

    def __init__(self, dossier: Path, reglages: dict[str, str] | None = None) -> None:
        self.dossier = dossier
        self.port = port_libre()
        self.reglages = reglages
        self.web: subprocess.Popen[bytes] | None = None

    def environnement(self) -> dict[str, str]:
        """What a process of this installation sees; nothing of the test run's own settings."""
        autres = {n: v for n, v in os.environ.items() if not n.startswith(("ES_", "DJANGO_", "PYTEST_"))}
        return {
            **autres,
            "ES_INSTANCE": "test",
            "ES_SIMULATEURS": "non",
            "ES_DATA": str(self.dossier),
            "ES_BASE_URL": f"http://localhost:{self.port}",
            "DJANGO_SETTINGS_MODULE": "espace_sante.config.settings",
            "PYTHONPATH": os.pathsep.join([str(RACINE), str(RACINE / "src")]),
        }

    def demarrer_base(self) -> embarque.Serveur:
        """The embedded server with the product's durable settings; recovers after a kill -9."""
        return embarque.demarrer(self.dossier, self.reglages)

    def demarrer_web(self) -> None:
        """The product's own server line, in a process group of its own, once it answers."""
        with (self.dossier / "web.log").open("ab") as journal:
            self.web = subprocess.Popen(
                ligne_granian("127.0.0.1", self.port, PROCESSUS, FILS),
                env=self.environnement(),
                cwd=RACINE,
                stdout=journal,
                stderr=journal,
                start_new_session=True,
            )
        limite = time.monotonic() + 60
        while time.monotonic() < limite and self.web.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/fhir/metadata", timeout=2).close()
                return
            time.sleep(0.05)
        raise AssertionError(self.journal()[-2000:])

    def journal(self) -> str:
        """What the web server has written."""
        return (self.dossier / "web.log").read_text(errors="replace")

    def executer(self, module: str, entree: object = None) -> Any:
        """Run a module of the tests inside the installation: JSON in, JSON out."""
        fait = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(entree).encode(),
            capture_output=True,
            env=self.environnement(),
            cwd=RACINE,
        )
        assert fait.returncode == 0, fait.stderr.decode(errors="replace")[-3000:]
        return json.loads(fait.stdout)

    def tuer_web(self) -> None:
        """kill -9 of the server, its workers with it."""
        if self.web is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()
            self.web = None

    def tuer_base(self, *, serveurs: bool = False) -> None:
        """kill -9 of the postmaster; `serveurs`: of every process it started, too, in the same instant."""
        pid = int((self.dossier / "postgres" / "postmaster.pid").read_text().split()[0])
        enfants = _enfants(pid) if serveurs else []
        for victime in (pid, *enfants):
            with contextlib.suppress(ProcessLookupError):
                os.kill(victime, signal.SIGKILL)

    def arreter(self) -> None:
        self.tuer_web()
        embarque.arreter(self.dossier)


def _enfants(pid: int) -> list[int]:
    """Processes that this one started."""
    trouves = []
    for etat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            if int(etat.read_text().rpartition(")")[2].split()[1]) == pid:
                trouves.append(int(etat.parent.name))
    return trouves


@contextlib.contextmanager
def installation(reglages: dict[str, str] | None = None) -> Iterator[Installation]:
    """A fresh one, with its database running; removed at the end."""
    dossier = Path(tempfile.mkdtemp(prefix="es-resistance-", dir="/tmp"))
    dossier.chmod(0o755)
    (dossier / "statique").mkdir()
    ici = Installation(dossier, reglages)
    try:
        ici.demarrer_base()
        yield ici
    finally:
        ici.arreter()
        rappel = dossier / "postgres.socket"
        if rappel.exists():
            shutil.rmtree(rappel.read_text(), ignore_errors=True)
        shutil.rmtree(dossier, ignore_errors=True)
