"""The public page of the matrix: a profession or a type at a time, with the edition and the text of law (ACC-42)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from espace_sante.acces import matrice
from espace_sante.acces.matrice import editions
from espace_sante.acces.matrice.tests.exploitation import (
    ANNE,
    PAUL,
    approuver,
    droit_d_ajouter,
    mettre_en_vigueur,
)
from espace_sante.acces.matrice.tests.exploitation import matrice as csv
from espace_sante.documents import nomenclatures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exploitation(db: None) -> Iterator[None]:
    with droit_d_ajouter():
        yield


def _page(client: Client, **question: str) -> str:
    reponse = client.get("/matrice/", question)
    assert reponse.status_code == 200
    assert "session" not in client.cookies
    return html.unescape(reponse.content.decode())


def _types(page: str, verdict: str) -> set[str]:
    """Codes listed under a verdict, in every class."""
    blocs = re.findall(rf"{verdict} : \d+</p>\s*<ul>(.*?)</ul>", page, re.S)
    return {code for bloc in blocs for code in re.findall(r"es-matrice__code[^>]*>([^<]+)<", bloc)}


@pytest.mark.rule("ACC-42", "ACC-37")
def test_a_profession_shows_what_it_reads_and_does_not_read() -> None:
    edition = mettre_en_vigueur(csv("21 SYNTH O", "21 REMB N", "21 11488-4 O G"))
    for valeur in ("TRE_G15-21", "TRE_G15-21-G"):
        page = _page(Client(), profession=valeur)
        lisibles = set(matrice.ligne(edition.numero, "TRE_G15", "21", valeur[11:]))
        assert _types(page, "Lisibles") == lisibles
        assert _types(page, "Non lisibles") == set(nomenclatures.types()) - lisibles
    assert "Pharmacien biologiste" in page
    for classe in nomenclatures.classes().values():
        if any(t.classe == classe.code for t in nomenclatures.types().values()):
            assert classe.libelle in page


@pytest.mark.rule("ACC-42")
def test_the_edition_and_the_text_of_law_are_said_and_no_name_of_a_person(client: Client) -> None:
    numero = editions.proposer(
        csv("10 SYNTH O", origine="official").encode(), nom="Annexe 2027", source="Arrêté du 1er janvier 2027",
        date_effet=datetime.now(UTC), auteur=ANNE, base="default",
    ).numero  # fmt: skip
    approuver(numero)
    page = _page(client)
    for mot in ("2, « Annexe 2027 »", "Arrêté du 1er janvier 2027", "Toutes les éditions"):
        assert mot in page
    for nom in (ANNE, PAUL, "pas de valeur légale"):
        assert nom not in page


@pytest.mark.rule("ACC-41", "ACC-42")
def test_an_example_says_that_it_is_one(client: Client) -> None:
    assert "Elle n’a pas de valeur légale" in _page(client)


@pytest.mark.rule("ACC-42")
def test_a_type_shows_the_professions_that_read_it(client: Client) -> None:
    mettre_en_vigueur(csv("10 SYNTH O", "21 SYNTH N", "60 REMB O"))
    page = _page(client, type="SYNTH")
    oui, non = page.split("Ne peuvent pas le lire")
    assert "<li>Médecin</li>" in oui
    for nom in ("Pharmacien", "Infirmier"):
        assert f"<li>{nom}</li>" in non


@pytest.mark.rule("ACC-38", "ACC-40", "ACC-42")
def test_former_and_coming_editions_are_there(client: Client) -> None:
    mettre_en_vigueur(csv("10 REMB O"))
    mettre_en_vigueur(csv("10 SYNTH O"), effet=datetime.now(UTC) + timedelta(days=9))
    assert "L’édition 3, « Essai », la remplacera le" in _page(client)
    ancienne = _page(client, edition="1", profession="TRE_G15-10")
    assert "Vous lisez une ancienne édition" in ancienne
    assert _types(ancienne, "Lisibles") == set(matrice.ligne(1, "TRE_G15", "10", ""))
    for numero in ("3", "99", "x"):
        assert client.get("/matrice/", {"edition": numero}).status_code == 404


@pytest.mark.rule("ACC-45")
def test_a_profession_switched_off_says_so(client: Client) -> None:
    page = _page(client, profession="TRE_R85-330")
    assert "désactivée dans cette édition" in page
    assert not _types(page, "Lisibles")


@pytest.mark.parametrize(
    "question", [{"profession": "TRE_G15-9999"}, {"type": "RIEN"}, {"profession": "<b>"}]
)
def test_an_unknown_question_shows_the_lists_again(client: Client, question: dict[str, str]) -> None:
    page = _page(client, **question)
    assert "Choisissez une profession" in page
    assert "<b>" not in page
