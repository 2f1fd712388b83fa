"""Backup and restore of a local installation: database dump and keys, in one folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.postgres.embarque import outil

DUMP = "base.dump"


class SauvegardeImpossible(EspaceSanteError):
    """A backup or restore stopped; what was there before is untouched."""


def _url() -> str:
    from django.conf import settings

    base = settings.DATABASES["proprietaire"]
    os.environ["PGPASSWORD"] = base["PASSWORD"]
    return f"host={base['HOST']} port={base['PORT'] or 5432} user={base['USER']} dbname={base['NAME']}"


def sauvegarder(cible: Path) -> None:
    """Write a consistent dump and the keys into `cible`, which must be new or empty."""
    from django.conf import settings

    if cible.exists() and any(cible.iterdir()):
        raise SauvegardeImpossible("cible_non_vide", "Le dossier de sauvegarde doit être vide.")
    cible.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder that was there may be open to others: identities, sessions and keys are in what follows.
    cible.chmod(0o700)
    partiel = cible / f"{DUMP}.partiel"
    partiel.touch(mode=0o600)
    # Rows of records are under row-level security; the owner of the tables is not subject to it.
    fait = subprocess.run(
        [outil("pg_dump"), "--format=custom", "--no-owner", f"--file={partiel}", _url()],
        capture_output=True,
    )
    if fait.returncode:
        raise SauvegardeImpossible("sauvegarde_echouee", fait.stderr.decode("utf-8", "replace")[-300:])
    cles = Path(settings.ES_DATA) / "cles"
    if cles.is_dir():
        shutil.copytree(cles, cible / "cles", dirs_exist_ok=True)
    if (comptes := Path(settings.ES_DATA) / "demonstration.env").exists():
        shutil.copy2(comptes, cible)
    partiel.rename(cible / DUMP)


def restaurer(source: Path) -> None:
    """Put a backup back into an installation whose database is empty."""
    from django.db import connections

    if not (source / DUMP).exists():
        raise SauvegardeImpossible("sauvegarde_absente", "Ce dossier ne contient pas de sauvegarde complète.")
    with connections["proprietaire"].cursor() as curseur:
        curseur.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if curseur.fetchone()[0]:
            raise SauvegardeImpossible(
                "base_non_vide", "La base n'est pas vide : restaurez dans un dossier neuf."
            )
    connections["proprietaire"].close()
    fait = subprocess.run(
        [outil("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_url()}",
         str(source / DUMP)],
        capture_output=True,
    )  # fmt: skip
    if fait.returncode:
        raise SauvegardeImpossible("restauration_echouee", fait.stderr.decode("utf-8", "replace")[-300:])
