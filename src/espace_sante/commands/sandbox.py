"""`espace-sante sandbox reset`: a publisher's sandbox as on its first day."""

from __future__ import annotations

import argparse
import subprocess
import sys

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.kernel.errors import EspaceSanteError

AIDE = "remet à neuf un bac à sable d'éditeur (démonstration et test seulement)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    actions = analyseur.add_subparsers(dest="action", required=True, metavar="ACTION")
    remise = actions.add_parser(
        "reset", help="rend les personnes et les documents du premier jour ; les logiciels déclarés restent"
    )
    option_donnees(remise)
    remise.add_argument(
        "--population", type=int, default=0, help="titulaires fictifs (défaut : comme à l'installation)"
    )
    remise.add_argument("--seed", type=int, default=0, help="graine de la population (avec --population)")


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from django.conf import settings

    if settings.ES_INSTANCE == "production":
        raise EspaceSanteError("production", "Cette commande n'existe pas en production.")
    # A process of its own: operations do not import the simulators.
    fait = subprocess.run(
        [
            sys.executable,
            "-m",
            "espace_sante.simulateurs.bac_a_sable",
            str(options.population),
            str(options.seed),
        ]
    )
    if fait.returncode:
        raise EspaceSanteError("bac_a_sable", "Le bac à sable n'a pas été remis à neuf : rien n'a changé.")
    return 0
