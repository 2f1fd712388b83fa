"""The whole path with the keyboard only, and every page of it clean for axe, at three widths."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from espace_sante.web.pro.tests import atelier, navigateur

pytestmark = [pytest.mark.django_db, pytest.mark.navigateur]


def _verifier(page: Page) -> None:
    """No accessibility fault, nothing wider than the screen."""
    fautes = Axe().run(page).response["violations"]
    assert not fautes, [(f["id"], [n["target"] for n in f["nodes"]]) for f in fautes]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.rule("ACC-01", "ACC-10", "ACC-11", "REG-19", "IDN-20")
@pytest.mark.parametrize("largeur", [360, 768, 1280])
def test_from_the_warning_to_a_document_with_the_keyboard_only(largeur: int) -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = atelier.acteur(atelier.professionnel()[0])
    for i, titre in enumerate(("Premier bilan", "Deuxième bilan", "Troisième bilan")):
        atelier.deposer(dossier_id, deposant, "11502-2", titre, jours=1 + i)
    client = atelier.connecter(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        touche = page.keyboard.press
        page.goto(f"{navigateur.ADRESSE}/pro/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Avant d’ouvrir un dossier")
        _verifier(page)
        touche("Space")
        touche("Enter")
        expect(page.locator("#matricule")).to_be_focused()
        _verifier(page)
        page.keyboard.type(numero)
        touche("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce bien cette personne ?")
        _verifier(page)
        # A second Enter, pressed too fast, confirms nobody; « Oui » is one Tab away.
        touche("Enter")
        touche("Tab")
        expect(page.get_by_role("button", name=re.compile("^Oui"))).to_be_focused()
        touche("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Conditions d’accès au dossier")
        _verifier(page)
        touche("Tab")
        expect(page.locator("input[name=mode]:checked")).to_be_focused()
        touche("ArrowDown")
        touche("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Documents")
        _verifier(page)
        touche("/")
        expect(page.locator("#texte")).to_be_focused()
        touche("Escape")
        touche("ArrowDown")
        touche("ArrowDown")
        expect(page.get_by_role("link", name="Deuxième bilan")).to_be_focused()
        touche("ArrowUp")
        touche("ArrowDown")
        touche("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Deuxième bilan")
        _verifier(page)
        touche("?")
        expect(page.get_by_text("revenir à la liste des documents")).to_be_visible()
        touche("l")
        expect(page.get_by_role("heading", level=1)).to_have_text("Documents")

    navigateur.jouer(client, scenario, largeur=largeur)
    assert {t.motif for t in atelier.traces(dossier_id, "consentement")} == {"ponctuel"}


def test_one_key_shortcuts_can_be_switched_off() -> None:
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        page.goto(f"{navigateur.ADRESSE}/pro/")
        page.locator("summary", has_text="Clavier").focus()
        page.keyboard.press("Enter")
        page.locator("#raccourcis").focus()
        page.keyboard.press("Space")
        page.reload()
        page.locator("summary", has_text="Clavier").focus()
        page.keyboard.press("/")
        expect(page.locator("#matricule")).not_to_be_focused()
        page.keyboard.press("?")
        expect(page.locator("details[data-clavier]")).not_to_have_attribute("open", "")

    navigateur.jouer(client, scenario)
