"""House lint of what people read in the pages: typographic apostrophes, words that do not break."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template

RACINE = Path(__file__).resolve().parents[1]
DROITE = re.compile(r"\w'\w")
GABARITS = sorted(RACINE.glob("templates/**/*.html"))
MODULES = sorted(m for m in RACINE.glob("**/*.py") if "tests" not in m.parts)


def _textes(source: str) -> Iterator[str]:
    """Strings of a module that are not its documentation."""
    arbre = ast.parse(source)
    documentation = {
        id(corps[0].value)
        for noeud in ast.walk(arbre)
        if isinstance(corps := getattr(noeud, "body", None), list)
        and corps
        and isinstance(corps[0], ast.Expr)
    }
    for noeud in ast.walk(arbre):
        if (
            isinstance(noeud, ast.Constant)
            and isinstance(noeud.value, str)
            and id(noeud) not in documentation
        ):
            yield noeud.value


def _fautes(texte: str) -> list[str]:
    fautes = [texte[max(0, m.start() - 20) : m.end() + 20] for m in DROITE.finditer(texte)]
    return fautes + ["e-CPS"] * ("e-CPS" in texte)


def test_the_lint_sees_faults_and_lets_code_be() -> None:
    assert _fautes("Il n'est pas là") == ["Il n'est pas là"]
    assert not _fautes("{% url 'web:espace' %} default-src 'none'; script-src 'self'")
    module = "'''It's documentation.'''\nA = 'l’accord'\nB = \"l'accord\"\n"
    assert [t for t in _textes(module) if _fautes(t)] == ["l'accord"]
    assert len(GABARITS) > 50
    assert len(MODULES) > 40


@pytest.mark.parametrize("fichier", [*GABARITS, *MODULES], ids=lambda f: str(f.relative_to(RACINE)))
def test_apostrophes_are_typographic_and_e_cps_does_not_break(fichier: Path) -> None:
    source = fichier.read_text(encoding="utf-8")
    textes = _textes(source) if fichier.suffix == ".py" else [re.sub(r"\{#.*?#\}", "", source)]
    assert [faute for texte in textes for faute in _fautes(texte)] == []


def test_messages_of_the_rooms_below_are_shown_with_typographic_apostrophes() -> None:
    rendu = Template("{{ message|apostrophes }}").render(
        Context({"message": "Ce code n'est pas le bon : « 'a' » l'heure"})
    )
    assert rendu.startswith("Ce code n’est pas le bon")
    assert rendu.endswith("l’heure")
    assert "&#x27;a&#x27;" in rendu
