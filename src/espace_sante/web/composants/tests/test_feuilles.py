"""House rules of styles and templates: tokens only, every class styled, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from espace_sante.web.composants import sprite
from espace_sante.web.composants.tests.couleurs import STATIQUE

WEB = Path(__file__).resolve().parents[2]
GABARITS = sorted(p for p in (WEB / "templates").rglob("*.html") if "lecture" not in p.parts)
FEUILLES = sorted(STATIQUE.glob("*.css"))
_INTERDITS = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|javascript:|<marquee|\bstyle=",
    re.IGNORECASE,
)


@pytest.mark.parametrize("gabarit", GABARITS, ids=lambda p: str(p.relative_to(WEB / "templates")))
@pytest.mark.rule("REG-16")
def test_rien_en_ligne(gabarit: Path) -> None:
    assert not _INTERDITS.findall(gabarit.read_text())


def test_icones_nommees_dans_le_sprite() -> None:
    """Names written in templates; names that come from data fail when rendered (IconeInconnue)."""
    nommees = {
        nom
        for gabarit in GABARITS
        for nom in re.findall(r'(?:{% icone |icone_nom=|icone_nom\|default:)"([a-z-]+)"', gabarit.read_text())
    }
    assert nommees
    assert nommees <= sprite.noms()


def test_icone_inconnue_refusee() -> None:
    with pytest.raises(sprite.IconeInconnue):
        sprite.verifier("licorne")


def test_sprite_coherent() -> None:
    """One grid, one stroke, the text's own colour, unique names."""
    symboles = re.findall(r"<symbol ([^>]*)>", sprite.SPRITE.read_text())
    traits = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    assert all(traits in symbole for symbole in symboles)
    assert len(symboles) == len(sprite.noms())


@pytest.mark.parametrize("feuille", [f for f in FEUILLES if f.name != "jetons.css"], ids=lambda p: p.name)
def test_couleurs_par_jetons(feuille: Path) -> None:
    couleurs = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", _sans_commentaires(feuille))
    assert not couleurs


def test_jetons_employes_sont_definis() -> None:
    css = "".join(_sans_commentaires(f) for f in FEUILLES)
    employes = set(re.findall(r"var\((--es-[a-z0-9-]+)", css))
    definis = set(re.findall(r"(--es-[a-z0-9-]+)\s*:", css))
    assert employes <= definis


def test_classes_employees_sont_dessinees() -> None:
    """A class `es-…` that no sheet knows is a page that nobody drew."""
    css = "".join(_sans_commentaires(f) for f in FEUILLES)
    dessinees = set(re.findall(r"\.(es-[a-zA-Z0-9_-]+)", css))
    employees: dict[str, str] = {}
    for gabarit in GABARITS:
        for valeur in re.findall(r'class="([^"]*)"', gabarit.read_text()):
            for classe in re.findall(
                r"(?<![\w-])es-[a-zA-Z0-9_-]+(?![\w-]|{{)", re.sub(r"{%.*?%}", " ", valeur)
            ):
                employees.setdefault(classe, gabarit.name)
    assert {c: g for c, g in employees.items() if c not in dessinees} == {}


def _sans_commentaires(feuille: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", feuille.read_text(), flags=re.DOTALL)
