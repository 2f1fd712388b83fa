"""The publisher's conformance run in a browser: each state is looked at, one width with the keyboard only (OID-34)."""

from __future__ import annotations

import html
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.editeurs.bac import Bac
from tests.editeurs.parcours import Editeur, faire_tout, inscrire
from tests.navigateur.installation import RACINE, Installation
from tests.navigateur.visiteur import accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]
CAPTURES = RACINE / "captures" / "editeurs"
TITRE = "Parcours de conformité"


@pytest.mark.rule("OID-34")
@pytest.mark.parametrize("largeur", [360, 768, 1280])
def test_each_state_of_the_run(navigateur: Browser, installation: Installation, largeur: int) -> None:
    bac = Bac(installation)
    inscrit = inscrire(
        bac, Editeur(bac.serveur), produit=f"Logiciel de {largeur} pixels, au nom qui prend deux lignes"
    )
    v = accueillir(
        navigateur,
        installation.adresse,
        largeur=largeur,
        captures=CAPTURES / str(largeur),
        clavier=largeur == 1280,
    )
    v.temoin.attendus += (f"{installation.adresse}/editeurs/conformite/",)
    v.aller("/editeurs/conformite/")
    v.voit(TITRE, "01-entree")
    client_id, secret = v.page.get_by_label("client_id"), v.page.locator("#client_secret")
    for mot, image in (("faux", "02-refuse"), (inscrit.secret, "03-avant")):
        v.ecrire(client_id, inscrit.client_id)
        v.ecrire(secret, mot)
        v.suivre(v.page.get_by_role("button", name="Voir le parcours"))
        v.voit(TITRE, image)
    ins = v.page.get_by_label("INS de la personne")
    for numero, image in (("123", "04-ins"), (bac.ins, "05-commence")):
        v.ecrire(ins, numero)
        v.suivre(v.page.get_by_role("button", name="parcours"))
        v.voit(TITRE, image)
    dossier = inscrit.dossier(bac)
    dossier.deposer(b"%PDF-1.4 page", "Page")
    ancien = next(
        d for d in dossier.chercher(status="current") if d["content"][0]["attachment"]["title"] != "Page"
    )
    dossier.lire(ancien)
    v.suivre(v.page.get_by_role("link", name="Regarder de nouveau"))
    v.voit(TITRE, "06-en-cours")
    expect(v.page.get_by_text("ne vient pas de ce parcours")).to_be_visible()
    faire_tout(bac, dossier)
    v.suivre(v.page.get_by_role("link", name="Regarder de nouveau"))
    v.voit(TITRE, "07-reussi")
    texte = html.unescape(v.page.get_by_role("textbox", name="Attestation").input_value())
    assert re.fullmatch(r"ey[\w-]+\.[\w-]+\.[\w-]+", texte)
    v.partir()
