"""Tables of the publisher's kit, written from the code: conformance statement, codes of CDA contents and of tokens."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from espace_sante.documents.cda.comparaison import _AVERTISSEMENTS
from tests.contrat.collection import preparer
from tests.contrat.depot import PAQUET

# Where findings on a content, and refusals of a token, are made.
_CDA = [*sorted((PAQUET / "documents" / "cda").glob("*.py")), PAQUET / "interop" / "fhir" / "simplifie.py"]
_OAUTH = sorted((PAQUET / "api" / "oauth").glob("*.py"))
_FABRIQUES_CDA = {"_constat", "Constat", "CdaInvalide"}


def conformite() -> str:
    """The CapabilityStatement of an installation that set nothing, as a page."""
    preparer()
    from espace_sante.config.environnement import REGLAGES
    from espace_sante.interop.fhir import capacites
    from espace_sante.interop.fhir.regles import MAX_DOCUMENTS

    defauts = {r.nom: r.defaut for r in REGLAGES}
    dit = capacites.ressource(
        "[base]",
        max_requete=int(str(defauts["ES_FHIR_MAX_REQUETE"])),
        max_document=int(str(defauts["ES_FHIR_MAX_DOCUMENT"])),
        max_documents=MAX_DOCUMENTS,
    )
    (serveur,) = dit["rest"]
    lignes = [
        f"FHIR {dit['fhirVersion']}. Formats : {_liste(dit['format'])}. PATCH : {_liste(dit['patchFormat'])}.",
        f"Suit en entier : {_liste(dit['instantiates'])}." if dit.get("instantiates") else "",
        serveur["documentation"],
        serveur["security"]["description"],
        "| ressource | interaction | précision |\n| --- | --- | --- |",
    ]
    faits = [("le serveur", i) for i in serveur.get("interaction", ())]
    faits += [(f"`{r['type']}`", i) for r in serveur["resource"] for i in r["interaction"]]
    lignes[-1] += "".join(
        f"\n| {qui} | `{i['code']}` | {_cellule(i.get('documentation', ''))} |" for qui, i in faits
    )
    operations = [
        (f"`{r['type']}`", o)
        for r in (serveur, *serveur["resource"])
        for o in r.get("operation", ())
        if "type" in r
    ]
    if operations:
        lignes.append("| ressource | opération |\n| --- | --- |")
        lignes[-1] += "".join(f"\n| {qui} | `${o['name']}` |" for qui, o in operations)
    for r in serveur["resource"]:
        profils = [r["profile"]] if "profile" in r else []
        lignes.append(f"### {r['type']}")
        if profils or r.get("supportedProfile"):
            lignes.append(f"Profils : {_liste([*profils, *r.get('supportedProfile', ())])}.")
        lignes.append(r.get("documentation", ""))
        if r.get("searchParam"):
            lignes.append(
                "Critères de recherche : "
                + _liste(f"{p['name']} ({p['type']})" for p in r["searchParam"])
                + "."
            )
    return "\n\n".join(ligne for ligne in lignes if ligne) + "\n"


def codes_cda() -> str:
    """Every finding on a CDA content: code, whether it refuses, rule, words."""
    lignes = ["| code | effet | règle | texte |", "| --- | --- | --- | --- |"]
    for code, (effets, regles, texte) in sorted(constats_cda().items()):
        lignes.append(
            f"| `{code}` | {' ou '.join(sorted(effets))} | {', '.join(sorted(regles))} | {_cellule(texte)} |"
        )
    return "\n".join(lignes) + "\n"


def codes_jetons() -> str:
    """Every refusal of the token endpoint."""
    lignes = ["| error | statut HTTP | textes |", "| --- | --- | --- |"]
    for (code, statut), textes in sorted(refus_oauth().items()):
        lignes.append(f"| `{code}` | {statut} | {_cellule(' '.join(sorted(textes)))} |")
    return "\n".join(lignes) + "\n"


def constats_cda() -> dict[str, tuple[set[str], set[str], str]]:
    """code → effects, rules, first text."""
    trouves: dict[str, tuple[set[str], set[str], str]] = {}
    for appel, textes in _appels(_CDA, _FABRIQUES_CDA):
        mots = [a for n in (*appel.args, *(k.value for k in appel.keywords)) for a in _chaines(n, textes)]
        codes = [m for m in mots if m.startswith(("cda-", "ins-", "traits-")) and " " not in m]
        if not codes:
            continue
        effet = "avertit" if "warning" in mots else "refuse"
        if any(isinstance(a, ast.Name) and a.id == "gravite" for a in appel.args):
            effet = "selon le cas"
        effets, regles, texte = trouves.setdefault(codes[0], (set(), set(), ""))
        effets.add(effet)
        regles.update(m for m in mots if m.startswith("CDA-"))
        phrases = sorted((m for m in mots if " " in m), key=lambda m: "…" in m)
        if not texte or ("…" in texte and phrases and "…" not in phrases[0]):
            texte = phrases[0] if phrases else ""
        trouves[codes[0]] = (effets, regles, texte)
    (effets, regles, _) = trouves.pop("cda-…-different")
    for nom, (_, sujet) in _AVERTISSEMENTS.items():
        texte = f"{sujet} n’est pas la même chose que dans le document : la valeur envoyée est gardée."
        trouves[f"cda-{nom.replace('_', '-')}-different"] = (effets, regles, texte)
    trouves["traits-differents"] = (
        {"selon le cas"},
        {"CDA-29"},
        "Les traits ne correspondent pas au dossier.",
    )
    return trouves


def refus_oauth() -> dict[tuple[str, int], set[str]]:
    """(OAuth error, status) → texts."""
    trouves: dict[tuple[str, int], set[str]] = {}
    for appel, _ in _appels(_OAUTH, {"RefusOAuth"}):
        if not appel.args or not isinstance(appel.args[0], ast.Constant):
            continue
        statut = (
            appel.args[2].value if len(appel.args) > 2 and isinstance(appel.args[2], ast.Constant) else 400
        )
        textes = trouves.setdefault((str(appel.args[0].value), int(str(statut))), set())
        if isinstance(appel.args[1], ast.Constant):
            textes.add(str(appel.args[1].value))
    return trouves


def _appels(fichiers: list[Path], noms: set[str]) -> Iterator[tuple[ast.Call, dict[str, str]]]:
    """Calls of these names, with the texts that the names before them in their function hold."""
    for fichier in fichiers:
        arbre = ast.parse(fichier.read_text(encoding="utf-8"))
        fonctions = [n for n in ast.walk(arbre) if isinstance(n, ast.FunctionDef)]
        for fonction in fonctions:
            textes: dict[str, str] = {}
            places = [n for n in ast.walk(fonction) if isinstance(n, ast.Assign | ast.Call)]
            for n in sorted(places, key=lambda n: (n.lineno, n.col_offset)):
                if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name):
                    textes[n.targets[0].id] = _texte(n.value)
                elif isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in noms:
                    yield n, dict(textes)


def _chaines(noeud: ast.expr, textes: dict[str, str]) -> Iterator[str]:
    if isinstance(noeud, ast.Name):
        yield textes.get(noeud.id, "")
    else:
        yield _texte(noeud)


def _texte(noeud: Any) -> str:
    if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
        return noeud.value
    if isinstance(noeud, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in noeud.values)
    return ""


def _liste(mots: Any) -> str:
    return ", ".join(f"`{m}`" for m in mots)


def _cellule(texte: str) -> str:
    return texte.replace("|", "\\|")
