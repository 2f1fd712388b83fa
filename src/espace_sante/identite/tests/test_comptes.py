"""What an identifier and a password may be."""

from __future__ import annotations

import pytest

from espace_sante.identite.comptes import (
    CompteRefuse,
    creer_compte,
    valider_identifiant,
    valider_mot_de_passe,
)
from espace_sante.kernel.ids import uuid7


@pytest.mark.rule("IDN-35")
@pytest.mark.parametrize("identifiant", ["claire.martin", "abcdefgh", "a-b_c.d1", "x" * 100])
def test_identifiant_accepte(identifiant: str) -> None:
    valider_identifiant(identifiant)


@pytest.mark.rule("IDN-35")
@pytest.mark.parametrize(
    "identifiant",
    [
        "abcdefg", "x" * 101, "Claire.martin", "clairé.martin", "claire martin", "claire@martin.fr",
        "180127511600128", "1801275116001", "297022a020778", "fr7630006000011234567890189", "claire.martin\n",
    ],
)  # fmt: skip
def test_identifiant_refuse(identifiant: str) -> None:
    with pytest.raises(CompteRefuse) as refus:
        valider_identifiant(identifiant)
    assert refus.value.code == "identifiant_refuse"


@pytest.mark.rule("IDN-36")
@pytest.mark.parametrize(
    "mot",
    ["Court-1a", "sansmajuscule-47", "SANSMINUSCULE-47", "Sanschiffre-x", "Sanssigne47", "Aa1-" + "x" * 125],
)
def test_mot_de_passe_trop_faible(mot: str) -> None:
    with pytest.raises(CompteRefuse) as refus:
        valider_mot_de_passe(mot)
    assert refus.value.code == "mot_de_passe_refuse"


@pytest.mark.rule("IDN-36")
def test_mot_de_passe_sans_donnees_personnelles() -> None:
    valider_mot_de_passe("Tarivo-Bekumi47", "Martin", "Jo")
    with pytest.raises(CompteRefuse):
        valider_mot_de_passe("Xx-martin47", "Martin")


@pytest.mark.django_db
@pytest.mark.rule("IDN-35")
def test_identifiant_unique() -> None:
    creer_compte(uuid7(), "claire.martin", "Tarivo-Bekumi47", "a@b.example")
    with pytest.raises(CompteRefuse):
        creer_compte(uuid7(), "claire.martin", "Tarivo-Bekumi47", "a@b.example")
