"""`espace-sante matrice`: load an edition of the habilitation matrix, show the one in force."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from espace_sante.commands.installation import installer, option_donnees

AIDE = "charge une édition de la matrice d'habilitation ou montre celle en vigueur"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    charger = sous.add_parser("import", help="charge un fichier CSV, sans redémarrage")
    charger.add_argument("fichier", type=Path)
    charger.add_argument("--edition", required=True, help="nom de l'édition")
    charger.add_argument(
        "--from", dest="date", required=True, help="date d'effet, AAAA-MM-JJ ou AAAA-MM-JJTHH:MM"
    )
    charger.add_argument("--source", default="", help="texte de référence (arrêté, date du Journal officiel)")
    montrer = sous.add_parser("show", help="montre l'édition en vigueur")
    for sous_analyseur in (charger, montrer):
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.acces import matrice

    if options.action == "import":
        date = datetime.fromisoformat(options.date)
        if date.tzinfo is None:
            date = date.replace(tzinfo=ZoneInfo("Europe/Paris"))
        fait = matrice.importer(
            options.fichier.read_text(encoding="utf-8-sig"),
            nom=options.edition,
            date_effet=date,
            source=options.source,
        )
        print(f"Édition {fait.numero} chargée : {fait.cellules} cellules.")
        if fait.couples_absents:
            print(f"Attention : {fait.couples_absents} couples absents valent N.")
        return 0
    edition = matrice.en_vigueur()
    if edition is None:
        print("Aucune édition en vigueur : toute lecture est refusée.")
        return 1
    nature = "officielle" if edition.officielle else "ILLUSTRATIVE, sans valeur légale"
    print(f"Édition {edition.numero}, « {edition.nom} », depuis le {edition.date_effet:%Y-%m-%d} — {nature}")
    for systeme, code in matrice.professions_de(edition):
        types = matrice.ligne(edition.numero, systeme, code, "")
        print(f"  {systeme} {code} : {len(types)} types lisibles")
    return 0
