"""Nothing starts in production before each place that holds data has declared its country."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from espace_sante.commands.__main__ import main
from espace_sante.commands.doctor import _hebergement


@pytest.mark.rule("REG-15")
@pytest.mark.parametrize("commande", ["serve", "worker", "migrate"])
def test_nothing_starts_in_production_without_it(
    commande: str, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module(f"espace_sante.commands.{commande}")
    rien: Callable[..., Path] = lambda *_, **__: Path("/nowhere")  # noqa: E731
    monkeypatch.setattr(module, "installer", rien)
    settings.ES_INSTANCE, settings.ES_PAYS_HEBERGEMENT = "production", {}
    monkeypatch.setenv("ES_INSTANCE", "production")
    assert main([commande]) == 1
    erreur = capsys.readouterr().err
    assert "Hébergement refusé" in erreur
    assert len(erreur.splitlines()) == 1


@pytest.mark.rule("REG-15")
def test_doctor_says_it_too(settings: Any) -> None:
    settings.ES_INSTANCE, settings.ES_PAYS_HEBERGEMENT = "production", {}
    assert "ES_PAYS_BASE" in _hebergement()
    settings.ES_PAYS_HEBERGEMENT = dict.fromkeys(
        ("ES_PAYS_BASE", "ES_PAYS_CLES", "ES_PAYS_SAUVEGARDE", "ES_PAYS_COURRIEL"), "FR"
    )
    assert _hebergement() == ""
