"""The matrix for programs: CSV, JSON, ETag, addresses that stay (ACC-35, ACC-40, ACC-42)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from espace_sante.acces import matrice
from espace_sante.acces.matrice import fichier
from espace_sante.acces.matrice.lignes import Groupe
from espace_sante.acces.matrice.tests.exploitation import (
    ANNE,
    PAUL,
    droit_d_ajouter,
    mettre_en_vigueur,
    proposer,
)
from espace_sante.acces.matrice.tests.exploitation import matrice as csv

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exploitation(db: None) -> Iterator[None]:
    with droit_d_ajouter():
        yield


@pytest.mark.rule("ACC-35", "ACC-42")
def test_the_csv_is_the_file_that_is_loaded(client: Client) -> None:
    reponse = client.get("/matrice.csv")
    assert reponse["Content-Type"].startswith("text/csv")
    assert fichier.lire(reponse.content).cases == matrice.cases_de(1)


@pytest.mark.rule("ACC-42", "ACC-44", "ACC-45")
def test_the_json_says_what_each_profession_reads(client: Client) -> None:
    numero = mettre_en_vigueur(
        csv("10 SYNTH O", "10 REMB O SM03", "TRE_R85 330 SYNTH O", "21 SYNTH N")
    ).numero
    dit = client.get("/matrice.json").json()
    assert dit["edition"]["numero"] == numero
    assert dit["edition"]["avertissement"]
    lignes = {Groupe(p["systeme"], p["code"], p["savoir_faire"] or ""): p for p in dit["professions"]}
    assert set(lignes) == set(matrice.groupes_de(numero))
    for groupe, ligne in lignes.items():
        assert tuple(ligne["lisibles"]) == matrice.ligne(numero, *groupe)
    assert lignes[Groupe("TRE_G15", "10", "SM03")]["lisibles"] == ["REMB", "SYNTH"]
    assert lignes[Groupe("TRE_R85", "330")]["active"] is False
    assert {"SYNTH", "REMB"} < {t["code"] for t in dit["types"]}


@pytest.mark.parametrize(
    "adresse", ["/matrice.csv", "/matrice.json", "/matrice/editions.json", "/matrice/editions/1.csv"]
)
def test_what_is_known_already_is_not_sent_again(client: Client, adresse: str) -> None:
    premiere = client.get(adresse)
    assert premiere.status_code == 200
    assert premiere["Access-Control-Allow-Origin"] == "*"
    assert not premiere.cookies
    seconde = client.get(adresse, headers={"If-None-Match": premiere["ETag"]})
    assert (seconde.status_code, seconde.content) == (304, b"")
    assert seconde["ETag"] == premiere["ETag"]
    assert seconde["Cache-Control"] == premiere["Cache-Control"]
    assert client.post(adresse).status_code == 405


@pytest.mark.rule("ACC-38", "ACC-40")
def test_the_address_of_an_edition_never_changes_and_that_in_force_follows_its_minute(client: Client) -> None:
    ancienne = client.get("/matrice.csv")
    effet = datetime.now(UTC) + timedelta(days=2)
    mettre_en_vigueur(csv("10 REMB O"), effet=effet)
    assert client.get("/matrice.csv", headers={"If-None-Match": ancienne["ETag"]}).status_code == 304
    assert client.get("/matrice/editions.json").json()["en_vigueur"] == 1
    with time_machine.travel(effet, tick=False):
        nouvelle = client.get("/matrice.csv", headers={"If-None-Match": ancienne["ETag"]})
        assert nouvelle.status_code == 200
        assert len(fichier.lire(nouvelle.content).cases) == 1
        assert client.get("/matrice/editions.json").json()["en_vigueur"] == 2
        assert client.get("/matrice/editions/1.csv").content == ancienne.content
    assert "immutable" in client.get("/matrice/editions/1.csv")["Cache-Control"]
    assert "no-cache" in ancienne["Cache-Control"]


@pytest.mark.rule("ACC-39")
def test_a_proposal_and_the_names_of_people_are_not_published(client: Client) -> None:
    mettre_en_vigueur(csv("10 REMB O"))
    numero = proposer(csv("10 SYNTH O")).numero
    for forme in ("csv", "json"):
        assert client.get(f"/matrice/editions/{numero}.{forme}").status_code == 404
    for adresse in ("/matrice.csv", "/matrice.json", "/matrice/editions.json"):
        texte = client.get(adresse).content.decode()
        assert ANNE not in texte
        assert PAUL not in texte
