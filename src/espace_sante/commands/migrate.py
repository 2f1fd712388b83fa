"""`espace-sante migrate`: bring the database to this version."""

from __future__ import annotations

import argparse

from espace_sante.commands.installation import installer, mettre_a_jour, option_donnees
from espace_sante.platform import hebergement

AIDE = "met la base à la version du produit (rôle propriétaire)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data, verifier=False)
    hebergement.exiger()
    mettre_a_jour()
    print("Base à jour.")
    return 0
