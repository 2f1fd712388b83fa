"""Changing a password: none of the last five (IDN-36)."""

from __future__ import annotations

import pytest

from espace_sante.identite.comptes import CompteRefuse, changer_mot_de_passe, creer_compte
from espace_sante.identite.models import AncienMotDePasse, Compte
from espace_sante.kernel.ids import uuid7

pytestmark = pytest.mark.django_db


def _mot(n: int) -> str:
    return f"Tarivo-Bekumi{n}"


@pytest.fixture
def compte() -> Compte:
    return creer_compte(uuid7(), "claire.martin", _mot(1), "claire@courriel.example")


@pytest.mark.rule("IDN-36")
def test_the_last_five_are_refused_and_the_one_before_is_accepted(compte: Compte) -> None:
    for n in range(2, 7):
        changer_mot_de_passe(compte.id, _mot(n))
    for n in range(2, 7):
        with pytest.raises(CompteRefuse) as refus:
            changer_mot_de_passe(compte.id, _mot(n))
        assert refus.value.code == "mot_de_passe_refuse"
    compte.refresh_from_db()
    assert compte.check_password(_mot(6)), "a refusal changes nothing"
    changer_mot_de_passe(compte.id, _mot(1))
    compte.refresh_from_db()
    assert compte.check_password(_mot(1))
    assert AncienMotDePasse.objects.count() <= 5, "only what serves is kept"
    assert not [a for a in AncienMotDePasse.objects.all() if _mot(6) in a.hache]


@pytest.mark.rule("IDN-36")
def test_one_account_s_passwords_say_nothing_to_another(compte: Compte) -> None:
    autre = creer_compte(uuid7(), "jean.martin", _mot(9), "jean@courriel.example")
    changer_mot_de_passe(autre.id, _mot(1))


@pytest.mark.rule("IDN-36")
def test_the_other_rules_hold_for_a_change_too(compte: Compte) -> None:
    for mauvais in ("court-1A", "Claire.martin-47", "Martin-Lou-1978"):
        with pytest.raises(CompteRefuse):
            changer_mot_de_passe(compte.id, mauvais, "Martin")
    assert not AncienMotDePasse.objects.exists()
