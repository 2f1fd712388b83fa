"""`espace-sante export`: check, offline, a copy that a holder took away (rule REG-06)."""

from __future__ import annotations

import argparse
from pathlib import Path

AIDE = "vérifie hors ligne la copie d'un espace"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    verifier = sous.add_parser("verify", help="vérifie chaque fichier et la signature")
    verifier.add_argument("fichier", type=Path)
    verifier.add_argument("--cle", type=Path, help="clé publique attendue (PEM), publiée par le service")


def executer(options: argparse.Namespace) -> int:
    from espace_sante.acces.exportation.verification import verifier

    entiere = verifier(options.fichier, options.cle.read_bytes() if options.cle else None)
    print(f"Copie entière : {entiere.fichiers} fichiers, rien n'a changé depuis la signature.")
    print(f"Clé : {entiere.cle}")
    if not options.cle:
        print("Comparez cette clé à celle que publie le service, page « Vos données et vos droits ».")
    return 0
