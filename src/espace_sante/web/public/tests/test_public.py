"""Home and help: for anyone, without login, nothing kept of the visitor."""

from __future__ import annotations

import pytest
from django.test import Client

from espace_sante.web.public.fiches import FICHES

pytestmark = pytest.mark.django_db


def test_the_home_says_what_for_whom_and_how_to_get_in(client: Client) -> None:
    page = client.get("/").content.decode()
    for mot in (
        "Pour qui",
        "Comment entrer",
        'href="/connexion/"',
        'href="/connexion/pro/"',
        "/aide/etre-aide/",
    ):
        assert mot in page
    assert "session" not in client.cookies


@pytest.mark.rule("PRX-45")
@pytest.mark.parametrize("adresse", ["", *(f.adresse + "/" for f in FICHES)])
def test_help_is_read_without_login_and_can_be_printed(client: Client, adresse: str) -> None:
    reponse = client.get(f"/aide/{adresse}")
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert page.count("<h1") == 1
    if adresse:
        assert "data-imprimer" in page


def test_three_questions_are_answered() -> None:
    assert [f.adresse for f in FICHES] == ["qui-voit-mes-donnees", "ancien-dmp", "etre-aide"]


def test_unknown_help_is_the_plain_404(client: Client) -> None:
    reponse = client.get("/aide/inconnue/")
    assert reponse.status_code == 404
    assert "Cette page n’est pas disponible".replace("’", "'") in reponse.content.decode().replace(
        "’", "'"
    ).replace("&#x27;", "'")
    assert client.post("/aide/").status_code == 405
