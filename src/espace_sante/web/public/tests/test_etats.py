"""The public table says what the gate does, cell by cell (ACC-65 to ACC-72)."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from espace_sante.acces import etats
from espace_sante.acces.etats import Geste
from espace_sante.kernel.codes import EtatProfil
from espace_sante.web.public import etats_vue

RULES = ("ACC-65", "ACC-66", "ACC-67", "ACC-68", "ACC-69", "ACC-70", "ACC-71", "ACC-72")


@pytest.mark.rule(*RULES)
def test_every_state_has_one_column_and_every_act_one_line() -> None:
    ranges = [etat for _, groupe in etats_vue.COLONNES for etat in groupe]
    assert sorted(ranges) == sorted(EtatProfil)
    assert list(etats_vue.LIGNES) == list(Geste)
    for geste in Geste:
        for _, groupe in etats_vue.COLONNES:
            assert len({etats.cas(geste, etat) for etat in groupe}) == 1, "one column, one answer"
            dit = etats_vue.mots(geste, groupe[0])
            if geste is not Geste.EXISTENCE:
                assert dit.startswith("Oui") is etats.cas(geste, groupe[0]).permis


@pytest.mark.django_db
@pytest.mark.rule(*RULES)
def test_everybody_reads_the_table_without_login() -> None:
    client = Client()
    reponse = client.get("/matrice/")
    assert reponse.status_code == 200 and "session" not in client.cookies
    page = html.unescape(reponse.content.decode())
    section = page[page.index('id="etats"') :]
    lignes = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", section, re.S)
    lues = [(nom, *re.findall(r"<td>(.*?)</td>", reste, re.S)) for nom, reste in lignes]
    assert lues == etats_vue.lignes()
    assert "La messagerie n’est pas encore dans cette édition" in section
