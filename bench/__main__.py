"""`make bench`: each hot path against the limit of PostgreSQL, measured in the same run.

Two server processes, 16 clients on this machine, everything included: token, decision, row-level security,
validation, durable writes, trace. Writes bench/results/latest.json and prints the table.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CLIENTS = 16
PORT = 8977
RACINE = Path(__file__).resolve().parent
XSD = Path(os.environ.get("ES_VECTORS", RACINE.parents[1] / "shared/vectors")) / "cda/xsd/CDA_extended.xsd"
DOSSIERS, FOIS = 200, 10
# XML against the JSON of the same run, which is its limit (half of it is asked).
XML = {"search_20_xml": "search_20_of_100", "feed_iti65_xml": "feed_iti65"}
# 70 % of the rates asked of each case: what an act then takes, 99 times of 100 (60 ms is asked).
CHARGE_USUELLE = {"feed_iti65": 490, "feed_iti105": 490, "search_20_of_100": 595, "retrieve_20kb": 840}
# The sealed log: measured apart, in this process (bench/journal.py).
JOURNAL = ("trace_seal", "trace_verify")


def _installer(dossier: Path) -> Any:
    os.environ.update(
        ES_INSTANCE="test", ES_SIMULATEURS="non", ES_DATA=str(dossier), ES_BASE_URL=f"http://localhost:{PORT}",
        DJANGO_SETTINGS_MODULE="espace_sante.config.settings", ES_FHIR_QUOTA="0",
        # A load test has a database of its own, whatever the environment names (AUD-23).
        ES_DATABASE_URL="", ES_DATABASE_OWNER_URL="",
        # Validation included, where the schema is.
        ES_CDA_XSD=os.environ.get("ES_CDA_XSD") or (str(XSD) if XSD.is_file() else ""),
    )  # fmt: skip
    import django

    from espace_sante.platform.postgres import embarque

    serveur = embarque.demarrer(dossier)
    django.setup()
    from espace_sante.acces.matrice import charger_illustrative
    from espace_sante.platform.postgres.schema import migrer

    migrer()
    charger_illustrative()
    return serveur


@contextlib.contextmanager
def _serveur_web() -> Iterator[subprocess.Popen[bytes]]:
    from espace_sante.commands.serve import lancer_granian

    processus = lancer_granian("127.0.0.1", PORT)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sante", timeout=2)
                break
            time.sleep(0.1)
        yield processus
    finally:
        processus.terminate()
        processus.wait()


def _resident(processus: subprocess.Popen[bytes]) -> int:
    """Largest resident memory of the server's processes, in MB."""
    enfants = subprocess.run(
        ["ps", "--ppid", str(processus.pid), "-o", "rss="], capture_output=True, text=True
    ).stdout.split()
    return max((int(rss) for rss in enfants), default=0) // 1024


def _charger(dossier: Path, requetes: list[bytes], secondes: float, par_seconde: float = 0) -> dict[str, Any]:
    from bench.charge import ecrire_fichier

    fichier = dossier / "requetes.bin"
    ecrire_fichier(fichier, requetes)
    fait = subprocess.run(
        [sys.executable, "-m", "bench.charge", str(PORT), str(fichier), str(CLIENTS), str(secondes),
         str(par_seconde)],
        capture_output=True, check=True, cwd=RACINE.parent,
    )  # fmt: skip
    fichier.unlink()
    return dict(json.loads(fait.stdout))


def _tirer(population: list[Any], graine: int) -> Iterator[Any]:
    hasard = random.Random(graine)
    return (hasard.choice(population) for _ in itertools.repeat(0))


def principal() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("cas", nargs="*", help="only these cases")
    options.add_argument("--secondes", type=float, default=6)
    options.add_argument(
        "--sans-croissance", action="store_true", help="skip the figures at 10 times the data"
    )
    o = options.parse_args()
    dossier = Path(tempfile.mkdtemp(prefix="es-banc-"))
    dossier.chmod(0o755)
    serveur = _installer(dossier)
    try:
        resultats = _mesurer(dossier, serveur, o)
    finally:
        from espace_sante.platform.postgres import embarque

        embarque.arreter(dossier)
        shutil.rmtree(dossier, ignore_errors=True)
    _rendre(resultats)


