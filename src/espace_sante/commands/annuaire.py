"""`espace-sante annuaire`: the copy of the Annuaire Santé, its age and its refresh (ANN-04 to ANN-06, ANN-14)."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from espace_sante.commands.installation import installer, option_donnees

AIDE = "montre ou met à jour la copie de l'Annuaire Santé"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    etat = sous.add_parser("status", help="montre l'âge de la copie et la dernière difficulté")
    mise_a_jour = sous.add_parser("refresh", help="relit tout l'annuaire maintenant")
    mise_a_jour.add_argument(
        "--forcer", action="store_true", help="arrête tous les absents, même s'ils sont nombreux"
    )
    for sous_analyseur in (etat, mise_a_jour):
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.identite.annuaire_sante import copie
    from espace_sante.identite.annuaire_sante.client import ClientAnnuaire, Reglages
    from espace_sante.identite.annuaire_sante.rafraichissement import rafraichir

    maintenant = datetime.now(UTC)
    if options.action == "refresh":
        with ClientAnnuaire(Reglages.de_l_installation()) as client:
            bilan = rafraichir(client, maintenant, forcer=options.forcer)
        print(
            f"{bilan.personnes} professionnels, {bilan.activites} activités, {bilan.structures} structures ;"
            f" {bilan.ecartees} fiches illisibles écartées."
        )
        return 0
    vu = copie.etat(maintenant)
    quand = f"{vu.reussi_le:%d/%m/%Y à %H:%M}" if vu.reussi_le else "jamais"
    print(f"Dernière mise à jour complète : {quand}. État : {vu.fraicheur}.")
    if vu.erreur:
        print(f"Dernier essai : {vu.erreur}.")
    return 0
