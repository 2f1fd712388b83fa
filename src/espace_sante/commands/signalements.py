"""`espace-sante signalements`: the operator's queue of reports and requests, and watch alerts (AUD-19, AUD-21).

What a holder wrote is never printed: it goes to a file that only the operator reads. The pages of /operation/ do the
same with a login of two factors; here each acts from his own account on the machine.
"""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from espace_sante.commands.installation import installer, option_donnees

if TYPE_CHECKING:
    from espace_sante.identite.acteurs import Acteur
    from espace_sante.traces.signalements import EnFile

AIDE = "suit les signalements et les demandes des titulaires, et les alertes de veille"
_ETAPES = ("justification_demandee", "repondu", "refuse", "compte_suspendu", "transmis", "clos")


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    liste = sous.add_parser("list", help="montre la file, la réponse la plus proche d'abord")
    lire = sous.add_parser("read", help="écrit un signalement dans un fichier")
    lire.add_argument("numero")
    lire.add_argument("fichier", type=Path)
    avancer = sous.add_parser("step", help="fait une étape ; le titulaire la voit")
    avancer.add_argument("numero")
    avancer.add_argument("etape", choices=_ETAPES)
    avancer.add_argument("--texte", type=Path, help="fichier du texte adressé au titulaire")
    alertes = sous.add_parser("alerts", help="montre les alertes de veille")
    alertes.add_argument("--jours", type=int, default=30)
    for sous_analyseur in (liste, lire, avancer, alertes):
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.acces import signalements
    from espace_sante.acces.surveillance import alertes
    from espace_sante.identite.acteurs import Acteur
    from espace_sante.identite.contexte import Contexte
    from espace_sante.kernel.codes import GenreActeur
    from espace_sante.traces.signalements import Etape

    acteur = Acteur(GenreActeur.OPERATEUR, nom=getpass.getuser())
    contexte = Contexte("cli")
    if options.action == "list":
        for s in signalements.file_d_attente(acteur):
            print(f"{s.numero}  {s.nature:<14} {s.etape:<22} réponse avant le {s.echeance:%d/%m/%Y}")
    elif options.action == "alerts":
        depuis = (datetime.now(UTC) - timedelta(days=options.jours)).date()
        for a in alertes(acteur, depuis=depuis):
            print(f"{a.jour:%d/%m/%Y}  {a.rpps}  {a.regle:<22} {a.nombre}")
    elif options.action == "read":
        vise = _trouver(acteur, options.numero)
        vu, permises = signalements.traiter(acteur, vise.dossier_id, vise.signalement_id, contexte=contexte)
        with open(options.fichier, "w", encoding="utf-8", opener=_prive) as sortie:
            sortie.write(f"{vu.numero} {vu.nature} {vu.raison} {vu.objet_id}\n\n{vu.texte}\n")
        print(f"Étapes possibles : {', '.join(sorted(permises)) or 'aucune'}")
    else:
        vise = _trouver(acteur, options.numero)
        texte = options.texte.read_text(encoding="utf-8") if options.texte else ""
        signalements.avancer(
            acteur, vise.dossier_id, vise.signalement_id, Etape(options.etape), texte, contexte=contexte
        )
        print(f"{options.numero} : {options.etape}")
    return 0


def _trouver(acteur: Acteur, numero: str) -> EnFile:
    from espace_sante.acces.signalements import file_d_attente
    from espace_sante.traces.signalements import SignalementRefuse

    for s in file_d_attente(acteur):
        if s.numero == numero:
            return s
    raise SignalementRefuse("signalement_introuvable", f"{numero} n'est pas dans la file.")


def _prive(chemin: str, modes: int) -> int:
    return os.open(chemin, modes, 0o600)
