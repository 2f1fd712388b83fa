"""`espace-sante demo-accounts`: who can log in to a demonstration."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.local import COMPTES

AIDE = "donne les comptes de la démonstration"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("--data", metavar="DIR", required=True, help="dossier des données")
    analyseur.add_argument("--json", action="store_true", help="sortie JSON (contrat)")


def executer(options: argparse.Namespace) -> int:
    fichier = Path(options.data) / COMPTES
    if not fichier.exists():
        raise EspaceSanteError("pas_de_demonstration", "Ce dossier ne contient pas de démonstration.")
    texte = fichier.read_text(encoding="utf-8")
    if options.json:
        sys.stdout.write(texte + "\n")
        return 0
    comptes = json.loads(texte)
    for titulaire in comptes["titulaires"][:10]:
        print(f"{titulaire['prenom']} {titulaire['nom']} ({titulaire['etat']}) : "
              f"{titulaire['identifiant']} / {titulaire['mot_de_passe']}")  # fmt: skip
    for pro in comptes["professionnels"][:10]:
        print(f"{pro['prenom']} {pro['nom']}, {pro['profession']}, RPPS {pro['rpps']}")
    for o in comptes["operateurs"]:
        print(
            f"{o['nom']} ({', '.join(o['roles'])}) : {o['courriel']} / {o['mot_de_passe']} / clé {o['totp']}"
        )
    return 0
