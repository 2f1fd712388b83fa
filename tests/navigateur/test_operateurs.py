"""The operators' story: two factors, the board, a matrix loaded by one and approved by the other (ACC-39, HLP-21)."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from espace_sante.identite.operateurs import totp
from tests.navigateur.installation import RACINE, Installation
from tests.navigateur.visiteur import Visiteur, accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]
CAPTURES = RACINE / "captures" / "operation"
LARGEURS = (360, 768, 1280)
PAGES = {
    0: {
        "": "Tableau de bord", "signalements/": "Signalements et demandes", "profil/": "État d’un espace",
        "identites/": "Identités demandées aux structures", "matrice/": "Matrice d’habilitation", "actes/": "Mes actes",
    },
    1: {"urgences/": "Accès en urgence à revoir", "alertes/": "Alertes de veille"},
}  # fmt: skip


def entrer(v: Visiteur, compte: dict[str, str]) -> None:
    """Both factors, by the forms."""
    v.aller("/operation/")
    v.voit("Connexion des opérateurs", "01-connexion")
    v.ecrire(v.page.get_by_role("textbox", name="Adresse électronique"), compte["courriel"])
    v.ecrire(v.page.get_by_label("Mot de passe", exact=True), compte["mot_de_passe"])
    v.activer(v.page.get_by_role("button", name="Continuer"))
    v.voit("Donnez le code de l’application", "02-code")
    code = totp.code_du_pas(compte["totp"], totp.pas_de(datetime.now(UTC)))
    v.ecrire(v.page.get_by_role("textbox", name="Code à 6 chiffres"), code)
    v.activer(v.page.get_by_role("button", name="Entrer"))
    expect(v.page.get_by_role("heading", level=1)).to_have_text("Tableau de bord")


@pytest.fixture(scope="module")
def ouvertes(navigateur: Browser, installation: Installation) -> list[Any]:
    """One login for each operator, the first with the keyboard only: a code serves once."""
    sessions = []
    for rang, compte in enumerate(installation.comptes["operateurs"]):
        v = accueillir(navigateur, installation.adresse, captures=CAPTURES / "1280", clavier=rang == 0)
        entrer(v, compte)
        sessions.append(v.page.context.storage_state())
        v.partir()
    return sessions


@pytest.mark.rule("HLP-21")
@pytest.mark.parametrize("largeur", LARGEURS)
def test_each_page_is_looked_at(
    navigateur: Browser, installation: Installation, ouvertes: list[Any], largeur: int
) -> None:
    for rang, pages in PAGES.items():
        v = accueillir(
            navigateur,
            installation.adresse,
            largeur=largeur,
            captures=CAPTURES / str(largeur),
            storage_state=ouvertes[rang],
        )
        for chemin, titre in pages.items():
            v.aller(f"/operation/{chemin}")
            v.voit(titre, f"1{rang}-{chemin.strip('/') or 'tableau'}")
        v.partir()


@pytest.mark.rule("ACC-36", "ACC-39", "ACC-40")
def test_one_loads_the_other_approves(
    navigateur: Browser, installation: Installation, ouvertes: list[Any]
) -> None:
    """The edition is proposed for a day to come: the other stories keep the matrix that they know."""
    une, autre = (
        accueillir(navigateur, installation.adresse, captures=CAPTURES / "1280", storage_state=s)
        for s in ouvertes
    )
    une.aller("/operation/matrice/")
    entete = "profession_code,profession_system,type_code,consultation,origin\n"
    for lignes in ("10,TRE_G15,RIEN,O,illustrative\n", "10,TRE_G15,SYNTH,O,illustrative\n"):
        fichier = {"name": "m.csv", "mimeType": "text/csv", "buffer": (entete + lignes).encode()}
        une.page.get_by_label("Fichier CSV").set_input_files(fichier)  # type: ignore[arg-type]
        une.page.get_by_label("Nom de l’édition").fill("Édition du navigateur")
        une.page.get_by_label("Date et heure d’effet").fill("2090-01-01T08:00")
        if "RIEN" in lignes:
            une.temoin.attendus += (f"{installation.adresse}/operation/matrice/charger/",)
        une.activer(une.page.get_by_role("button", name="Proposer cette édition"))
        if "RIEN" in lignes:
            expect(une.page.get_by_text("Ligne 2 : type de document inconnu")).to_be_visible()
    _attendre(une, "Voir les différences")
    une.activer(une.page.get_by_role("link", name="Voir les différences"))
    une.voit(re.compile("Édition du navigateur"), "20-proposition")
    expect(une.page.get_by_role("button", name="Approuver cette édition")).to_have_count(0)
    autre.aller(une.page.url.removeprefix(installation.adresse))
    autre.activer(autre.page.get_by_role("button", name="Approuver cette édition"))
    _attendre(autre, "L’édition est approuvée")
    autre.aller("/operation/matrice/")
    expect(autre.page.get_by_role("row", name=re.compile("Édition du navigateur.*à venir"))).to_be_visible()
    une.partir()
    autre.partir()


def _attendre(v: Visiteur, texte: str) -> None:
    """The worker does it in some seconds; the person asks again where it is."""
    fin = time.monotonic() + 60
    while not v.page.get_by_text(texte).count():
        assert time.monotonic() < fin, "the worker did nothing"
        time.sleep(0.5)
        v.page.reload()
