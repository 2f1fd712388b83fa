"""`espace-sante token`: a bearer token for `/fhir`, as the local Pro Santé Connect would lead to."""

from __future__ import annotations

import argparse
import json

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.kernel.errors import EspaceSanteError

AIDE = "donne un jeton d'accès accepté par /fhir (démonstration et test seulement)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)
    analyseur.add_argument("--rpps", help="professionnel, deux facteurs")
    analyseur.add_argument(
        "--structure", help="FINESS : situation choisie ; seul : la structure, qui ne fait qu'alimenter"
    )
    analyseur.add_argument("--client", help="service relié, avec --ins : agit pour cette personne")
    analyseur.add_argument("--ins", metavar="INS", help="matricule INS de la personne")
    analyseur.add_argument(
        "--json", action="store_true", help="avec --client : les jetons d'accès et d'identité"
    )


def executer(options: argparse.Namespace) -> int:
    if bool(options.client) != bool(options.ins):
        raise EspaceSanteError("jeton_sans_acteur", "Donnez --client et --ins ensemble.")
    if not options.rpps and not options.structure and not options.client:
        raise EspaceSanteError("jeton_sans_acteur", "Donnez --rpps, ou --structure pour une structure seule.")
    installer(options.data)
    from django.conf import settings

    from espace_sante.commands.jetons import pour_professionnel, pour_service, pour_structure

    if settings.ES_INSTANCE == "production":
        raise EspaceSanteError("production", "Cette commande n'existe pas en production.")
    if options.client:
        remis = pour_service(options.client, options.ins)
        print(json.dumps(remis) if options.json else remis["access_token"])
    elif options.rpps:
        print(pour_professionnel(options.rpps, options.structure))
    else:
        print(pour_structure(options.structure))
    return 0
