"""Whose access needs an express consent (ACC-23): every situation d'exercice that a public list can give. Pure."""

from __future__ import annotations

import itertools

import pytest

from espace_sante.acces.consentement_expres import acteur_exige_accord_expres, exige_accord_expres
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur

TRAVAIL = {"SM25", "C41", "CAPA11"}
SECTEURS = {"SA13", "SA66", "SA47", "SA68"}


@pytest.mark.rule("ACC-23")
def test_speciality_or_sector_is_enough_and_nothing_else() -> None:
    savoirs = ["", *(f"{liste}{n:02d}" for liste in ("SM", "C", "CAPA") for n in range(80))]
    secteurs = ["", *(f"SA{n:02d}" for n in range(90))]
    for savoir_faire, secteur in itertools.product(savoirs, secteurs):
        attendu = savoir_faire in TRAVAIL or secteur in SECTEURS
        assert exige_accord_expres(savoir_faire, secteur) is attendu, (savoir_faire, secteur)
    assert exige_accord_expres("SM25", "SA01")
    assert exige_accord_expres("SM54", "SA47")
    # PMI follows the common rule.
    assert not exige_accord_expres("SM54", "SA15")


@pytest.mark.rule("ACC-23")
@pytest.mark.parametrize(
    ("savoir_faire", "secteur", "attendu"),
    [("SM25", "", True), ("", "SA13", True), ("SM54", "SA01", False)],
)
def test_the_situation_in_which_he_acts(savoir_faire: str, secteur: str, attendu: bool) -> None:
    acteur = Acteur(GenreActeur.PROFESSIONNEL, savoir_faire=savoir_faire, secteur=secteur)
    assert acteur_exige_accord_expres(acteur) is attendu
