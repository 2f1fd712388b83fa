"""Pointing the process at an installation: its data folder, its database, its settings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import django

from espace_sante.platform.postgres import embarque


def option_donnees(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("--data", metavar="DIR", help="dossier des données (défaut : ES_DATA)")


def installer(dossier: str | None = None, *, verifier: bool = True, **reglages: str) -> Path:
    """Set the settings, start the embedded database unless another is given, and set Django up.

    Raises InstallationIncoherente when the database is that of another kind of instance, or of another key, so that
    no command can take a production for a demonstration. `verifier=False`: the command does it in its own time.
    """
    if dossier:
        os.environ["ES_DATA"] = str(Path(dossier).resolve())
    os.environ.update(reglages)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "espace_sante.config.settings")
    donnees = Path(os.environ.get("ES_DATA", "var")).resolve()
    memoire = donnees / "demonstration.env"
    if memoire.exists():
        # What `demo` chose for this folder (addresses, instance): other commands on it follow.
        for ligne in memoire.read_text().splitlines():
            cle, _, valeur = ligne.partition("=")
            os.environ.setdefault(cle, valeur)
    if not os.environ.get("ES_DATABASE_URL"):
        embarque.demarrer(donnees)
    # Made here so that the server of static files does not complain before the first collectstatic.
    (donnees / "statique").mkdir(parents=True, exist_ok=True)
    django.setup()
    if verifier:
        from espace_sante.identite.installation import verifier as verifier_installation

        verifier_installation()
    return donnees


def mettre_a_jour() -> None:
    """Bring the database to this version and say what it is. Raises InstallationIncoherente before any change."""
    from espace_sante.identite import installation
    from espace_sante.platform.postgres.schema import migrer

    installation.verifier(vide_admise=True)
    migrer()
    installation.marquer(explicite="ES_INSTANCE" in os.environ)