def _mesurer(dossier: Path, serveur: Any, o: argparse.Namespace) -> dict[str, Any]:
    from bench import cas, donnees, historique, limites, plein_texte
    from espace_sante.commands.jetons import pour_professionnel
    from espace_sante.platform.postgres import embarque

    voulus = o.cas or [
        "feed_iti65",
        "feed_iti105",
        "search_20_of_100",
        "retrieve_20kb",
        *XML,
        "decide",
        "fulltext_2000",
        "history_10000",
        *JOURNAL,
    ]
    donnees.annuaire()
    a_part = {"fulltext_2000": plein_texte.mesurer, "history_10000": historique.mesurer}
    seuls = {nom: mesure for nom, mesure in a_part.items() if nom in voulus}
    if set(voulus) <= {*a_part, *JOURNAL}:
        # No server, no population: these cases make their own data.
        return {nom: mesure() for nom, mesure in seuls.items()} | _journal(dossier, voulus, o)
    jeton = pour_professionnel(donnees.RPPS)
    requetes, modele = cas.Requetes(jeton), cas.Modele()
    dossiers = donnees.creer(0, DOSSIERS)
    enregistrements = _enregistrer(requetes, modele, dossiers, limites)
    lisibles = donnees.remplir(enregistrements["document"], dossiers)
    n = int(1600 * o.secondes)
    fabriques: dict[str, Callable[[], list[bytes]]] = {
        "feed_iti65": lambda: requetes.feed_iti65(_tirer(dossiers, 1), modele, n),
        "feed_iti105": lambda: requetes.feed_iti105(_tirer(dossiers, 2), modele, n),
        "search_20_of_100": lambda: requetes.search_20_of_100(_tirer(dossiers, 3), 3 * n),
        "retrieve_20kb": lambda: requetes.retrieve_20kb(_tirer(lisibles, 4), 3 * n),
        "search_20_xml": lambda: requetes.search_20_xml(_tirer(dossiers, 5), 3 * n),
        "feed_iti65_xml": lambda: requetes.feed_iti65_xml(_tirer(dossiers, 6), modele, n),
    }
    # Searches first: deposits make the records grow.
    ordre = [c for c in ("search_20_of_100", "retrieve_20kb", "feed_iti65", "feed_iti105") if c in voulus]
    resultats: dict[str, Any] = {}

    def passer(nom: str) -> dict[str, Any]:
        _charger(dossier, fabriques[nom]()[:400], 2)
        mesure = _charger(dossier, fabriques[nom](), o.secondes)
        # The limit is drawn over the records that there are now.
        script = enregistrements[nom].replace(f"random(1, {DOSSIERS})", f"random(1, {len(dossiers)})")
        limite = limites.pgbench(
            serveur, embarque.BASE, script, clients=CLIENTS, secondes=int(o.secondes), dossier=dossier
        )
        print(f"  {nom:18} {mesure['par_seconde']:8.0f}/s  limit {limite:8.0f}/s", flush=True)
        return _cas(mesure, limite)

    with _serveur_web() as web:
        limites.reposer(serveur)
        for nom in ordre:
            resultats[nom] = passer(nom)
            usuelle = _charger(dossier, fabriques[nom](), o.secondes, CHARGE_USUELLE[nom])
            resultats[nom]["p99_ms_at_70"] = usuelle["p99_ms"]
            print(f"  {'':18} at {CHARGE_USUELLE[nom]}/s: p99 {usuelle['p99_ms']:.1f} ms", flush=True)
            # At once, over the same records: deposits make them grow.
            for xml in (x for x, json_ in XML.items() if json_ == nom and x in voulus):
                _charger(dossier, fabriques[xml]()[:400], 2)
                resultats[xml] = _cas(
                    _charger(dossier, fabriques[xml](), o.secondes), resultats[nom]["value"]
                )
        if not o.sans_croissance:
            print("  at 10 times the documents", flush=True)
            plus = donnees.creer(DOSSIERS, DOSSIERS * FOIS)
            lisibles += donnees.remplir(enregistrements["document"], plus)
            dossiers += plus
            limites.reposer(serveur)
            for nom in ordre:
                fois = passer(nom)
                resultats[nom] |= {"at_10x": fois["value"], "limit_at_10x": fois["limit"]}
        resultats["memoire_mb"] = _resident(web)
    if "decide" in voulus:
        d = cas.decide()
        resultats["decide"] = {
            "value": d["mediane"], "unit": "µs", "limit": 5, "limit_unit": "µs", "ratio": 5 / d["mediane"],
            "p50_ms": d["mediane"] / 1000, "p99_ms": d["max"] / 1000, "errors": 0, "n": 1_000_000,
        }  # fmt: skip
    resultats |= {nom: mesure() for nom, mesure in seuls.items()}
    return resultats | _journal(dossier, voulus, o)


