"""The page of the matrix on a phone, a tablet and a screen: by the keyboard, without overflow, clean for axe (ACC-42)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from espace_sante.web.pro.tests import atelier
from espace_sante.web.pro.tests.navigateur import ADRESSE, jouer

pytestmark = [pytest.mark.django_db, pytest.mark.navigateur]
LARGEURS = [360, 768, 1280]


def _regarder(page: Page) -> None:
    fautes = {v["id"]: [n["html"] for n in v["nodes"]] for v in Axe().run(page).response["violations"]}
    assert fautes == {}, page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.rule("ACC-42")
@pytest.mark.parametrize("largeur", LARGEURS)
def test_choosing_by_the_keyboard_comes_to_the_answer(largeur: int) -> None:
    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/matrice/")
        _regarder(page)
        page.get_by_label("Une profession").focus()
        page.keyboard.type("Pharm")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Pharmacien", exact=True)).to_be_in_viewport()
        expect(page.get_by_text("71 types de documents lisibles sur 119.")).to_be_visible()
        _regarder(page)
        page.get_by_label("Ou un type de document").select_option("SYNTH")
        page.get_by_role("button", name="Voir qui peut le lire").click()
        expect(page.get_by_role("heading", name="Synthèse", exact=True)).to_be_in_viewport()
        _regarder(page)

    jouer(Client(), scenario, largeur=largeur)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_professional_s_own_line_and_the_way_to_the_others(largeur: int) -> None:
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/pro/matrice/")
        _regarder(page)
        page.get_by_role("link", name="Ce que les autres professions peuvent lire").click()
        expect(page.get_by_role("heading", level=1, name="Qui peut lire quoi")).to_be_visible()

    jouer(client, scenario, largeur=largeur)
