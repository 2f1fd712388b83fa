"""Who may change what, cell by cell, without a database (FHR-129 to FHR-139)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from espace_sante.documents.regles import Demandeur
from espace_sante.documents.regles_modification import Titre, Volatiles, est_mineur, refus
from espace_sante.kernel.codes import GenreActeur, ModeAuthentification

MEDECIN = Demandeur(GenreActeur.PROFESSIONNEL, "99000000001")
NU = Volatiles("current", False, "N", False, False, False)


@pytest.mark.rule("FHR-132")
@pytest.mark.parametrize(
    ("naissance", "mineur"),
    [
        ("2008-11-22", False), ("2008-11-23", True), ("2008-11-21", False), ("2008-11", True), ("2008", True),
        ("2007", False), ("2015-01-01", True), ("1950-02-30", False), ("", False), ("inconnue", False),
    ],
)  # fmt: skip
def test_under_eighteen(naissance: str, mineur: bool) -> None:
    assert est_mineur(naissance, date(2026, 11, 22)) is mineur


@pytest.mark.rule("FHR-126", "FHR-134", "FHR-138")
def test_without_any_right_nothing_changes() -> None:
    """Every possible change, from every possible state, by somebody who is neither author nor authorised reader."""
    etats = [
        Volatiles(*valeurs)
        for valeurs in product(
            ("current", "superseded"), (False, True), "NR", (False, True), (False, True), (False, True)
        )
    ]
    for avant, apres in product(etats, etats):
        code = refus(MEDECIN, Titre(auteur=False, lecteur=False, mineur=True), avant, apres, "899000000009")
        assert bool(code) is (avant != apres), (avant, apres)


@pytest.mark.rule("FHR-134", "FHR-130", "FHR-129")
def test_a_reader_masks_archives_and_announces_but_is_no_author() -> None:
    lecteur = Titre(auteur=False, lecteur=True)
    cache = replace(NU, invisible_patient=True)
    for avant, apres, code in (
        (NU, replace(NU, archive=True), ""),
        (NU, replace(NU, masque_ps=True), ""),
        (cache, NU, ""),
        (NU, cache, "deja_visible"),
        (NU, replace(NU, niveau="V"), "non_auteur"),
        (NU, replace(NU, statut="entered-in-error"), "non_auteur"),
        (NU, replace(NU, statut="superseded"), "non_auteur"),
        (replace(NU, masque_ps=True), NU, "masque_du_titulaire"),
    ):
        assert refus(MEDECIN, lecteur, avant, apres, "titulaire") == code


@pytest.mark.rule("FHR-139")
@pytest.mark.parametrize("mode", [ModeAuthentification.INDIRECTE, ModeAuthentification.INDIRECTE_RENFORCEE])
def test_a_structure_that_is_not_there_in_person(mode: ModeAuthentification) -> None:
    labo = Demandeur(GenreActeur.STRUCTURE, structure="1750000001", mode=mode)
    auteur = Titre(auteur=True, lecteur=False)
    assert refus(labo, auteur, NU, replace(NU, archive=True), "") == "changement_par_remplacement"
