"""Consent forms, first view and public table in a browser: three widths, keyboard, axe (ACC-13, ACC-23, ACC-64, ACC-65)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from espace_sante.web.pro.tests import atelier
from espace_sante.web.pro.tests.navigateur import ADRESSE, jouer

pytestmark = [pytest.mark.django_db, pytest.mark.navigateur]
LARGEURS = [360, 768, 1280]


def _regarder(page: Page) -> None:
    fautes = {v["id"]: [n["html"] for n in v["nodes"]] for v in Axe().run(page).response["violations"]}
    assert fautes == {}, page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.rule("ACC-13", "ACC-23", "ACC-64")
@pytest.mark.parametrize("largeur", LARGEURS)
def test_an_express_consent_then_a_colleague_then_everything(largeur: int) -> None:
    dossier_id, numero = atelier.creer_dossier()
    (moi,), (confrere,) = atelier.professionnel(savoir_faire="SM25"), atelier.professionnel()
    qui = atelier.acteur(moi)
    atelier.deposer(dossier_id, qui, "11502-2", "Analyse ancienne", jours=1000)
    client = atelier.averti(qui)
    cle = atelier.confirmer(client, numero)

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/pro/patient/{cle}/")
        _regarder(page)
        page.locator("#informe").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Enregistrer et ouvrir le dossier").press("Enter")
        expect(page.get_by_text("Aucun document récent")).to_be_visible()
        _regarder(page)
        page.get_by_role("button", name="Voir tout").press("Enter")
        expect(page.get_by_role("link", name="Analyse ancienne")).to_be_visible()
        _regarder(page)
        page.goto(f"{ADRESSE}/pro/patient/{cle}/")
        page.get_by_text("Adresser la personne à un confrère").click()
        _regarder(page)
        page.get_by_label("Numéro RPPS du confrère").fill("00000000000")
        page.get_by_role("button", name="Enregistrer l’accord pour ce confrère").press("Enter")
        expect(page.get_by_text("Vérifiez-le avec votre confrère")).to_be_visible()
        expect(page.get_by_label("Numéro RPPS du confrère")).to_be_visible()
        _regarder(page)
        page.get_by_label("Numéro RPPS du confrère").fill(confrere.professionnel_id)
        page.get_by_role("button", name="Enregistrer l’accord pour ce confrère").press("Enter")
        expect(page.get_by_text("Votre confrère peut ouvrir ce dossier")).to_be_visible()
        _regarder(page)

    jouer(client, scenario, largeur=largeur)


@pytest.mark.rule("ACC-65")
@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_public_table_reads_at_every_width(largeur: int) -> None:
    client = atelier.connecter(atelier.acteur(atelier.professionnel()[0]))

    def scenario(page: Page) -> None:
        page.goto(f"{ADRESSE}/matrice/")
        page.locator("#etats").scroll_into_view_if_needed()
        expect(page.get_by_role("rowheader", name="Ajouter un document")).to_be_visible()
        _regarder(page)

    jouer(client, scenario, largeur=largeur)
