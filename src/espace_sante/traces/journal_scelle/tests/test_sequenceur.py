"""The sequencer at work: within a second in the log, at once a head at the witness, and up again after a failure."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.test import override_settings

from espace_sante.traces.journal_scelle import ecriture, sequenceur, temoin
from espace_sante.traces.journal_scelle.installation import fichier_cle_publique
from espace_sante.traces.journal_scelle.note import ClePublique
from espace_sante.traces.journal_scelle.tests.atelier import Journal


@pytest.mark.rule("AUD-14")
def test_a_trace_is_in_the_log_within_a_second_and_a_head_at_the_witness(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    essais = 0

    @contextmanager
    def connexion() -> Iterator[ecriture.Connexion]:
        nonlocal essais
        essais += 1
        if essais == 1:
            raise OSError("the database is away")
        with psycopg.connect(journal.url, autocommit=True) as cx:
            yield cx

    monkeypatch.setattr(ecriture, "connexion", connexion)
    monkeypatch.setattr(sequenceur, "_REPRISE_S", 0.05)
    with override_settings(
        ES_JOURNAL_CLE=str(tmp_path / "journal.key"),
        ES_TEMOIN=str(tmp_path / "t" / "tetes.txt"),
        ES_JOURNAL_TETE_S=1,
    ):
        fin = sequenceur.lancer()
        try:
            _attendre(lambda: essais > 1)
            journal.ecrire(30)
            debut = time.monotonic()
            _attendre(lambda: journal.sql("SELECT count(*) FROM traces_feuille") == [(30,)])
            assert time.monotonic() - debut < 5, "one second on a machine that is not busy"
            _attendre(lambda: any("\n0\n" not in n for n in temoin.lire(tmp_path / "t" / "tetes.txt")))
            cle = ClePublique.lire(fichier_cle_publique().read_text())
            assert all(cle.ouvrir(n) for n in temoin.lire(tmp_path / "t" / "tetes.txt"))
        finally:
            fin.set()
            time.sleep(0.6)


def _attendre(vrai) -> None:  # type: ignore[no-untyped-def]
    fin = time.monotonic() + 30
    while time.monotonic() < fin:
        try:
            if vrai():
                return
        except FileNotFoundError:
            pass
        time.sleep(0.05)
    pytest.fail("it never came")
