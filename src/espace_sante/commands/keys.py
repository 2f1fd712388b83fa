"""`espace-sante keys`: the keys that sign access tokens, changed without a stop (OID-22)."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime

from espace_sante.commands.installation import installer, option_donnees

AIDE = "montre et change les clés qui signent les jetons d'accès, sans arrêt"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    sous.add_parser("list", help="montre les clés publiées et depuis quand chacune signe")
    tourner = sous.add_parser(
        "rotate", help="fait la clé suivante : publiée maintenant, elle signe dans une heure"
    )
    tourner.add_argument(
        "--now",
        action="store_true",
        help="clé volée : la nouvelle signe aussitôt, tous les jetons donnés meurent",
    )
    for sous_analyseur in sous.choices.values():
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.identite import cles_jetons
    from espace_sante.identite.logiciels.queries import annoncer

    if options.action == "rotate":
        nouvelle = cles_jetons.tourner(immediat=options.now)
        if options.now:
            # Processes keep verified tokens for some seconds: none must outlive the key.
            annoncer()
        _tracer("cle_jetons", nouvelle.kid)
    actuelle = cles_jetons.signataire()
    for cle in cles_jetons.valables():
        depuis = (
            datetime.fromtimestamp(cle.depuis, UTC).strftime("%d/%m/%Y %H:%M UTC")
            if cle.depuis
            else "l'installation"
        )
        mot = (
            "signe"
            if cle.kid == actuelle.kid
            else "à venir"
            if cle.depuis > actuelle.depuis
            else "vérifie encore"
        )
        print(f"{cle.kid}  {mot:<14} depuis {depuis}")
    return 0


def _tracer(acte: str, objet: str) -> None:
    from espace_sante.acces.operation.actes import noter_commande

    noter_commande(acte, objet, par=os.environ.get("SUDO_USER") or getpass.getuser())
