"""The documents are complete and true: settings, commands, terms, links, paths, decisions."""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pytest

from tests.contrat.depot import PAQUET, RACINE, fichiers, modules, piece, textes
from tests.contrat.tables import PAGES, attendu

DOCS = RACINE / "docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_tables_are_those_of_the_code(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == attendu(page), "run `make docs`"


def test_every_setting_is_read_and_none_is_hidden() -> None:
    from espace_sante.config.environnement import REGLAGES

    noms = {r.nom for r in REGLAGES}
    assert len(noms) == len(REGLAGES)
    # What the product reads, wherever it reads it, is a declared setting: nothing is hidden from the operator.
    motif = re.compile(
        r"""(?:environ(?:\.get\(|\.setdefault\(|\[)|lire\(|entier\(|oui\(|liste\(|reseaux\(|secondes\()\s*f?["'](ES_[A-Z0-9_]+)"""
    )
    lus = {nom for m in modules() for nom in motif.findall(m.read_text(encoding="utf-8"))}
    assert lus <= noms, f"read without being declared: {sorted(lus - noms)}"
    assert noms <= lus, f"declared and never read: {sorted(noms - lus)}"


def test_links_of_the_documents_resolve() -> None:
    casses = []
    for page, texte in textes(".md"):
        for cible in re.findall(r"\]\(([^)\s]+)\)", texte):
            if re.match(r"[a-z]+:", cible) or cible.startswith("#"):
                continue
            if not (page.parent / cible.split("#")[0]).exists():
                casses.append(f"{page.relative_to(RACINE)}: {cible}")
    assert not casses


def test_paths_of_the_architecture_exist() -> None:
    texte = (RACINE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = texte.split("## I want to change")[1]
    chemins = re.findall(r"`((?:src|tests)/[^`]+)`", table)
    assert len(chemins) > 20
    assert not [c for c in chemins if not (RACINE / c).exists()]


def test_modules_named_by_the_architecture_exist() -> None:
    texte = (RACINE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    absents = []
    for nom in re.findall(r"`((?:acces|documents|identite|traces|platform|dossier)(?:\.\w+)+)", texte):
        dossier = PAQUET
        for morceau in nom.split("."):
            if (dossier / morceau).is_dir():
                dossier /= morceau
                continue
            module = dossier / f"{morceau}.py"
            if not module.exists() and not re.search(
                rf"^(?:def|class) {morceau}\b", dossier.with_suffix(".py").read_text(encoding="utf-8"), re.M
            ):
                absents.append(nom)
            dossier = dossier / morceau
    assert not absents


def test_rooms_of_the_architecture_are_those_of_the_code() -> None:
    texte = (RACINE / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    dits = {n for ligne in texte.splitlines() for n in re.findall(r"[a-z_]+", ligne[:48])}
    assert dits == {piece(m) for m in modules() if m.parent != PAQUET}


@pytest.mark.parametrize("nom", sorted({piece(m) for m in modules() if m.parent != PAQUET} - {"config"}))
def test_each_room_says_what_it_keeps_and_promises(nom: str) -> None:
    page = PAQUET / nom / "README.md"
    assert page.exists()
    texte = page.read_text(encoding="utf-8")
    assert len(texte.splitlines()) <= 45, "a page of about twenty lines"
    for titre in ("Promises", "May call"):
        assert titre in texte, f"{nom}: says nothing of « {titre} »"


def test_decisions_are_indexed() -> None:
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    pages = sorted(p.name for p in (DOCS / "adr").glob("0*.md"))
    assert re.findall(r"\]\((0[^)]+)\)", index) == pages
    assert [p[:4] for p in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    for page in pages:
        texte = (DOCS / "adr" / page).read_text(encoding="utf-8")
        assert texte.startswith(f"# {page[:4]}. ")
        assert texte.splitlines()[0][8:].strip() in index
        for partie in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert partie in texte, f"{page}: {partie}"


def test_make_help_lists_the_commands_of_the_contract() -> None:
    texte = (RACINE / "Makefile").read_text(encoding="utf-8")
    cibles = set(re.findall(r"^([a-z-]+):.*## ", texte, re.M))
    assert {"demo", "test", "test-fast", "lint", "bench", "drill", "help"} <= cibles


# --- glossary --------------------------------------------------------------------------------


def _plier(texte: str) -> str:
    sans = unicodedata.normalize("NFKD", texte).encode("ascii", "ignore").decode()
    return re.sub(r"[\W_]", "", sans).lower()


@lru_cache(maxsize=1)
def _termes() -> tuple[str, ...]:
    return tuple(re.findall(r"^\| `([^`]+)` \|", (DOCS / "glossaire.md").read_text(encoding="utf-8"), re.M))


def test_each_term_of_the_glossary_is_in_the_code() -> None:
    mots = {_plier(mot) for m in modules() for mot in re.findall(r"\w+", m.read_text(encoding="utf-8"))}
    assert not [t for t in _termes() if not any(_plier(t) in mot for mot in mots)]


def test_no_term_is_listed_twice() -> None:
    assert len(_termes()) == len(set(_termes()))


def test_tables_and_states_of_the_domain_are_in_the_glossary() -> None:
    """Names of models, and members of the enums whose values are stored or told."""
    connus = {_plier(t) for t in _termes()}
    manquants = []
    for module in modules():
        if piece(module) not in {"kernel", "identite", "traces", "dossier", "documents", "acces"}:
            continue
        for classe in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(classe, ast.ClassDef):
                continue
            bases = {ast.unparse(b) for b in classe.bases}
            noms = []
            if bases & {"models.Model", "AbstractBaseUser"}:
                noms = [classe.name]
            elif any(b.endswith("Enum") for b in bases) and module.parent.name not in {"cda"}:
                membres = [n.targets[0] for n in classe.body if isinstance(n, ast.Assign)]
                noms = [m.id for m in membres if isinstance(m, ast.Name) and len(m.id) > 1]
            manquants += [f"{classe.name}: {n}" for n in noms if _plier(n) not in connus]
    assert not manquants


def test_the_licence_is_whole() -> None:
    texte = (RACINE / "LICENSE").read_text(encoding="utf-8")
    assert texte.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert all(f"\n{n}. " in texte for n in range(1, 16))
    assert "Appendix" in texte


def test_no_generated_or_private_file_is_tracked() -> None:
    """Data folders, keys, results and captures stay on the machine that made them."""
    suivis = {str(p.relative_to(RACINE)) for p in fichiers()}
    assert not [n for n in suivis if n.startswith(("var/", ".venv/", "captures/", "bench/results/"))]
    assert not [n for n in suivis if n.endswith((".key", ".pem", ".dump", ".sqlite3", ".log"))]
    assert "uv.lock" not in suivis
