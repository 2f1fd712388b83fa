"""`espace-sante operators`: accounts of the people who run the service (ACC-39, HLP-21, ADR 0018).

The password is shown once, to hand over; at the first login the person chooses her own and links an application.
"""

from __future__ import annotations

import argparse
import getpass
import os
from typing import TYPE_CHECKING

from espace_sante.commands.installation import installer, option_donnees

if TYPE_CHECKING:
    from espace_sante.identite.operateurs.gestion import Provisoire

AIDE = "ajoute, montre, ferme et rend les comptes des opérateurs (/operation/)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    ajouter = sous.add_parser("add", help="crée un compte et donne un mot de passe provisoire")
    ajouter.add_argument("courriel", help="adresse électronique, qui sert d'identifiant")
    ajouter.add_argument("--nom", required=True, help="prénom et nom")
    ajouter.add_argument(
        "--role",
        action="append",
        required=True,
        dest="roles",
        help="support, gestionnaire_matrice, medecin_controle, securite, delegue_protection_donnees ; répétable",
    )
    sous.add_parser("list", help="montre les comptes et leur état")
    fermer = sous.add_parser("disable", help="ferme un compte : ses connexions s'arrêtent aussitôt")
    fermer.add_argument("courriel", help="adresse électronique du compte")
    rendre = sous.add_parser("reset", help="oublie les deux facteurs d'un opérateur, à la demande d'un autre")
    rendre.add_argument("courriel", help="adresse électronique du compte")
    rendre.add_argument("--par", required=True, help="adresse de l'autre opérateur, qui le demande")
    for sous_analyseur in sous.choices.values():
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.identite.operateurs import gestion

    if options.action == "list":
        return _lister()
    if options.action == "add":
        fait = gestion.creer(options.courriel, options.nom, options.roles)
        _tracer("compte_cree", str(fait.operateur_id))
        _remettre(fait, options.courriel)
    elif options.action == "disable":
        operateur = gestion.desactiver(options.courriel)
        _tracer("compte_ferme", str(operateur.id))
        print(f"{operateur.courriel} : compte fermé.")
    else:
        fait = gestion.reinitialiser(options.courriel, par=options.par)
        autre = gestion.trouver(options.par)
        _tracer("facteurs_oublies", str(fait.operateur_id), par=str(autre.id))
        _remettre(fait, options.courriel)
    return 0


def _lister() -> int:
    from espace_sante.identite.models import Operateur
    from espace_sante.identite.operateurs import gestion

    for o in Operateur.objects.using(gestion.PROPRIETAIRE).select_related("facteurs").order_by("courriel"):
        etat = "fermé" if o.desactive_le else "actif" if o.facteurs.enrole_le else "à enrôler"
        print(f"{o.courriel:<40} {etat:<10} {o.nom} : {', '.join(o.roles)}")
    return 0


def _remettre(fait: Provisoire, courriel: str) -> None:
    print(f"{courriel} : mot de passe provisoire {fait.mot_de_passe}")
    print(f"Il sert une fois, à /connexion/operation/, avant le {fait.jusqua:%d/%m/%Y à %H:%M} UTC.")


def _tracer(acte: str, objet: str, *, par: str = "") -> None:
    from espace_sante.acces.operation.actes import noter_commande

    noter_commande(acte, objet, par=par or os.environ.get("SUDO_USER") or getpass.getuser())
