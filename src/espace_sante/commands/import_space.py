"""`espace-sante import-space PART…`: take up a whole record that left another copy of the product (rule POR-16)."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees

AIDE = "reprend un espace entier depuis sa copie, faite par un autre service"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument(
        "parties", type=Path, nargs="+", metavar="COPIE", help="toutes les parties de la copie"
    )
    analyseur.add_argument(
        "--cle", type=Path, required=True, help="clé publique du service d'origine (PEM), obtenue de lui"
    )
    option_donnees(analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.acces.importation.dossier import reprendre
    from espace_sante.identite.acteurs import Acteur
    from espace_sante.identite.contexte import Contexte
    from espace_sante.kernel.codes import GenreActeur

    acteur = Acteur(GenreActeur.OPERATEUR, nom=getpass.getuser())
    fait = reprendre(options.parties, options.cle.read_bytes(), acteur=acteur, contexte=Contexte("cli"))
    print(f"Espace repris : {fait.documents} documents, {fait.actes} actes de l'historique.")
    return 0
