"""The operator's commands: nothing of what a holder wrote is printed (AUD-19, EMG-11, REG-12)."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import pytest

from espace_sante.acces import signalements
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.commands import courriers
from espace_sante.commands import signalements as commande
from espace_sante.notifications.envois import envoyer_dus
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
TEXTE = "Mon adresse est fausse depuis deux ans."


@pytest.fixture(autouse=True)
def _deja_la(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (commande, courriers):
        monkeypatch.setattr(module, "installer", lambda _: None)


def _lancer(module: object, *arguments: str) -> None:
    analyseur = argparse.ArgumentParser()
    module.configurer(analyseur)  # type: ignore[attr-defined]
    assert module.executer(analyseur.parse_args(arguments)) == 0  # type: ignore[attr-defined]


@pytest.mark.rule("AUD-19", "REG-12")
def test_the_queue_is_listed_read_into_a_file_and_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier_id, _ = dossier()
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        numero = signalements.demander_rectification(espace, TEXTE).numero
    _lancer(commande, "list")
    _lancer(commande, "read", numero, str(tmp_path / "lu.txt"))
    reponse = tmp_path / "reponse.txt"
    reponse.write_text("L’auteur a corrigé son document.", encoding="utf-8")
    _lancer(commande, "step", numero, "repondu", "--texte", str(reponse))
    _lancer(commande, "step", numero, "clos")
    _lancer(commande, "alerts")
    assert TEXTE in (tmp_path / "lu.txt").read_text(encoding="utf-8")
    assert (tmp_path / "lu.txt").stat().st_mode & 0o077 == 0
    dit = capsys.readouterr().out
    assert numero in dit and "repondu" in dit
    for interdit in (TEXTE, "MARTIN", str(dossier_id), "corrigé"):
        assert interdit not in dit
    with pytest.raises(signalements.SignalementRefuse):
        _lancer(commande, "read", numero, str(tmp_path / "x"))


@pytest.mark.rule("EMG-11", "REG-12")
def test_letters_are_written_once_for_the_post(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dossier_id, _ = dossier()
    quand = datetime(2026, 11, 20, tzinfo=UTC)
    with portee(dossier_id):
        deposer(dossier_id, Genre.ACCES_URGENCE, quand, qui="Dr Anne Morel", motif="Coma")
    envoyer_dus(quand)
    for _ in range(2):
        _lancer(courriers, str(tmp_path / "lettres"))
    (lettre,) = (tmp_path / "lettres").iterdir()
    assert lettre.read_bytes().startswith(b"%PDF") and lettre.stat().st_mode & 0o077 == 0
    dit = capsys.readouterr().out
    assert "1 lettre(s)" in dit and "0 lettre(s)" in dit
    assert not [m for m in ("Morel", "Coma", "MARTIN") if m in dit]
