"""The real product on its own port and folder: `espace-sante demo` as a process, nothing replaced."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from espace_sante.platform.local import COMPTES
from espace_sante.simulateurs.population import Population, generer
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif
from tests.reglages import VECTEURS

RACINE = Path(__file__).resolve().parents[2]
POPULATION, GRAINE = 12, 3
# The mail catcher of a demonstration listens this far above its web port.
_ECART_COURRIELS = 1001
_PRET_S, _ARRET_S = 150, 30


@dataclass(frozen=True)
class Installation:
    """A running demonstration: where it answers, who lives in it."""

    donnees: Path
    adresse: str

    @cached_property
    def comptes(self) -> dict[str, Any]:
        lus: dict[str, Any] = json.loads((self.donnees / COMPTES).read_text(encoding="utf-8"))
        return lus

    @cached_property
    def population(self) -> Population:
        """The same people as those loaded: the generator gives them again from number, seed and day."""
        jour = date.fromisoformat((self.donnees / "population.jour").read_text().strip())
        return generer(POPULATION, GRAINE, aujourd_hui=jour)

    def compte(self, debut: str) -> dict[str, str]:
        """The account whose identifier begins so."""
        return next(c for c in self.comptes["titulaires"] if c["identifiant"].startswith(debut))

    def titulaire(self, debut: str) -> TitulaireFictif:
        return next(t for t in self.population.titulaires() if t.identifiant.startswith(debut))

    def professionnel(self, rpps: str) -> ProfessionnelFictif:
        return next(p for p in self.population.professionnels if p.rpps == rpps)

    def sans_accord(self, titulaire: TitulaireFictif, *candidats: str) -> ProfessionnelFictif:
        """The first of these professionals whom no consent of the holder covers today, alone or by a team."""
        maintenant = datetime.now(UTC)
        en_cours = [c for c in titulaire.consentements if c.fin > maintenant and not c.retire_le]
        couverts = {c.rpps for c in en_cours}
        for equipe in self.population.equipes:
            if equipe.id in {c.equipe for c in en_cours}:
                couverts.update(equipe.membres)
        return self.professionnel(next(rpps for rpps in candidats if rpps not in couverts))

    def commande(self, *arguments: str) -> str:
        """Output of a command of the product on this installation."""
        ligne = [sys.executable, "-m", "espace_sante.commands", *arguments, "--data", str(self.donnees)]
        return subprocess.run(
            ligne, cwd=RACINE, env=_environnement(), capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()


def demarrer(donnees: Path) -> tuple[Installation, subprocess.Popen[bytes]]:
    """Start the demonstration and wait until it answers. Raises RuntimeError with its last words."""
    port = _bloc_libre()
    adresse = f"http://localhost:{port}"
    arguments = [
        "demo", "--data", str(donnees), "--port", str(port), "--population", str(POPULATION),
        "--seed", str(GRAINE), "--no-browser",
    ]  # fmt: skip
    journal = donnees / "sortie.log"
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(
            [sys.executable, "-m", "espace_sante.commands", *arguments],
            cwd=RACINE,
            env=_environnement(),
            stdout=sortie,
            stderr=subprocess.STDOUT,
            # Interrupts are ignored by what a shell starts in the background, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    fin = time.monotonic() + _PRET_S
    while time.monotonic() < fin and processus.poll() is None:
        if (donnees / COMPTES).exists() and _repond(adresse):
            return Installation(donnees, adresse), processus
        time.sleep(0.2)
    arreter(processus)
    raise RuntimeError(f"The demonstration did not start:\n{journal.read_text(errors='replace')[-3000:]}")


def arreter(processus: subprocess.Popen[bytes]) -> None:
    """As a person does, by an interrupt; by force, with every process it started, if it does not obey."""
    enfants = list(_enfants(processus.pid))
    if processus.poll() is None:
        processus.send_signal(signal.SIGINT)
    try:
        processus.wait(_ARRET_S)
    except subprocess.TimeoutExpired:
        for pid in (processus.pid, *enfants):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        processus.wait(5)


def _enfants(pid: int) -> Iterator[int]:
    """The descendants of a process, as the kernel lists them; none where it does not."""
    try:
        directs = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for enfant in map(int, directs):
        yield enfant
        yield from _enfants(enfant)


def _environnement() -> dict[str, str]:
    """The caller's, without the settings of the test run: the product chooses its own."""
    hors = ("ES_", "DJANGO_", "PYTEST_")
    environnement = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith(hors)}
    xsd = VECTEURS / "cda" / "xsd" / "CDA_extended.xsd"
    return {**environnement, "ES_CDA_XSD": str(xsd)} if xsd.is_file() else environnement


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


def seul_restant(verrou: TextIO) -> bool:
    """Whether no other worker still holds the lock that each holds while it uses the installation."""
    import fcntl

    try:
        fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
