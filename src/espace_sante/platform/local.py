"""Secrets and addresses of an installation that runs on one machine (demonstration, test).

Made once in the data folder, files of mode 0600; production gives its own by settings.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from espace_sante.platform.postgres import embarque

# File of a demonstration that lists its accounts.
COMPTES = "comptes-demonstration.json"


@dataclass(frozen=True, slots=True)
class Local:
    """What a local installation knows of itself."""

    dossier: Path
    secret_key: str
    psc: str
    fc: str


@dataclass(frozen=True, slots=True)
class Embarque:
    """The embedded database of a data folder, whether it runs or not."""

    dossier: Path

    def _serveur(self) -> embarque.Serveur:
        rappel = self.dossier / "postgres.socket"
        prise = Path(rappel.read_text()) if rappel.exists() else self.dossier
        return embarque.Serveur(self.dossier / "postgres", prise)

    def url_application(self) -> str:
        return self._serveur().url(embarque.APPLICATION)

    def url_proprietaire(self) -> str:
        return self._serveur().url(embarque.PROPRIETAIRE)


def secret(fichier: Path, octets: int = 48) -> bytes:
    """Content of a secret file, made with fresh random bytes when absent (atomic, mode 0600)."""
    try:
        return fichier.read_bytes()
    except FileNotFoundError:
        fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        provisoire = fichier.with_suffix(f".{os.getpid()}.tmp")
        descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "wb") as sortie:
            sortie.write(secrets.token_bytes(octets))
            sortie.flush()
            os.fsync(sortie.fileno())
        try:
            # link() never overwrites: of two processes starting together, one wins and both read the same.
            os.link(provisoire, fichier)
        except FileExistsError:
            pass
        finally:
            provisoire.unlink()
        return fichier.read_bytes()


def preparer_local(dossier: Path) -> Local:
    """Read, or make, the secrets of the data folder."""
    cles = dossier / "cles"
    secret(cles / "maitre.key", 32)
    return Local(
        dossier=dossier,
        secret_key=secret(cles / "session.key").hex(),
        psc=secret(cles / "psc.key", 24).hex(),
        fc=secret(cles / "fc.key", 24).hex(),
    )
