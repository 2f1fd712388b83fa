"""What nobody types: the login answers as to any unknown identifier, and a first factor does not wait for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from espace_sante.acces.tests import fabrique
from espace_sante.identite.comptes import creer_compte

pytestmark = pytest.mark.django_db


@pytest.mark.rule("IDN-38")
def test_a_nul_in_the_identifier_is_an_unknown_identifier() -> None:
    client = Client(raise_request_exception=False)
    inconnu = client.post("/connexion/", {"identifiant": "inconnu.1", "password": "x"})
    nul = client.post("/connexion/", {"identifiant": "inconnu\x00", "password": "x\x00"})
    assert nul.status_code == inconnu.status_code == 400


@pytest.mark.rule("IDN-37")
def test_a_first_factor_left_on_a_screen_is_worth_nothing_later() -> None:
    dossier_id, _ = fabrique.dossier(72)
    creer_compte(dossier_id, "claire.martin", "Tarivo-Bekumi47", "claire@courriel.example")
    client = Client()
    client.post("/connexion/", {"identifiant": "claire.martin", "password": "Tarivo-Bekumi47"})
    assert client.get("/connexion/code/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=False):
        assert client.post("/connexion/code/renvoi/")["Location"] == "/connexion/"
    assert len(mail.outbox) == 1
