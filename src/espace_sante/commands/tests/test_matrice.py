"""`espace-sante matrice`: two people, and what the second one reads before saying yes (ACC-36, ACC-39, ACC-40)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from espace_sante.acces import matrice
from espace_sante.acces.matrice import editions
from espace_sante.acces.matrice.tests.exploitation import droit_d_ajouter
from espace_sante.acces.matrice.tests.exploitation import matrice as csv
from espace_sante.commands.__main__ import main

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sur_place(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation is this test's own transaction."""
    monkeypatch.setattr("espace_sante.commands.matrice.installer", lambda _dossier: None)
    for nom in ("proposer", "revenir", "changer_systemes", "corriger", "apercevoir", "approuver"):
        monkeypatch.setattr(editions, nom, partial(getattr(editions, nom), base="default"))
    with droit_d_ajouter():
        yield


def _dit(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["matrice", *arguments]) == 0
    return capsys.readouterr().out


def _refuse(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["matrice", *arguments]) == 1
    return capsys.readouterr().err


def _approuver(capsys: pytest.CaptureFixture[str], numero: str) -> str:
    code = re.findall(r"--apercu (\w+)", _dit(capsys, "preview", numero))[0]
    return _dit(capsys, "approve", numero, "--apercu", code, "--par", "paul")


@pytest.mark.rule("ACC-36", "ACC-39", "ACC-40")
def test_from_the_file_to_the_return(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fichier = tmp_path / "annexe.csv"
    fichier.write_text(csv("10 SYNTH O", "10 REMB N", "21 SYNTH O"))
    depuis = ("--from", "2026-01-01", "--par", "anne")
    dit = _dit(capsys, "import", str(fichier), "--edition", "Annexe", "--source", "Arrêté", *depuis)
    assert "Édition 2 chargée : 3 cellules." in dit
    assert "couples absents valent N" in dit
    assert "Médecin TRE_G15 10 : 117 absents" in dit

    vu = _dit(capsys, "preview", "2", "--cells")
    assert "Édition 2, « Annexe », proposée par anne" in vu
    assert "Comparée à l’édition 1" in vu
    assert "NON OFFICIELLE" in vu
    fermes = len(matrice.ligne(1, "TRE_G15", "10", "")) - 1
    assert f"Médecin TRE_G15 10 : {fermes} (" in vu
    assert re.search(r"Touche \d+ documents de \d+ types, dans \d+ dossiers", vu)
    code = re.findall(r"--apercu (\w+)", vu)[0]

    assert "ne peut pas l'approuver" in _refuse(capsys, "approve", "2", "--apercu", code, "--par", "ANNE")
    assert "regardez de nouveau" in _refuse(capsys, "approve", "2", "--apercu", "autre", "--par", "paul")
    assert "en attente" in _dit(capsys, "list")
    assert "approuvée par paul" in _dit(capsys, "approve", "2", "--apercu", code, "--par", "paul")
    assert "Édition 2, « Annexe »" in _dit(capsys, "show")

    _dit(capsys, "rollback", "1", *depuis)
    assert "2  en vigueur" in _dit(capsys, "list")
    _approuver(capsys, "3")
    assert matrice.cases_de(3) == matrice.cases_de(1)
    liste = _dit(capsys, "list")
    assert re.search(r"3  en vigueur.*anne / paul", liste)
    assert re.search(r"2  passée", liste)


@pytest.mark.rule("ACC-32", "ACC-45")
def test_systems_and_one_cell(capsys: pytest.CaptureFixture[str]) -> None:
    depuis = ("--from", "2026-01-01T08:00", "--par", "anne")
    _dit(capsys, "systems", "TRE_G15", *depuis)
    _approuver(capsys, "2")
    assert "systèmes actifs : TRE_G15\n" in _dit(capsys, "show")
    _dit(capsys, "cell", "TRE_G15/10/SM03", "SYNTH", "N", "--rule", "essai", *depuis)
    _approuver(capsys, "3")
    assert "SYNTH" in matrice.ligne(3, "TRE_G15", "10", "")
    assert "SYNTH" not in matrice.ligne(3, "TRE_G15", "10", "SM03")
    assert "ligne 2 : profession inconnue" in _refuse(capsys, "cell", "TRE_G15/9", "SYNTH", "N", *depuis)


@pytest.mark.rule("ACC-36")
def test_a_refused_file_names_its_lines_on_the_error_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fichier = tmp_path / "mauvais.csv"
    fichier.write_text(csv("10 SYNTH O", "10 RIEN O", "10 SYNTH N"))
    erreurs = _refuse(
        capsys, "import", str(fichier), "--edition", "x", "--from", "2027-01-01", "--par", "anne"
    )
    assert "aucune cellule n'est chargée" in erreurs
    assert "ligne 3 : type de document inconnu" in erreurs
    assert "ligne 4 : couple déjà donné à la ligne 2" in erreurs
    assert "en attente" not in _dit(capsys, "list")
