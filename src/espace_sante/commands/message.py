"""`espace-sante message read`: what a message of MSSanté says, and what would be answered (XDM-13, XDM-17).

It is checked as on receipt: for who writes such messages, or looks for why one was refused. Nothing is stored; no name,
address nor number is written.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.documents.xdm.modele import ArchiveXdm
from espace_sante.kernel.ins import OID_NIR, Ins
from espace_sante.messagerie.accuses import issue, repond
from espace_sante.messagerie.composition import TAILLE_MAX
from espace_sante.messagerie.lecture import lire_message
from espace_sante.messagerie.modele import Recu

AIDE = "lit un message MSSanté et ses documents, et dit ce qui serait répondu"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True, metavar="ACTION")
    lire = sous.add_parser("read", help="lit un fichier .eml ; rien n'est gardé")
    lire.add_argument("fichier", type=Path, metavar="FICHIER.eml")
    lire.add_argument(
        "--ins", default="", metavar="MATRICULE", help="à qui est la boîte : l'INS attendu (XDM-09)"
    )
    lire.add_argument("--oid", default=OID_NIR, help="domaine de cet INS")
    lire.add_argument(
        "--retour", default="", metavar="ADRESSE", help="expéditeur de l'enveloppe (Return-Path)"
    )
    lire.add_argument("--citoyen", action="store_true", help="la boîte est celle d'un citoyen (XDM-14)")


def executer(options: argparse.Namespace) -> int:
    """Status 0 when its documents would be taken in, 1 otherwise."""
    attendu = Ins.lire(options.ins, options.oid) if options.ins else None
    reglages = Reglages(
        production=os.environ.get("ES_INSTANCE") == "production",
        attendu=attendu,
        schema=os.environ.get("ES_CDA_XSD") or None,
    )
    with options.fichier.open("rb") as fichier:
        recu = lire_message(fichier.read(TAILLE_MAX + 1), reglages, pour_citoyen=options.citoyen)
    for ligne in _dire(recu):
        print(ligne)
    resultat = issue(recu)
    if resultat is None:
        print("Réponse : aucune, ce message ne porte pas de document.")
        return 0
    erreur = resultat.erreur
    print(f"Réponse : processed{f'/Error: {erreur.code}^{erreur.texte}' if erreur else ''}")
    retour = options.retour or recu.retour
    print(
        f"  elle {'part' if repond(recu, retour) else 'ne part pas'} (Disposition-Notification-To et Return-Path)"
    )
    return 1 if erreur else 0


def _dire(recu: Recu) -> Iterator[str]:
    yield f"Préfixe du sujet : {f'XDM/{recu.version}/DDM' if recu.version else 'aucun'}"
    for nom, valeur in sorted(recu.annonces.items()):
        yield f"{nom} : {valeur}{' (démenti par le contenu)' if nom in recu.ecarts else ''}"
    for nom in sorted(set(recu.ecarts) - set(recu.annonces)):
        yield f"{nom} : absent (attendu par le contenu)"
    yield f"Pièces à lire : {len(recu.pieces)}"
    if recu.archive is not None:
        yield from _documents(recu.archive)
    elif recu.refus:
        yield f"Archive refusée : {recu.refus}"


def _documents(archive: ArchiveXdm) -> Iterator[str]:
    if archive.retenue:
        yield "Archive retenue : l'INS n'est pas celui de la boîte"
    for rang, document in enumerate(archive.documents, 1):
        m = document.entree.metadonnees
        etat = "refusé" if document.refuse else "reçu"
        yield f"Document {rang} : type {m.type.code}, {m.mime}, {m.taille} octets, {etat}"
        for constat in document.constats:
            yield f"  {constat.gravite} {constat.code} [{constat.regle}] {constat.texte}"
    for constat in archive.ecartes:
        yield f"Document écarté : {constat.code}"
