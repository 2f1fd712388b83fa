"""How long an identifier is held after too many failures (IDN-38, IDN-39)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.http import HttpRequest
from django.test import RequestFactory

from espace_sante.identite import blocage
from espace_sante.identite.comptes import (
    ConnexionRefusee,
    authentifier,
    creer_compte,
    envoyer_code,
    verifier_code,
)
from espace_sante.identite.models import BlocageConnexion
from espace_sante.kernel.ids import uuid7

MOT = "Tarivo-Bekumi47"
QUI = "claire.martin"
pytestmark = pytest.mark.django_db


@pytest.fixture
def temps() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as voyage:
        yield voyage


@pytest.fixture
def courriels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    objets: list[str] = []
    monkeypatch.setattr(
        "espace_sante.platform.courriel.envoyer_en_fond", lambda _a, objet, _t: objets.append(objet)
    )
    return objets


def _requete() -> HttpRequest:
    return RequestFactory().post("/connexion/", REMOTE_ADDR="203.0.113.9")


def _echouer(fois: int = 5, identifiant: str = QUI) -> ConnexionRefusee:
    for _ in range(fois):
        with pytest.raises(ConnexionRefusee) as refus:
            authentifier(_requete(), identifiant, "Autre-Chose47")
    return refus.value


@pytest.mark.rule("IDN-39")
@pytest.mark.parametrize("identifiant", [QUI, "personne.ici"])
def test_doubled_at_each_repeat_up_to_a_day(
    temps: time_machine.Coordinates, courriels: list[str], identifiant: str
) -> None:
    """The same for an identifier that nobody bears: the duration would tell otherwise (IDN-38)."""
    creer_compte(uuid7(), QUI, MOT, "claire@courriel.example")
    attendus = [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    for minutes in attendus:
        refus = _echouer(identifiant=identifiant)
        assert refus.code == "compte_bloque"
        assert f"attendez {blocage.en_mots(timedelta(minutes=minutes))} avant" in refus.message
        temps.shift(timedelta(minutes=minutes, seconds=-1))
        with pytest.raises(ConnexionRefusee) as encore:
            authentifier(_requete(), identifiant, MOT)
        assert encore.value.code == "compte_bloque", "the right password opens nothing before the end"
        temps.shift(timedelta(seconds=2))
    if identifiant == QUI:
        assert authentifier(_requete(), QUI, MOT).identifiant == QUI
        assert len(courriels) == len(attendus), "told once for each hold"
        assert "15 minutes" in courriels[0]
        assert "24 heures" in courriels[-1]
    else:
        assert courriels == []


@pytest.mark.rule("IDN-39")
def test_failures_during_a_hold_do_not_lengthen_it(
    temps: time_machine.Coordinates, courriels: list[str]
) -> None:
    creer_compte(uuid7(), QUI, MOT, "claire@courriel.example")
    _echouer(20)
    temps.shift(timedelta(minutes=15, seconds=1))
    assert authentifier(_requete(), QUI, MOT)
    # Four failures and no more hold nobody, even just after a hold.
    assert _echouer(4).code == "identifiants_incorrects"


@pytest.mark.rule("IDN-39")
def test_a_full_login_or_a_quiet_day_forgets_former_holds(
    temps: time_machine.Coordinates, courriels: list[str]
) -> None:
    compte = creer_compte(uuid7(), QUI, MOT, "claire@courriel.example")
    _echouer()
    temps.shift(timedelta(minutes=16))
    authentifier(_requete(), QUI, MOT)
    assert BlocageConnexion.objects.exists(), "the password alone proves nothing"
    envoyer_code(compte)
    code = re.findall(r"[0-9]{6}", mail.outbox[-1].body)[0]
    verifier_code(_requete(), compte.id, code)
    assert "15 minutes" in _echouer().message
    temps.shift(timedelta(hours=24, minutes=16))
    assert "15 minutes" in _echouer().message
    temps.shift(timedelta(hours=23))
    assert "30 minutes" in _echouer().message


def test_parallel_failures_count_for_one_hold(temps: time_machine.Coordinates) -> None:
    assert blocage.bloquer(QUI) == timedelta(minutes=15)
    assert blocage.bloquer(QUI) is None
    assert BlocageConnexion.objects.get().repetitions == 1


def test_what_was_typed_is_not_kept(temps: time_machine.Coordinates) -> None:
    blocage.bloquer("mot-de-passe-tape-dans-la-mauvaise-case")
    assert "mot-de-passe" not in str(BlocageConnexion.objects.values_list().get())


@pytest.mark.parametrize(
    ("secondes", "mots"),
    [(1, "1 minute"), (899, "15 minutes"), (5400, "90 minutes"), (5401, "2 heures"), (86_400, "24 heures")],
)
def test_in_words_never_shorter_than_the_truth(secondes: int, mots: str) -> None:
    assert blocage.en_mots(timedelta(seconds=secondes)) == mots
