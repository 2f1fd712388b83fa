"""`espace-sante registre`: the profiles that an incident touched, for the authority and for the holders (rule REG-14)."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from espace_sante.commands.installation import installer, option_donnees

AIDE = "liste les dossiers touchés par un incident, d'après les traces"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument("--professionnel", default="", metavar="RPPS", help="qui a agi")
    analyseur.add_argument("--logiciel", default="", metavar="CLIENT", help="avec quel logiciel")
    analyseur.add_argument("--structure", default="", metavar="ID", help="pour quelle structure")
    analyseur.add_argument("--du", type=date.fromisoformat, help="premier jour, AAAA-MM-JJ")
    analyseur.add_argument("--au", type=date.fromisoformat, help="dernier jour, AAAA-MM-JJ")
    analyseur.add_argument("--par", default="", help="qui demande (défaut : votre compte sur cette machine)")
    option_donnees(analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.acces.registre.queries import Incident, profils_touches

    incident = Incident(
        rpps=options.professionnel,
        logiciel=options.logiciel,
        structure_id=options.structure,
        du=_minuit(options.du) if options.du else None,
        au=_minuit(options.au + timedelta(days=1)) if options.au else None,
    )
    par = options.par or os.environ.get("SUDO_USER") or getpass.getuser()
    touches = profils_touches(incident, par=par)
    print("dossier;premier acte;dernier acte;actes")
    for t in touches:
        print(f"{t.dossier_id};{t.premier:%Y-%m-%dT%H:%M:%SZ};{t.dernier:%Y-%m-%dT%H:%M:%SZ};{t.actes}")
    return 0


def _minuit(jour: date) -> datetime:
    return datetime(jour.year, jour.month, jour.day, tzinfo=ZoneInfo("Europe/Paris"))
