"""The portal on a small screen and on paper: a short header, long names, a document that is not cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from espace_sante.web.pro.tests import atelier
from espace_sante.web.pro.tests.navigateur import ADRESSE, jouer

pytestmark = [pytest.mark.django_db, pytest.mark.navigateur]
# Two rows of 44 px with their air; five rows were 260.
HAUTEUR_MAX = 112
LIENS = ("Trouver un dossier", "Ma matrice", "Changer de situation", "Se déconnecter")
_NOM_LONG = """() => {
    document.querySelector(".es-pro strong").textContent =
        "Dr Anne-Charlotte Marie-Antoinette de La Rochefoucauld-Montmorency";
    document.querySelector(".es-pro__detail").textContent =
        "Médecin spécialiste en endocrinologie · Centre hospitalier universitaire de Saint-Hilaire";
}"""


def _hauteur(page: Page) -> float:
    boite = page.locator(".es-entete").bounding_box()
    assert boite
    return boite["height"]


def _deborde(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("largeur", [320, 360, 768])
def test_the_header_is_short_and_the_menu_holds_the_rest(largeur: int) -> None:
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/pro/")
        assert _hauteur(page) <= HAUTEUR_MAX
        page.evaluate(_NOM_LONG)
        if largeur < 576:
            assert _hauteur(page) <= HAUTEUR_MAX
        assert not _deborde(page)
        navigation = page.get_by_role("navigation", name="Principale")
        expect(navigation).to_be_hidden()
        page.locator(".es-menu-pro summary").press("Enter")
        expect(navigation).to_be_visible()
        assert not _deborde(page)
        for nom in LIENS:
            expect(navigation.locator("a, button").filter(has_text=nom)).to_be_in_viewport()
        menu, nom_complet = navigation.bounding_box(), page.locator(".es-pro").bounding_box()
        assert menu
        assert nom_complet
        if largeur < 576:
            assert menu["y"] >= nom_complet["y"] + nom_complet["height"], "the whole name shows over the menu"

    jouer(client, scenario, largeur=largeur)


def test_at_a_desk_the_links_are_in_a_row_without_a_menu() -> None:
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/pro/")
        expect(page.locator(".es-menu-pro summary")).to_be_hidden()
        for nom in LIENS:
            expect(
                page.locator(".es-entete__liens").locator("a, button").filter(has_text=nom)
            ).to_be_visible()
        assert _hauteur(page) <= HAUTEUR_MAX

    jouer(client, scenario, largeur=1280)


def test_on_paper_no_frame_cuts_the_document_and_its_own_view_is_whole() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    long = "\n".join(f"Ligne {n}" for n in range(400)).encode()
    doc = atelier.deposer(dossier_id, qui, "11488-4", "Bilan", contenu=long, mime="text/plain")
    client = atelier.averti(qui)
    patient = atelier.ouvrir(client, numero)

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/pro/patient/{patient}/documents/{doc}/")
        a_part = page.get_by_role("link", name="Ouvrir pour imprimer")
        expect(a_part).to_be_visible()
        adresse = a_part.get_attribute("href")
        page.emulate_media(media="print")
        expect(page.locator("iframe")).to_be_hidden()
        expect(page.get_by_text("Le document s’imprime à part, en entier.")).to_be_visible()
        page.goto(f"{ADRESSE}{adresse}")
        assert page.evaluate(
            "[...document.querySelectorAll('body *')].every(e => e.scrollHeight <= e.clientHeight + 1 ||"
            " getComputedStyle(e).overflowY === 'visible')"
        )
        expect(page.get_by_text("Ligne 399")).to_be_visible()

    jouer(client, scenario)
