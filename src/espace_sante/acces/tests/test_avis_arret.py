"""kill -9 between the commit of an act and the message it must send: nothing is lost, one repetition at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from espace_sante.platform.postgres import embarque

pytestmark = pytest.mark.lent
_RACINE = Path(__file__).resolve().parents[4]
_DEBUT = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, datetime, timedelta
from espace_sante.notifications.envois import envoyer_dus
QUAND = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
def mourir(): os.kill(os.getpid(), signal.SIGKILL)
def noter(adresse, sujet, texte):
    with open(sys.argv[1], "a") as f:
        print(adresse, file=f, flush=True)
        os.fsync(f.fileno())
"""
_DEPOSER_PUIS_MOURIR = """
from espace_sante.acces.tests.fabrique import dossier
from espace_sante.identite.models import Titulaire
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.platform.postgres.rls import portee
d, _ = dossier(77)
with portee(d):
    Titulaire.objects.filter(dossier_id=d).update(courriel="lou@exemple.test")
    deposer(d, Genre.ACCES_URGENCE, QUAND, qui="Dr Anne Morel")
mourir()
"""
_MOURIR_AVANT_DE_COMMITTER = """
from espace_sante.acces.tests.fabrique import dossier
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.platform.postgres.rls import portee
d, _ = dossier(78)
with portee(d):
    deposer(d, Genre.ACCES_URGENCE, QUAND, qui="Dr Anne Morel")
    mourir()
"""
_MOURIR_AVANT_DE_REMETTRE = "envoyer_dus(QUAND, remettre=lambda *_: mourir())"
_MOURIR_APRES_AVOIR_REMIS = (
    "envoyer_dus(QUAND + timedelta(minutes=5), remettre=lambda *m: (noter(*m), mourir()))"
)
_TROP_TOT = "envoyer_dus(QUAND + timedelta(minutes=7), remettre=noter)"
_APRES_LE_BAIL = "envoyer_dus(QUAND + timedelta(minutes=11), remettre=noter)"
# What was never committed would be a letter, for want of an address.
_PLUS_TARD = """
from espace_sante.notifications.queries import courriers_en_attente
envoyer_dus(QUAND + timedelta(days=2), remettre=noter)
assert not courriers_en_attente()
"""


@pytest.mark.rule("EMG-11", "DOC-65")
def test_nothing_is_lost_and_one_repetition_at_most(postgres: str, tmp_path: Path) -> None:
    serveur = embarque.demarrer(Path(os.environ["ES_TEST_DATA"]), {"fsync": "off", "max_connections": "200"})
    base = f"arret_{os.getpid()}"
    embarque.creer_base(serveur, base, embarque.BASE)
    recus = tmp_path / "recus"
    recus.touch()

    def lancer(suite: str) -> int:
        donnees = tmp_path / "donnees"
        donnees.mkdir(exist_ok=True)
        environnement = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "espace_sante.config.settings",
            "PYTHONPATH": os.pathsep.join([str(_RACINE), str(_RACINE / "src")]),
            "ES_DATA": str(donnees),
            "ES_DATABASE_URL": serveur.url(embarque.APPLICATION, base),
            "ES_DATABASE_OWNER_URL": serveur.url(embarque.PROPRIETAIRE, base),
        }
        return subprocess.run(
            [sys.executable, "-c", _DEBUT + suite, str(recus)], env=environnement, check=False, timeout=60
        ).returncode

    def remis() -> int:
        return len(recus.read_text().splitlines())

    mort = -signal.SIGKILL
    assert lancer(_DEPOSER_PUIS_MOURIR) == mort
    assert lancer(_MOURIR_AVANT_DE_COMMITTER) == mort
    assert lancer(_MOURIR_AVANT_DE_REMETTRE) == mort
    assert remis() == 0
    assert lancer(_MOURIR_APRES_AVOIR_REMIS) == mort
    assert remis() == 1
    assert lancer(_TROP_TOT) == 0
    assert remis() == 1
    assert lancer(_APRES_LE_BAIL) == 0
    assert remis() == 2
    assert lancer(_PLUS_TARD) == 0
    assert remis() == 2
    assert recus.read_text().split() == ["lou@exemple.test"] * 2
