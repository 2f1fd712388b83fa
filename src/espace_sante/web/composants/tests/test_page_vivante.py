"""The living page shows every component; whole sample pages render."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse

GABARITS = Path(__file__).resolve().parents[2] / "templates" / "composants"
PAGES = (
    "/composants/",
    "/composants/espace/",
    "/composants/espace/?autrui=oui",
    "/composants/pro/",
    "/composants/document/",
)


def _gabarits(adresse: str) -> set[str]:
    reponse = Client().get(adresse)
    assert reponse.status_code == 200
    return {gabarit.name for gabarit in reponse.templates if gabarit.name}


def test_chaque_composant_est_montre() -> None:
    montres = set().union(*(_gabarits(adresse) for adresse in PAGES))
    attendus = {f"composants/{p.name}" for p in GABARITS.glob("*.html")}
    assert attendus - montres == set()


def test_chaque_composant_est_explique() -> None:
    guide = (GABARITS / "README.md").read_text()
    composants = {p.stem for p in GABARITS.glob("*.html") if not p.stem.startswith("_")}
    assert {c for c in composants if f"`{c}`" not in guide} == set()


def test_agir_pour_autrui_se_dit_en_mots() -> None:
    page = Client().get("/composants/espace/?autrui=oui").content.decode()
    assert "Vous agissez pour votre fils" in page
    assert "es-personne--autrui" in page


def test_page_du_titulaire_dit_a_qui_elle_est() -> None:
    page = Client().get("/composants/espace/").content.decode()
    assert "Jeanne Lemoine" in page
    assert "67&nbsp;ans" in page
    assert 'data-couleur="2"' in page
    assert page.count('aria-current="page"') == 2  # the bar and the list's page number


def test_une_erreur_est_liee_a_son_champ() -> None:
    page = Client().get("/composants/").content.decode()
    assert 'aria-describedby="courriel-indice courriel-erreur"' in page
    assert 'id="courriel-erreur"' in page


def test_page_vivante_absente_hors_demonstration(settings: Any) -> None:
    """The room's addresses are added to the product only when settings.ES_LOCAL (config/urls.py)."""
    urls = importlib.import_module(settings.ROOT_URLCONF)
    try:
        settings.ES_LOCAL = False
        importlib.reload(urls)
        clear_url_caches()
        with pytest.raises(NoReverseMatch):
            reverse("composants:page")
    finally:
        settings.ES_LOCAL = True
        importlib.reload(urls)
        clear_url_caches()
    assert reverse("composants:page") == "/composants/"
