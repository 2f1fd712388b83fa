"""`espace-sante restore DIR`: into a new, empty data folder."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from espace_sante.commands.installation import installer, mettre_a_jour
from espace_sante.kernel.errors import EspaceSanteError

AIDE = "remet une sauvegarde dans un dossier de données neuf"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("dossier", type=Path, metavar="DIR")
    analyseur.add_argument("--data", metavar="DIR", required=True, help="dossier des données, neuf")


def executer(options: argparse.Namespace) -> int:
    donnees, source = Path(options.data).resolve(), options.dossier.resolve()
    if (donnees / "cles").exists():
        raise EspaceSanteError(
            "dossier_utilise", "Ce dossier de données a déjà ses clés : choisissez-en un neuf."
        )
    if (source / "cles").is_dir():
        shutil.copytree(source / "cles", donnees / "cles")
    if (source / "demonstration.env").exists():
        shutil.copy2(source / "demonstration.env", donnees)
    installer(options.data, verifier=False)
    from espace_sante.commands.sauvegarde import restaurer

    restaurer(source)
    mettre_a_jour()
    print("Restauration terminée.")
    return 0
