"""House lint: what reviewers would otherwise have to see, each with the reason in its message."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.contrat.depot import PAQUET, RACINE, fichiers, modules, piece, textes

FACES = {"web", "interop", "api", "simulateurs", "commands", "config"}
# What opens, reads or writes a record: the gate alone calls these functions. Their types may be named by faces.
DERRIERE_LA_PORTE = {
    "documents.queries",
    "documents.ecriture",
    "traces.queries",
    "traces.ecriture",
    "acces.queries",
    "platform.postgres.rls",
    "platform.postgres.direct",
}
MODELES_RESERVES = {"documents.models", "traces.models", "dossier.models", "identite.models.titulaires"}
# (module, name): looked at one by one. A pure function, or work on fictitious people before anyone is served.
EXCEPTIONS = {
    # A refused body reached no record: its trace belongs to none.
    ("interop/views/depots.py", "tracer_hors_dossier"),
    ("simulateurs/chargement.py", "auteur_principal"),
}
# Raw SQL outside `queries.py`, `ecriture.py` and the adapters of `platform/postgres`.
SQL_RELU = {
    "api/sante.py": "asks whether the database was ever migrated",
    "commands/doctor.py": "reads the catalogue of the installation it checks",
    "commands/sauvegarde.py": "asks the owner's connection whether the database is empty",
    "identite/index.py": "the one lookup of every call",
    "identite/revocations.py": "listens on a channel for the life of the process",
    "simulateurs/bac_a_sable.py": "empties a sandbox of fictitious people, as owner, in one transaction",
    "simulateurs/chargement.py": "loads the fictitious population by COPY",
    "simulateurs/peuplement.py": "counts what is already loaded",
}
# Pages that write HTML made and cleaned by the product itself, after `nh3` and under their own sandbox.
DEJA_NETTOYE = {"web/templates/espace/lecture/cadre.html"}


def _nom(module: Path) -> str:
    return str(module.relative_to(PAQUET))


def _importations(module: Path) -> Iterator[tuple[str, str]]:
    """(module of the package without its prefix, name) of each import, those inside functions included."""
    for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.ImportFrom) and (noeud.module or "").startswith("espace_sante"):
            source = (noeud.module or "").removeprefix("espace_sante").removeprefix(".")
            yield from ((source, alias.name) for alias in noeud.names)
        elif isinstance(noeud, ast.Import):
            for alias in noeud.names:
                if alias.name.startswith("espace_sante."):
                    yield alias.name.removeprefix("espace_sante."), "*"


def test_no_room_for_odds_and_ends() -> None:
    interdits = {"utils", "util", "helpers", "helper", "common", "commons", "misc", "shared"}
    trouves = [
        p
        for p in fichiers()
        if p.suffix == ".py" and ({p.stem, *p.relative_to(RACINE).parts[:-1]} & interdits)
    ]
    assert not trouves


def test_modules_stay_short() -> None:
    tailles = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in fichiers() if p.suffix == ".py"}
    assert not {str(p): n for p, n in tailles.items() if n > 400}
    du_paquet = [n for m in modules() if (n := tailles[m])]
    assert statistics.median(du_paquet) < 90


def test_the_gate_is_not_bypassed() -> None:
    passe_droits = []
    for module in modules():
        chez = piece(module)
        for source, nom in _importations(module):
            complet = f"{source}.{nom}"
            if any(r in (source, complet) for r in MODELES_RESERVES) or (source, nom) == (
                "identite.models",
                "Titulaire",
            ):
                maison = source.split(".")[0]
                # Making a record writes the holder's identity with it: `dossier` is the one that does.
                if chez not in {maison, "acces"} and (chez, nom) != ("dossier", "Titulaire"):
                    passe_droits.append(f"{_nom(module)} imports {complet}")
            if chez in FACES:
                fonction = source in DERRIERE_LA_PORTE and not nom[0].isupper()
                if (fonction or complet in DERRIERE_LA_PORTE) and (_nom(module), nom) not in EXCEPTIONS:
                    passe_droits.append(f"{_nom(module)} imports {complet}")
    assert not passe_droits, "ask the room `acces` instead"


def test_raw_sql_stays_where_it_is_reviewed() -> None:
    ailleurs = set()
    for module in modules():
        nom = _nom(module)
        if (
            module.name in {"queries.py", "ecriture.py"}
            or nom.startswith("platform/postgres/")
            or nom in SQL_RELU
        ):
            continue
        for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            appel = isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Attribute)
            if appel and noeud.func.attr in {"execute", "executemany", "raw", "extra", "cursor"}:
                ailleurs.add(nom)
            if isinstance(noeud, ast.Name) and noeud.id == "RawSQL":
                ailleurs.add(nom)
    assert not ailleurs, "raw SQL belongs to queries.py or ecriture.py"
    assert not [n for n in SQL_RELU if not (PAQUET / n).exists()]


def test_a_log_line_is_a_fixed_text_and_only_commands_print() -> None:
    """What varies in a line could be an identity: a line is a code of the journal, or a constant (REG-12)."""
    niveaux = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    fautifs = []
    for module in modules():
        for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(noeud, ast.Call):
                continue
            appel = ast.unparse(noeud.func)
            valeurs = [*noeud.args, *[k.value for k in noeud.keywords if k.arg != "exc_info"]]
            if appel == "print" and piece(module) != "commands":
                fautifs.append(f"{_nom(module)}: print")
            elif appel == "consigner" and any(isinstance(v, ast.JoinedStr) for v in valeurs):
                fautifs.append(f"{_nom(module)}: free text in a journal line")
            elif isinstance(noeud.func, ast.Attribute) and noeud.func.attr in niveaux:
                qui = ast.unparse(noeud.func.value).lower()
                if _nom(module) == "platform/journal.py" or not re.search(r"log|journal", qui):
                    continue
                if not all(isinstance(v, ast.Constant) for v in valeurs):
                    fautifs.append(f"{_nom(module)}: {ast.unparse(noeud)}")
    assert not fautifs


def _gabarits() -> list[tuple[Path, str]]:
    return [(p, t) for p, t in textes(".html", ".svg", ".js", ".css") if PAQUET in p.parents]


def test_pages_hold_no_inline_script_or_style_and_fetch_nothing_elsewhere() -> None:
    interdits = {
        "inline style": r"<style[\s>]|\sstyle\s*=",
        "inline handler": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
        "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
        "script in an address": r"javascript:",
        "evaluated htmx": r"hx-on|hx-vals=[\"']js:",
        "something from elsewhere": r"<(?:script|link|img|iframe|source|use)[^>]*(?:src|href)=[\"'](?:https?:)?//",
        "imported style": r"@import\s+url|url\([\"']?(?:https?:)?//",
        "unescaped text": r"\|\s*safe\b|autoescape off",
    }
    fautes = []
    for page, texte in _gabarits():
        for raison, motif in interdits.items():
            if raison == "unescaped text" and str(page.relative_to(PAQUET)) in DEJA_NETTOYE:
                continue
            if re.search(motif, texte, re.I):
                fautes.append(f"{page.relative_to(PAQUET)}: {raison}")
    assert not fautes


def test_the_policy_of_contents_allows_nothing_unsafe() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    valeurs = {v for liste in directives.values() for v in liste}
    assert not [v for v in valeurs if "unsafe" in v or v in {"*", "https:", "http:"}]
    assert directives["default-src"] == ["'none'"]
    assert directives["object-src"] == ["'none'"]


def test_no_brand_of_somebody_else() -> None:
    """The State's marks are reserved to the State; our name is ours (architecture, dependencies)."""
    marques = re.compile(r"\bdsfr\b|@gouvfr|r[ée]publique\s+fran[çc]aise|\bmon espace sant[ée]\b", re.I)
    visages = [(p, t) for p, t in _gabarits() if not p.name.endswith(".min.js")]
    assert not [str(p.relative_to(PAQUET)) for p, t in visages if marques.search(t)]
    # Marianne is the State's emblem and typeface; as a first name it may only be in the fictitious population.
    assert not [str(p.relative_to(PAQUET)) for p, t in visages if "marianne" in t.lower()]
    assert not [str(p) for p in fichiers() if re.search(r"marianne|dsfr", p.name, re.I)]


