"""No command takes a production's database for a demonstration's, by a setting that was forgotten (IDN-02, ACC-41)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from espace_sante.acces.tests.fabrique import dossier
from espace_sante.commands.__main__ import COMMANDES, main
from espace_sante.identite.installation import _temoin
from espace_sante.identite.models import Installation

LIGNES = {
    "backup": ["backup", "{tmp}/sauvegarde"],
    "demo": ["demo", "--data", "{tmp}", "--no-browser"],
    "matrice": ["matrice", "show"],
    "migrate": ["migrate"],
    "operators": ["operators", "list"],
    "conservation": ["conservation", "table"],
    "registre": ["registre", "--logiciel", "x"],
    "courriers": ["courriers", "{tmp}/courriers"],
    "signalements": ["signalements", "list"],
    "traces": ["traces", "verify"],
    "annuaire": ["annuaire", "status"],
    "clients": ["clients", "list"],
    "gateway_adt": ["gateway-adt", "--files", "{tmp}/message.er7"],
    "import_space": ["import-space", "{tmp}/copie.zip", "--cle", "{tmp}/cle.pem"],
    "keys": ["keys", "list"],
    "serve": ["serve"],
    "sandbox": ["sandbox", "reset"],
    "token": ["token", "--rpps", "99000000001"],
    "worker": ["worker"],
}
# They look at a folder, not at a database; or refuse in words of their own.
SANS_BASE = {"demo_accounts", "export", "message"}
A_PART = {"doctor", "restore"}


@pytest.fixture
def production(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A production database with a holder; the process has the settings of a test instance."""
    dossier()
    Installation.objects.create(nature="production", temoin_cle=_temoin(), depuis=timezone.now())

    def interdit(*_: object, **__: object) -> None:
        raise AssertionError("started, migrated or copied before it was refused")

    monkeypatch.setattr(subprocess, "Popen", interdit)
    monkeypatch.setattr(subprocess, "run", interdit)
    monkeypatch.setattr("espace_sante.platform.postgres.schema.migrer", interdit)
    with mock.patch.dict(
        os.environ, {"ES_DATABASE_URL": "postgresql://production", "ES_DATA": str(tmp_path)}
    ):
        yield tmp_path


def test_every_command_is_looked_at() -> None:
    assert set(COMMANDES) == set(LIGNES) | SANS_BASE | A_PART


@pytest.mark.parametrize("commande", sorted(LIGNES))
@pytest.mark.rule("IDN-02")
def test_refused_with_one_line_before_anything(
    production: Path, commande: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([mot.format(tmp=production) for mot in LIGNES[commande]]) == 1
    dit = capsys.readouterr().err
    assert dit.count("\n") == 1
    assert "instance de production" in dit
    assert "ES_INSTANCE=production" in dit
    assert not (production / "demonstration.env").exists()


def test_doctor_says_it(production: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    lignes = [ligne for ligne in capsys.readouterr().out.splitlines() if "nature de l'instance" in ligne]
    assert "À RÉPARER" in lignes[0]
    assert "ES_INSTANCE=production" in lignes[0]


def test_doctor_warns_when_a_production_hashes_with_the_key_of_sessions(settings: Any) -> None:
    from espace_sante.commands import doctor

    assert doctor._cle_ins() == ""
    settings.ES_INSTANCE = "production"
    assert "ES_CLE_INS" in doctor._cle_ins()
    settings.ES_CLE_INS = "i" * 60
    assert doctor._cle_ins() == ""
