"""`espace-sante traces verify`: the sealed log of the traces, whole or in an exported history (AUD-14)."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.traces.journal_scelle import lot, temoin
from espace_sante.traces.journal_scelle.note import ClePublique

AIDE = "vérifie le journal scellé des traces, ou un historique exporté avec ses preuves"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    verifier = sous.add_parser(
        "verify",
        help="vérifie un historique exporté, sans la base ; sans fichier, tout le journal de la base",
    )
    verifier.add_argument("fichier", type=Path, nargs="?", help="historique exporté, avec ses preuves (JSON)")
    verifier.add_argument("--export", type=Path, metavar="FILE", help="le même fichier, sous un autre nom")
    verifier.add_argument(
        "--temoin", type=Path, metavar="FILE", help="fichier témoin des têtes signées (défaut : ES_TEMOIN)"
    )
    verifier.add_argument(
        "--cle",
        metavar="CLE",
        help="clé publique du journal, ou son fichier (défaut : celle de l'installation)",
    )
    option_donnees(verifier)


def executer(options: argparse.Namespace) -> int:
    fichier = options.fichier or options.export
    return _lot(fichier, options) if fichier else _journal(options)


def _lot(fichier: Path, options: argparse.Namespace) -> int:
    # A proof is believed without the installation: neither its settings nor its database are asked for.
    dossier = Path(options.data or os.environ.get("ES_DATA", "var"))
    texte = options.cle or str(dossier / "temoin" / "cle-publique.txt")
    notes = temoin.lire(options.temoin) if options.temoin else None
    prouve = lot.verifier(fichier.read_bytes(), _cle(texte), notes)
    print(f"Entier : {prouve.entrees} entrées prouvées, dont {prouve.effacees} effacées avec leur dossier.")
    for tete in prouve.tetes:
        print(f"  {tete.origine}, {tete.taille} entrées, tête du {tete.quand:%Y-%m-%d %H:%M:%S} UTC")
    if prouve.en_attente:
        print(f"{prouve.en_attente} traces plus récentes que la dernière tête n'y sont pas encore prouvées.")
    if notes is None:
        print("Tête non comparée à un témoin (--temoin).")
    return 0


def _cle(texte: str) -> ClePublique:
    if "+" in texte and not Path(texte).exists():
        return ClePublique.lire(texte)
    try:
        return ClePublique.lire(Path(texte).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EspaceSanteError(
            "cle_absente",
            "Donnez la clé publique du journal (--cle) : une preuve ne se croit pas sur parole.",
        ) from None


def _journal(options: argparse.Namespace) -> int:
    installer(options.data)
    from espace_sante.traces.journal_scelle import ecriture, installation, verification

    fichier = options.temoin or installation.temoin()
    if not fichier.exists() and options.temoin:
        raise EspaceSanteError("temoin_absent", "Le fichier témoin est introuvable.")
    cle = _cle(options.cle) if options.cle else installation.cle_journal().publique
    debut = time.monotonic()
    with ecriture.connexion() as cx:
        rapport = verification.verifier(cx, cle, temoin.lire(fichier) if fichier.exists() else ())
    print(
        f"{rapport.feuilles} entrées, {rapport.effacees} effacées avec leur dossier, {rapport.tetes} têtes signées,"
        f" {rapport.en_attente} traces en attente ({time.monotonic() - debut:.1f} s)."
    )
    if not fichier.exists():
        print(
            "Aucun témoin : ce qui a été récrit avec la clé du journal ne peut pas être vu.", file=sys.stderr
        )
    if rapport.entier:
        print("Le journal est entier.")
        return 0
    print(f"LE JOURNAL N'EST PAS ENTIER. Première anomalie : {rapport.anomalies[0]}", file=sys.stderr)
    for anomalie in rapport.anomalies[1:20]:
        print(f"  aussi : {anomalie}", file=sys.stderr)
    if len(rapport.anomalies) > 20:
        print(f"  et {len(rapport.anomalies) - 20} autres", file=sys.stderr)
    return 1