def test_no_path_of_a_machine_and_no_registry_in_the_repository() -> None:
    # Written in pieces, so that this file does not hold what it forbids.
    chemins = re.compile(
        r"(?<![\w.~$}<-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w"
    )
    hotes = re.compile(
        r"(?:" + "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "deb\\.deb" + "ian", "maven\\." + "org"]) + r")\b"
        r"[\w.]*\.?(?:org|com)?/|--(?:extra-)?index-url|[a-z]+\.(?:py" + "pi|npm" + r"js)\.(?:org|com)",
        re.I,
    )  # fmt: skip
    fautes = []
    for page, texte in textes():
        for numero, ligne in enumerate(texte.splitlines(), 1):
            if chemins.search(ligne) or (hotes.search(ligne) and "--no-emit-index-url" not in ligne):
                fautes.append(f"{page.relative_to(RACINE)}:{numero}")
    assert not fautes


def test_public_samples_are_not_committed() -> None:
    assert not [
        p for p in fichiers() if p.suffix in {".xsd", ".xml", ".p12", ".pfx"} and PAQUET not in p.parents
    ]
    assert not [p for p in fichiers() if p.suffix == ".xsd"]


def test_nothing_is_left_for_later_in_the_code() -> None:
    reste = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    assert not [_nom(m) for m in modules(essais=True) if reste.search(m.read_text(encoding="utf-8"))]


def test_rules_cited_by_tests_have_the_form_of_the_rulebook() -> None:
    forme = re.compile(r"[A-Z]{3}-\d{2,3}$")
    fautes = []
    for page, texte in textes(".py"):
        for citees in re.findall(r"mark\.rule\(((?:\s*\"[^\"]*\",?)+)", texte):
            for regle in re.findall(r"[\"']([^\"']+)[\"']", citees):
                if not forme.match(regle):
                    fautes.append(f"{page.name}: {regle}")
    assert not fautes


@pytest.mark.parametrize("dossier", sorted({p.parent for p in modules(essais=True)}), ids=str)
def test_every_folder_of_code_is_a_package(dossier: Path) -> None:
    assert "tests" in dossier.parts or (dossier / "__init__.py").exists(), "setuptools would leave it out"
