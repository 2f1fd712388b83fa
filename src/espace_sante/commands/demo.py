"""`espace-sante demo`: everything the product needs on this machine, with a synthetic population.

Serves until interrupted; a second start on the same folder keeps its state.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType

from espace_sante.commands.installation import installer, mettre_a_jour
from espace_sante.commands.serve import lancer_granian, vider_mesures
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.postgres import embarque

AIDE = "démarre une démonstration complète sur cette machine (données fictives)"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    analyseur.add_argument(
        "--data", metavar="DIR", default="var/demo", help="dossier des données (défaut : var/demo)"
    )
    analyseur.add_argument("--port", type=int, default=8000, help="port web (défaut : 8000)")
    analyseur.add_argument("--population", type=int, default=200, help="titulaires fictifs (défaut : 200)")
    analyseur.add_argument("--seed", type=int, default=1, help="graine de la population (défaut : 1)")
    analyseur.add_argument("--no-browser", action="store_true", help="n'ouvre pas le navigateur")


class _Demonstration:
    """The processes of a demonstration: started together, stopped together."""

    def __init__(self, donnees: Path, port: int) -> None:
        self.donnees, self.port = donnees, port
        self.enfants: dict[str, subprocess.Popen[bytes]] = {}

    def lancer(self) -> None:
        vider_mesures(self.donnees)
        # Their own session: an interrupt at the keyboard reaches this process, which stops them in order.
        self.enfants["web"] = lancer_granian("127.0.0.1", self.port, start_new_session=True)
        travail = [sys.executable, "-m", "espace_sante.commands", "worker"]
        courriels = [sys.executable, "-m", "espace_sante.simulateurs.courriels.reception"]
        for nom, ligne in (("travail de fond", travail), ("courriels", courriels)):
            self.enfants[nom] = subprocess.Popen(ligne, start_new_session=True)

    def fini(self) -> str | None:
        """Name of a process that has ended, None while all run."""
        return next((nom for nom, enfant in self.enfants.items() if enfant.poll() is not None), None)

    def attendre_pret(self, limite_s: float = 60) -> None:
        fin = time.monotonic() + limite_s
        while time.monotonic() < fin:
            if self.fini() == "web":
                break
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sante", timeout=5),
            ):
                return
            time.sleep(0.1)
        raise EspaceSanteError(
            "demarrage", "Le serveur web n'a pas démarré : le port est peut-être déjà pris."
        )

    def arreter(self) -> None:
        for enfant in self.enfants.values():
            with contextlib.suppress(ProcessLookupError):
                enfant.terminate()
        for enfant in self.enfants.values():
            try:
                enfant.wait(15)
            except subprocess.TimeoutExpired:
                enfant.kill()
        embarque.arreter(self.donnees)


def executer(options: argparse.Namespace) -> int:
    debut = time.monotonic()
    donnees = Path(options.data).resolve()
    donnees.mkdir(parents=True, exist_ok=True)
    adresse = f"http://localhost:{options.port}"
    reglages = {
        "ES_INSTANCE": "demonstration",
        "ES_SIMULATEURS": "oui",
        "ES_BASE_URL": adresse,
        "ES_SMTP_PORT": str(options.port + 1001),
    }
    if xsd := os.environ.get("ES_CDA_XSD"):
        reglages["ES_CDA_XSD"] = xsd
    installer(str(donnees), verifier=False, **reglages)
    mettre_a_jour()
    # Only now: a folder or a database that is not a demonstration's has been refused.
    (donnees / "demonstration.env").write_text("".join(f"{c}={v}\n" for c, v in reglages.items()))
    _preparer(options.population, options.seed)
    demonstration = _Demonstration(donnees, options.port)

    def interrompre(_signal: int, _cadre: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrompre)
    try:
        demonstration.lancer()
        demonstration.attendre_pret()
        _annoncer(donnees, adresse, time.monotonic() - debut)
        while (fini := demonstration.fini()) is None:
            time.sleep(0.5)
        raise EspaceSanteError("arret", f"Le processus « {fini} » de la démonstration s'est arrêté.")
    except KeyboardInterrupt:
        print("\nArrêt…", flush=True)
    finally:
        demonstration.arreter()
    return 0


def _preparer(population: int, graine: int) -> None:
    from espace_sante.acces.matrice import charger_illustrative

    charger_illustrative()
    from django.db import connections

    connections.close_all()
    fait = subprocess.run(
        [sys.executable, "-m", "espace_sante.simulateurs.peuplement", str(population), str(graine)]
    )
    if fait.returncode:
        raise EspaceSanteError("population", "La population fictive n'a pas pu être chargée.")


def _annoncer(donnees: Path, adresse: str, duree: float) -> None:
    import json

    from espace_sante.platform.local import COMPTES

    comptes = json.loads((donnees / COMPTES).read_text(encoding="utf-8"))
    print(f"\nEspace santé ouvert est prêt ({duree:.0f} s). Données fictives, matrice illustrative.\n")
    print(f"  Titulaires      {adresse}/espace/")
    print(f"  Professionnels  {adresse}/pro/")
    print(f"  Opérateurs      {adresse}/operation/")
    print(f"  Logiciels       {adresse}/fhir/metadata")
    print(f"  Simulateurs     {adresse}/simulateurs/  (courriels reçus : {adresse}/simulateurs/courriels/)")
    print(f"  Composants      {adresse}/composants/\n")
    print("Comptes de titulaires (identifiant / mot de passe ; le code arrive dans les courriels) :")
    for t in [t for t in comptes["titulaires"] if t["etat"] == "ACTIVE" and t["identifiant"]][:5]:
        print(f"  {t['identifiant']} / {t['mot_de_passe']}    {t['prenom']} {t['nom']}, INS {t['ins']}")
    print("Professionnels : choisissez-les dans le simulateur Pro Santé Connect, par exemple :")
    for p in comptes["professionnels"][:5]:
        print(f"  {p['prenom']} {p['nom']}, {p['profession']}, RPPS {p['rpps']}")
    print("Opérateurs (adresse / mot de passe / clé de l'application d'authentification) :")
    for o in comptes["operateurs"]:
        print(f"  {o['courriel']} / {o['mot_de_passe']} / {o['totp']}    {o['nom']}")
    if medecin := next((p for p in comptes["professionnels"] if p["structure"]), None):
        print(
            "Éditeurs : docs/interop/demarrage.md ; le client d'exemple dépose, lit, masque et supprime un document :"
        )
        print(f"  JETON=$(espace-sante token --data {donnees} --rpps {medecin['rpps']})")
        print(
            f"  python docs/interop/client/client_espace_sante.py {adresse} $JETON"
            f" {comptes['titulaires'][0]['ins']} {medecin['rpps']} 1{medecin['structure']}"
        )
        print(f"  espace-sante sandbox reset --data {donnees}    rend les données du premier jour")
    print(f"\nTous les comptes : espace-sante demo-accounts --data {donnees} --json")
    print("Arrêt : Ctrl+C.", flush=True)
