"""What was typed in the search of the list, before it reaches the database."""

from __future__ import annotations

import pytest

from espace_sante.web.pro.criteres import lire


@pytest.mark.rule("DOC-57")
def test_control_characters_are_white_space() -> None:
    criteres, erreur = lire({"texte": "radio\x00 du\tgenou"})
    assert (criteres.texte, erreur) == ("radio du genou", "")
