"""`espace-sante clients`: programs of publishers, their state, their certificates (OID-31 to OID-35).

Every change is traced with the account of the machine that made it.
"""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import date
from pathlib import Path

from django.conf import settings

from espace_sante.commands.installation import installer, option_donnees

AIDE = "montre, suspend, ferme les logiciels inscrits, les ouvre en production, change leurs certificats"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    sous.add_parser("list", help="montre les logiciels, leur état et leurs certificats")
    for nom, aide in (
        ("suspend", "plus de jeton ; ceux qui vivent sont refusés aussitôt"),
        ("resume", "met fin à une suspension"),
        ("close", "ferme pour toujours"),
        ("production", "ouvre en production après le parcours de conformité"),
        ("add-certificate", "ajoute un certificat : deux au plus servent en même temps"),
        ("remove-certificate", "retire un certificat"),
        ("hosts", "donne les hôtes prévenus des nouveaux documents ; aucun : plus de notification"),
        ("new-secret", "donne un autre secret, hors production"),
    ):
        un = sous.add_parser(nom, help=aide)
        un.add_argument("client_id", help="identifiant du logiciel")
        if nom == "production":
            un.add_argument(
                "--conforme-le", type=date.fromisoformat, help="jour du parcours réussi, AAAA-MM-JJ"
            )
        if nom == "add-certificate":
            quoi = un.add_mutually_exclusive_group(required=True)
            quoi.add_argument("--pem", type=Path, help="fichier du certificat")
            quoi.add_argument("--dn", help="nom distinctif (RFC 4514)")
        if nom == "hosts":
            un.add_argument("hotes", nargs="*", metavar="HOTE[:PORT]", help="hôtes, en plus d'aucun autre")
        if nom == "remove-certificate":
            un.add_argument("--dn", required=True, help="nom distinctif (RFC 4514)")
    for sous_analyseur in sous.choices.values():
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    if options.action == "list":
        return _lister()
    from espace_sante.acces.operation.logiciels import tracer_changement
    from espace_sante.identite.contexte import Contexte

    dit = _faire(options)
    qui = os.environ.get("SUDO_USER") or getpass.getuser()
    tracer_changement(options.action, options.client_id, contexte=Contexte("cli"), nom=qui)
    print(dit)
    return 0


def _lister() -> int:
    from espace_sante.identite.models import Logiciel

    for p in Logiciel.objects.prefetch_related("certificats").order_by("client_id"):
        print(f"{p.client_id:<44} {p.etat:<10} {p.nom} {p.version} ({p.editeur or 'sans éditeur'})")
        for c in p.certificats.all():
            if c.fin is None:
                fin = f", jusqu'au {c.expire_le:%d/%m/%Y}" if c.expire_le else ""
                print(f"    {c.dn}{fin}")
    return 0


def _faire(options: argparse.Namespace) -> str:
    from espace_sante.identite.logiciels import gestion
    from espace_sante.identite.logiciels.fiche import Dn, lire_hotes
    from espace_sante.kernel.errors import EspaceSanteError
    from espace_sante.platform import certificats

    nom: str = options.client_id
    if options.action == "suspend":
        gestion.suspendre(nom)
        return f"{nom} : suspendu."
    if options.action == "resume":
        gestion.reprendre(nom)
        return f"{nom} : rétabli."
    if options.action == "close":
        gestion.fermer(nom)
        return f"{nom} : fermé."
    if options.action == "production":
        if settings.ES_CONFORMITE and options.conforme_le is None:
            raise EspaceSanteError(
                "conformite_absente",
                "Donnez le jour du parcours de conformité (--conforme-le), ou ES_CONFORMITE=non.",
            )
        gestion.ouvrir_production(nom, options.conforme_le)
        return f"{nom} : ouvert en production."
    if options.action == "hosts":
        hotes = lire_hotes(" ".join(options.hotes))
        gestion.changer_hotes(nom, hotes)
        return f"{nom} : {', '.join(hotes) or 'aucun hôte'}."
    if options.action == "add-certificate":
        if options.pem:
            lu = certificats.lire_pem(options.pem.read_text())
            dn = Dn(lu.dn, lu.expire_le.isoformat())
        else:
            dn = Dn(certificats.dn_canonique(options.dn))
        gestion.ajouter_certificat(nom, dn)
        return f"{nom} : {dn.nom} ajouté."
    if options.action == "remove-certificate":
        gestion.retirer_certificat(nom, certificats.dn_canonique(options.dn))
        return f"{nom} : certificat retiré."
    if settings.ES_INSTANCE == "production":
        raise EspaceSanteError("secret_en_production", "En production, seul un certificat compte.")
    return f"{nom} : nouveau secret {gestion.nouveau_secret(nom)}"