def _journal(dossier: Path, voulus: list[str], o: argparse.Namespace) -> dict[str, Any]:
    if not set(voulus) & set(JOURNAL):
        return {}
    from bench import journal

    return journal.mesurer(dossier, voulus, croissance=not o.sans_croissance)


def _cas(mesure: dict[str, Any], limite: float) -> dict[str, Any]:
    return {
        "value": mesure["par_seconde"],
        "unit": "1/s",
        "limit": limite,
        "limit_unit": "1/s",
        "ratio": mesure["par_seconde"] / limite,
        "p50_ms": mesure["p50_ms"],
        "p99_ms": mesure["p99_ms"],
        "errors": sum(mesure["erreurs"].values()),
        "error_statuses": mesure["erreurs"],
        "n": mesure["n"],
    }


def _enregistrer(requetes: Any, modele: Any, dossiers: list[Any], limites: Any) -> dict[str, Any]:
    """Do one act of each kind in this process, through the real view, and keep its statements for pgbench."""
    from django.db import connection

    from espace_sante.documents.models import Document
    from espace_sante.platform.postgres.rls import portee

    numeros = [str(d.id) for d in dossiers]
    faits: dict[str, Any] = {}

    def jouer(brute: bytes) -> list[str]:
        _appeler(brute)
        with limites.enregistrer() as ordres:
            statut = _appeler(brute_de_rechange())
        assert 200 <= statut < 300, statut
        return list(ordres)

    premier = itertools.repeat(dossiers[0])
    for nom in ("feed_iti65", "feed_iti105"):

        def brute_de_rechange(nom: str = nom) -> bytes:
            return bytes(getattr(requetes, nom)(premier, modele, 1)[0])

        faits[nom] = limites.script(jouer(brute_de_rechange()), numeros)
    with portee(dossiers[0].id):
        faits["document"] = Document.objects.values_list("id", flat=True).first()
    lisible = itertools.repeat((dossiers[0], faits["document"]))

    def brute_de_rechange() -> bytes:
        return bytes(requetes.search_20_of_100(premier, 1)[0])

    faits["search_20_of_100"] = limites.script(jouer(brute_de_rechange()), numeros)

    def brute_de_rechange() -> bytes:
        return bytes(requetes.retrieve_20kb(lisible, 1)[0])

    texte = limites.script(jouer(brute_de_rechange()), numeros, fixes=frozenset({faits["document"].hex}))
    # The document read is one of the record drawn.
    faits["retrieve_20kb"] = (
        texte.replace(f"'{faits['document'].hex}'::uuid", "(:doc)::uuid")
        .replace("AS d ", "AS d, (SELECT doc FROM bench_dossiers WHERE n = :n) AS doc ", 1)
        .replace("AS d,", "AS d, (SELECT doc FROM bench_dossiers WHERE n = :n) AS doc,", 1)
    )
    connection.close()
    return faits


def _appeler(brute: bytes) -> int:
    from django.test import Client

    entete, _, corps = brute.partition(b"\r\n\r\n")
    ligne, *autres = entete.decode().split("\r\n")
    methode, chemin, _ = ligne.split(" ")
    champs = dict(a.split(": ", 1) for a in autres)
    type_ = champs.pop("Content-Type", "application/octet-stream")
    champs.pop("Content-Length", None)
    client = Client(headers=champs)
    return int(client.generic(methode, chemin, corps, content_type=type_).status_code)


def _rendre(resultats: dict[str, Any]) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    memoire = resultats.pop("memoire_mb", None)
    sortie = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "commit": commit,
        "server_process_mb": memoire,
        "cases": resultats,
    }
    fichier = RACINE / "results" / "latest.json"
    fichier.parent.mkdir(exist_ok=True)
    fichier.write_text(json.dumps(sortie, indent=1, ensure_ascii=False) + "\n")
    print(
        f"\n{'case':18} {'value':>10} {'limit':>10} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7} {'errors':>6}"
        f" {'10x':>8} {'limit':>8} {'ratio':>6}"
    )
    for nom, r in resultats.items():
        print(
            f"{nom:18} {r['value']:10.1f} {r['limit']:10.1f} {r['ratio']:6.2f} {r['p50_ms']:7.2f} {r['p99_ms']:7.2f}"
            f" {r['errors']:6}"
            + (
                f" {r['at_10x']:8.0f} {r['limit_at_10x']:8.0f} {r['at_10x'] / r['limit_at_10x']:6.2f}"
                if "at_10x" in r
                else ""
            )
        )
    print(f"server process: {memoire} MB resident; written to bench/results/latest.json")


if __name__ == "__main__":
    principal()
