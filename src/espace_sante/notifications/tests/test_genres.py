"""The catalogue: sentences in the space, and outside messages that say nothing (DOC-66, DOC-67, REG-12)."""

from __future__ import annotations

import re

import pytest

from espace_sante.notifications.genres import (
    FICHES,
    LIBELLES,
    Categorie,
    Genre,
    a_envoyer,
    exterieur,
    phrase,
)

MOTS_DE_SANTE = (
    "urgence", "médecin", "résultat", "ordonnance", "analyse", "imagerie", "biologie", "vaccin", "hôpital", "compte rendu",
)  # fmt: skip
ADRESSE = "https://espace.example/espace/"
TOUT = {
    "qui": "Dr Anne Morel", "titre": "Sérologie VIH", "structure": "Laboratoire des Vignes", "motif": "Coma",
    "numero": "S-2026-ABCDEFGH", "etape": "nous vous avons répondu",
}  # fmt: skip


def test_each_kind_has_its_entry_and_its_sentence() -> None:
    assert set(FICHES) == set(Genre)
    for genre in Genre:
        for details in ({}, TOUT, {"nombre": "3"}):
            dite = phrase(genre, details)
            assert "{" not in dite and dite.rstrip().endswith((".", "»")), (genre, dite)


@pytest.mark.rule("DOC-65")
def test_a_deposit_is_told_with_who_and_what_inside_the_space() -> None:
    assert phrase(Genre.DOCUMENT_AJOUTE, TOUT) == (
        "Le Dr Anne Morel a ajouté «\u00a0Sérologie VIH\u00a0» à vos documents."
    )
    assert "3 documents" in phrase(Genre.DOCUMENT_AJOUTE, {**TOUT, "nombre": "3"})


@pytest.mark.rule("DOC-66", "REG-12")
@pytest.mark.parametrize("genre", list(Genre))
def test_what_leaves_says_only_that_something_happened(genre: Genre) -> None:
    """It is made from the kind alone: no detail can be in it; and its words name no heading of documents."""
    sujet, texte = exterieur(genre, ADRESSE)
    dehors = f"{sujet} {texte}"
    assert re.findall(r"https?://\S+", dehors) == [ADRESSE]
    for interdit in [*TOUT.values(), *MOTS_DE_SANTE]:
        assert interdit.casefold() not in dehors.casefold(), interdit


@pytest.mark.rule("DOC-48")
def test_the_fourteenth_day_says_nothing_of_the_document() -> None:
    dite = phrase(Genre.DOSSIER_MIS_A_JOUR, TOUT)
    assert "médecin traitant" in dite and "mis à jour" in dite
    assert not [v for v in TOUT.values() if v in dite]


@pytest.mark.rule("DOC-67")
@pytest.mark.parametrize("genre", [Genre.PREMIER_ACCES, Genre.ACCES_URGENCE, Genre.DOSSIER_MIS_A_JOUR])
def test_no_preference_silences_an_access(genre: Genre) -> None:
    assert a_envoyer(genre, frozenset(Categorie))
    assert Categorie.TOUJOURS not in LIBELLES


@pytest.mark.rule("DOC-65")
@pytest.mark.parametrize("genre", [Genre.DOCUMENT_AJOUTE, Genre.DOCUMENT_MODIFIE, Genre.DOCUMENT_SUPPRIME])
def test_document_notices_can_be_switched_off(genre: Genre) -> None:
    assert a_envoyer(genre, frozenset())
    assert not a_envoyer(genre, frozenset({"documents"}))
    assert a_envoyer(genre, frozenset({"demandes"}))
