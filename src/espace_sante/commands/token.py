"""`espace-sante token`: a bearer token for `/fhir`, as the local Pro Santé Connect would lead to."""

from __future__ import annotations

import argparse

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.kernel.errors import EspaceSanteError

AIDE = "donne un jeton d'accès accepté par /fhir (démonstration et test seulement)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)
    analyseur.add_argument("--rpps", help="professionnel, deux facteurs")
    analyseur.add_argument(
        "--structure", help="FINESS : situation choisie ; seul : la structure, qui ne fait qu'alimenter"
    )


def executer(options: argparse.Namespace) -> int:
    if not options.rpps and not options.structure:
        raise EspaceSanteError("jeton_sans_acteur", "Donnez --rpps, ou --structure pour une structure seule.")
    installer(options.data)
    from django.conf import settings

    from espace_sante.commands.jetons import pour_professionnel, pour_structure

    if settings.ES_INSTANCE == "production":
        raise EspaceSanteError("production", "Cette commande n'existe pas en production.")
    if options.rpps:
        print(pour_professionnel(options.rpps, options.structure))
    else:
        print(pour_structure(options.structure))
    return 0
