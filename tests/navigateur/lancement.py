"""Starting and stopping the real product: `espace-sante demo` as a process, once for all workers of a run."""

from __future__ import annotations

import fcntl
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
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from espace_sante.platform.local import COMPTES
from espace_sante.platform.postgres import embarque
from tests.navigateur.installation import GRAINE, POPULATION, RACINE, Installation, environnement

# The mail catcher of a demonstration listens this far above its web port.
_ECART_COURRIELS = 1001
_PRET_S, _ARRET_S = 150, 30
_JOURNAL = "sortie.log"


@contextmanager
def partagee(dossier: Path) -> Iterator[Installation]:
    """The installation of the run: the first worker starts it, the last one to leave stops it.

    `dossier` is common to the workers; each holds a shared lock there while it may still use the installation.
    Raises RuntimeError with its last words when it does not start, or when it did not last until the end.
    """
    fiche = dossier / "navigateur.json"
    with (dossier / "navigateur.usage").open("w") as usage:
        with _un_seul(dossier):
            if fiche.exists():
                lu = json.loads(fiche.read_text())
                installation = Installation(Path(lu["donnees"]), lu["adresse"], lu["pid"])
            else:
                installation = _demarrer()
                fiche.write_text(json.dumps(asdict(installation), default=str))
            fcntl.flock(usage, fcntl.LOCK_SH)
        try:
            yield installation
        finally:
            with _un_seul(dossier), suppress(BlockingIOError):
                fcntl.flock(usage, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fiche.unlink()
                a_dure, fin = _vit(installation.pid), _derniers_mots(installation)
                _arreter(installation)
                if not a_dure:
                    raise RuntimeError(f"The demonstration ended before the stories:\n{fin}")


@contextmanager
def a_part(graine: int = GRAINE) -> Iterator[Installation]:
    """An installation of one's own, for what empties or breaks it."""
    installation = _demarrer(graine)
    try:
        yield installation
    finally:
        _arreter(installation)


@contextmanager
def _un_seul(dossier: Path) -> Iterator[None]:
    """One worker at a time starts or stops."""
    with (dossier / "navigateur.verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield


def _demarrer(graine: int = GRAINE) -> Installation:
    """Start the demonstration and wait until it answers."""
    donnees = Path(tempfile.mkdtemp(prefix="es-navigateur-", dir="/tmp"))
    # The database runs as an unprivileged user, which must be able to come in.
    donnees.chmod(0o755)
    port = _bloc_libre()
    ligne = [
        sys.executable, "-m", "espace_sante.commands", "demo", "--data", str(donnees), "--port", str(port),
        "--population", str(POPULATION), "--seed", str(graine), "--no-browser",
    ]  # fmt: skip
    with (donnees / _JOURNAL).open("wb") as sortie:
        processus = subprocess.Popen(
            ligne,
            cwd=RACINE,
            env=environnement(),
            stdout=sortie,
            stderr=subprocess.STDOUT,
            # Interrupts are ignored by what a shell starts in the background, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    installation = Installation(donnees, f"http://localhost:{port}", processus.pid)
    fin = time.monotonic() + _PRET_S
    while time.monotonic() < fin and processus.poll() is None:
        if (donnees / COMPTES).exists() and _repond(installation.adresse):
            return installation
        time.sleep(0.2)
    mots = _derniers_mots(installation)
    _arreter(installation)
    raise RuntimeError(f"The demonstration did not start:\n{mots}")


def _derniers_mots(installation: Installation) -> str:
    return (installation.donnees / _JOURNAL).read_text(errors="replace")[-3000:]


def _arreter(installation: Installation) -> None:
    """As a person does, by an interrupt; by force, with all it started, if it does not obey. Then its folder goes."""
    processus = [installation.pid, *_descendants(installation.pid)]
    with suppress(ProcessLookupError):
        os.kill(installation.pid, signal.SIGINT)
    fin = time.monotonic() + _ARRET_S
    while _vit(installation.pid) and time.monotonic() < fin:
        time.sleep(0.1)
    if _vit(installation.pid):
        for pid in processus:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        embarque.arreter(installation.donnees)
    prise = installation.donnees / "postgres.socket"
    if prise.exists():
        shutil.rmtree(prise.read_text(), ignore_errors=True)
    shutil.rmtree(installation.donnees, ignore_errors=True)


def _vit(pid: int) -> bool:
    """Whether the process still runs; one that ended and that nobody waited for does not."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _descendants(pid: int) -> Iterator[int]:
    """As the kernel lists them; none where it does not."""
    with suppress(OSError):
        for enfant in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(enfant)
            yield from _descendants(int(enfant))


def _bloc_libre() -> int:
    """A free port whose mail port is free too."""
    while True:
        with socket.socket() as web, socket.socket() as courriels:
            web.bind(("127.0.0.1", 0))
            port = int(web.getsockname()[1])
            try:
                courriels.bind(("127.0.0.1", port + _ECART_COURRIELS))
            except (OSError, OverflowError):
                continue
            return port


def _repond(adresse: str) -> bool:
    try:
        with urllib.request.urlopen(f"{adresse}/sante", timeout=5):
            return True
    except OSError:
        return False
