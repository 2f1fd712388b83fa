"""`espace-sante conservation`: the retention table, and the erasure of one record (rules REG-13, LIF-33)."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.commands.installation import installer, option_donnees

AIDE = "montre la table de conservation, efface un dossier"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    montrer = sous.add_parser("table", help="montre combien de temps chaque chose est gardée")
    proposer = sous.add_parser(
        "proposer", help="propose à la personne une copie de son espace, avant de l'effacer"
    )
    proposer.add_argument("dossier", type=UUID, help="identifiant du dossier")
    effacer = sous.add_parser("effacer", help="détruit la clé puis le contenu d'un dossier, pour toujours")
    effacer.add_argument("dossier", type=UUID, help="identifiant du dossier")
    effacer.add_argument(
        "--confirmer",
        type=UUID,
        required=True,
        metavar="DOSSIER",
        help="le même identifiant, tapé de nouveau",
    )
    historique = sous.add_parser(
        "historique", help="efface le contenu de l'historique d'un dossier détruit, après ses dix ans"
    )
    historique.add_argument("dossier", type=UUID, help="identifiant du dossier")
    for sous_analyseur in (montrer, proposer, effacer, historique):
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.dossier import conservation

    if options.action == "table":
        print(conservation.page())
        return 0
    if options.action == "historique":
        from espace_sante.dossier.effacement import effacer_historique

        nombre = effacer_historique(options.dossier, datetime.now(UTC))
        print(f"Historique effacé : {nombre} traces ; leurs empreintes restent.")
        return 0
    from espace_sante.acces.exportation import offre
    from espace_sante.identite.acteurs import Acteur
    from espace_sante.identite.contexte import Contexte
    from espace_sante.kernel.codes import GenreActeur

    acteur = Acteur(genre=GenreActeur.OPERATEUR, nom="service de conservation")
    if options.action == "proposer":
        neuve = offre.proposer(options.dossier, acteur, contexte=Contexte(porte="cli"))
        print("Copie proposée." if neuve else "La copie était déjà proposée.")
        return 0
    if options.confirmer != options.dossier:
        raise ValueError("les deux identifiants sont différents, rien n'a été effacé")
    from espace_sante.dossier.effacement import effacer

    offre.exiger(options.dossier, datetime.now(UTC))
    nombre = effacer(options.dossier, acteur=acteur, contexte=Contexte(porte="cli"))
    print(f"Dossier effacé : la clé et {nombre} lignes sont détruites.")
    return 0
