"""`espace-sante backup DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees

AIDE = "sauvegarde la base et les clés dans un dossier"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("dossier", type=Path, metavar="DIR")
    option_donnees(analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.commands.sauvegarde import sauvegarder

    sauvegarder(options.dossier.resolve())
    print("Sauvegarde terminée. Gardez ce dossier en lieu sûr : il contient les clés.")
    return 0
