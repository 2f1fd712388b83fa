"""`espace-sante gateway-adt`: an establishment's ADT messages, by MLLP or from files (FHR-173)."""

from __future__ import annotations

import argparse
from ipaddress import ip_address
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.kernel.errors import EspaceSanteError

AIDE = "lit les choix des patients d'un établissement dans ses messages HL7 v2 ADT"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)
    quoi = analyseur.add_mutually_exclusive_group()
    quoi.add_argument(
        "--listen",
        default="127.0.0.1:2575",
        metavar="ADRESSE:PORT",
        help="écoute MLLP, sur cette machine seulement",
    )
    quoi.add_argument(
        "--files", type=Path, nargs="+", help="lit ces fichiers, un message dans chacun, et s'arrête"
    )


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    if options.files:
        return _fichiers(options.files)
    hote, _, port = str(options.listen).rpartition(":")
    try:
        local = ip_address(hote.strip("[]")).is_loopback and port.isascii() and port.isdigit()
    except ValueError:
        local = False
    if not local:
        # MLLP has neither identity nor secrecy: a relay that ends mutual TLS stands in front.
        raise EspaceSanteError(
            "ecoute_refusee",
            "La passerelle n'écoute que sur cette machine : placez un relais TLS devant elle.",
        )
    from espace_sante.acces.adt.passerelle import ecouter

    with ecouter(hote.strip("[]"), int(port)) as serveur:
        print(f"Passerelle ADT : écoute sur {options.listen}.", flush=True)
        serveur.serve_forever()
    return 0


def _fichiers(chemins: list[Path]) -> int:
    """Each with its acknowledgement; 1 when one was refused."""
    from espace_sante.acces.adt.choix import etablissement
    from espace_sante.acces.adt.passerelle import traiter

    etablissement()
    refuses = 0
    for chemin in chemins:
        reponse = traiter(chemin.read_bytes()).decode()
        code = reponse.split("MSA|", 1)[1][:2]
        texte = reponse.split("ERR|", 1)[1].split("|")[-1].strip() if "ERR|" in reponse else ""
        refuses += code != "AA"
        print(f"{code} {chemin.name}{f' : {texte}' if texte else ''}")
    return 1 if refuses else 0
