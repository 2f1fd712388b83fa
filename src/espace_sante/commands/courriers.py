"""`espace-sante courriers`: the letters that must be posted, one PDF each (EMG-11). Prints numbers only."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees

AIDE = "écrit en PDF les lettres à poster (accès en urgence sans courriel connu)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)
    analyseur.add_argument("dossier", type=Path, help="dossier où écrire les lettres")


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.notifications.courrier import imprimer, remis
    from espace_sante.notifications.queries import courriers_en_attente

    options.dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    nombre = 0
    while lettres := courriers_en_attente():
        for dossier_id, avis_id, _ in lettres:
            # Durable before the letter stops waiting: a crash prints it twice rather than never.
            with open(options.dossier / f"{avis_id}.pdf", "wb", opener=_prive) as sortie:
                sortie.write(imprimer(dossier_id, avis_id))
                sortie.flush()
                os.fsync(sortie.fileno())
            remis(dossier_id, avis_id)
            nombre += 1
    print(f"{nombre} lettre(s) à poster dans {options.dossier}")
    return 0


def _prive(chemin: str, modes: int) -> int:
    return os.open(chemin, modes, 0o600)
