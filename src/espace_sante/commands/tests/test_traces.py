"""`traces verify`: an export without the product's database, the whole log with it; exit 0 only if whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from espace_sante.commands import traces
from espace_sante.commands.__main__ import main
from espace_sante.traces.journal_scelle import ecriture
from espace_sante.traces.journal_scelle.note import CleJournal
from espace_sante.traces.journal_scelle.tests.atelier import CLE, Journal
from espace_sante.traces.journal_scelle.tests.atelier import journal as un_journal
from espace_sante.traces.journal_scelle.tests.test_lot import DOSSIER, lot_du_dossier


@pytest.fixture
def rempli(postgres: str, tmp_path: Path) -> Iterator[Journal]:
    with un_journal(tmp_path) as ici:
        ici.ecrire(200)
        ici.ecrire(60, [DOSSIER])
        ici.sceller()
        ici.publier()
        yield ici


@pytest.mark.rule("AUD-14")
def test_an_export_is_verified_without_the_database(
    rempli: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "installer", None)
    fichier = tmp_path / "historique.json"
    fichier.write_bytes(lot_du_dossier(rempli))
    commande = ["traces", "verify", str(fichier), "--temoin", str(rempli.temoin)]
    assert main([*commande, "--cle", str(CLE.publique)]) == 0
    assert "60 entrées prouvées" in capsys.readouterr().out
    assert main([*commande, "--data", str(tmp_path)]) == 1, "no key: nothing is believed"
    assert main([*commande, "--cle", str(CleJournal("essai.example/traces", bytes(32)).publique)]) == 1
    lot = orjson.loads(fichier.read_bytes())
    entree = lot["journaux"][0]["entrees"][30]
    entree[3][5] = "Dr Autre"
    fichier.write_bytes(orjson.dumps(lot))
    capsys.readouterr()
    assert main([*commande, "--cle", str(CLE.publique)]) == 1
    assert f"rang {entree[0]} " in capsys.readouterr().err


@pytest.mark.rule("AUD-14")
def test_the_whole_log_is_verified_against_the_witness(
    rempli: Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def connexion() -> Iterator[Any]:
        yield rempli.cx

    monkeypatch.setattr(traces, "installer", lambda _: None)
    monkeypatch.setattr(ecriture, "connexion", connexion)
    commande = ["traces", "verify", "--temoin", str(rempli.temoin), "--cle", str(CLE.publique)]
    assert main(commande) == 0
    assert "Le journal est entier" in capsys.readouterr().out
    rempli.sql("UPDATE traces_trace SET motif = 'x' WHERE dossier_id = %s", DOSSIER)
    assert main(commande) == 1
    assert "Première anomalie : fragment" in capsys.readouterr().err
    assert main([*commande[:3], "absent.txt", *commande[4:]]) == 1
