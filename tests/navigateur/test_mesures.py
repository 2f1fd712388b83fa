"""A holder notes his measures, sees their curve, mends an error, deletes one: with a finger, then with keys (MES-01)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.navigateur import parcours
from tests.navigateur.installation import Installation
from tests.navigateur.visiteur import accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]


@pytest.mark.rule("MES-01", "MES-03", "MES-17", "MES-18", "MES-19")
@pytest.mark.parametrize("clavier", [False, True], ids=["telephone-360", "clavier-1280"])
def test_a_holder_follows_his_measures(
    clavier: bool, navigateur: Browser, installation: Installation, tmp_path: Path
) -> None:
    deja_vues = {"01-accueil-public", "02-connexion", "03-code", "04-courriels"}
    lui = accueillir(
        navigateur, installation.adresse, largeur=1280 if clavier else 360, clavier=clavier,
        captures=None if clavier else tmp_path, regardees=deja_vues,
    )  # fmt: skip
    lui.temoin.attendus += ("/mesures/pression_arterielle/",)
    page = lui.page
    parcours.entrer_titulaire(lui, installation.compte("marguerite" if clavier else "catherine"))
    lui.aller("/espace/mesures/")
    lui.voit("Mes mesures", "80-mesures")
    lui.suivre(page.get_by_role("link", name="Tension artérielle"))
    for rang, (haut, bas) in enumerate((("80", "120"), ("128", "82"), ("124", "79"))):
        lui.ecrire(page.get_by_label("Le plus grand chiffre"), haut)
        lui.ecrire(page.get_by_label("Le plus petit chiffre"), bas)
        lui.activer(page.get_by_role("button", name="Ajouter la mesure"))
        if rang == 0:
            expect(page.get_by_role("alert")).to_contain_text("n’est pas ajoutée")
            lui.voit("Tension artérielle", "81-erreur")
        else:
            expect(page.get_by_role("status")).to_contain_text("ajoutée")
    lui.voit("Tension artérielle", "82-courbe")
    expect(page.get_by_role("img", name="Courbe : Tension artérielle")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)
    lui.suivre(page.get_by_role("link", name=re.compile("Supprimer la mesure : 128.82")))
    lui.voit("Supprimer cette mesure ?", "83-supprimer")
    lui.activer(page.get_by_role("button", name="Supprimer la mesure"))
    expect(page.get_by_role("status")).to_contain_text("supprimée")
    expect(page.get_by_role("row")).to_have_count(2)
    lui.partir()
