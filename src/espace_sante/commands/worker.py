"""`espace-sante worker`: background work, until interrupted."""

from __future__ import annotations

import argparse

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.platform import hebergement

AIDE = "exécute le travail de fond (une tâche à la fois par défaut)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)
    analyseur.add_argument("--concurrence", type=int, default=1, help="tâches menées en même temps")


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    hebergement.exiger()
    from espace_sante.taches.ouvrier import travailler
    from espace_sante.traces.journal_scelle import sequenceur

    fin = sequenceur.lancer()
    try:
        travailler(options.concurrence)
    finally:
        fin.set()
    return 0
