"""The command `espace-sante` (contract): one module for each command, one clear line on error."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from espace_sante.kernel.errors import EspaceSanteError

COMMANDES = (
    "demo",
    "serve",
    "migrate",
    "worker",
    "doctor",
    "conservation",
    "registre",
    "annuaire",
    "export",
    "import_space",
    "matrice",
    "message",
    "operators",
    "clients",
    "gateway_adt",
    "keys",
    "signalements",
    "courriers",
    "traces",
    "demo_accounts",
    "token",
    "sandbox",
    "backup",
    "restore",
)


def analyseur() -> argparse.ArgumentParser:
    """The whole tree of commands; a test holds the documents equal to it."""
    racine = argparse.ArgumentParser(
        prog="espace-sante", description="Espace santé ouvert : démarrer, exploiter, vérifier."
    )
    sous = racine.add_subparsers(dest="commande", required=True, metavar="COMMANDE")
    for nom in COMMANDES:
        module = importlib.import_module(f"espace_sante.commands.{nom}")
        sous_analyseur = sous.add_parser(nom.replace("_", "-"), help=module.AIDE, description=module.AIDE)
        module.configurer(sous_analyseur)
        sous_analyseur.set_defaults(executer=module.executer)
    return racine


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exit status 0, or 1 with one line on the error output."""
    options = analyseur().parse_args(arguments)
    try:
        return int(options.executer(options) or 0)
    except EspaceSanteError as erreur:
        print(f"espace-sante : {erreur.message}", file=sys.stderr)
        for numero, texte in erreur.details.get("lignes", ()):  # type: ignore[attr-defined]
            print(f"  ligne {numero} : {texte}", file=sys.stderr)
    except (OSError, ValueError) as erreur:
        print(f"espace-sante : {erreur.__class__.__name__} : {erreur}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
