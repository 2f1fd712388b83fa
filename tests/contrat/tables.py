"""Tables of the documents that the code itself dictates: settings, commands, error codes.

`make docs` writes them between the marks of their page; a test holds page and code equal.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.contrat import collection, editeurs, elements
from tests.contrat.depot import RACINE

EXPLOITATION = RACINE / "docs" / "exploitation"
INTEROP = RACINE / "docs" / "interop"
_DEBUT, _FIN = "<!-- table : début, écrite par make docs -->\n", "<!-- table : fin -->"


def reglages() -> str:
    """Every setting: name, default, meaning; secrets marked."""
    from espace_sante.config.environnement import REGLAGES

    lignes = ["| réglage | par défaut | sens |", "| --- | --- | --- |"]
    for r in REGLAGES:
        defaut = "obligatoire en production" if r.defaut is None else f"`{r.defaut}`" if r.defaut else "vide"
        lignes.append(f"| `{r.nom}`{' (secret)' if r.secret else ''} | {defaut} | {_cellule(r.sens)} |")
    return "\n".join(lignes) + "\n"


def commandes() -> str:
    """Every command with its arguments, walked from the parser itself."""
    from espace_sante.commands.__main__ import analyseur

    return "\n".join(_commande(analyseur(), "espace-sante"))


def conservation() -> str:
    """The retention table (REG-13), with the durations of an installation that set nothing."""
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.reglages")
    from espace_sante.dossier.conservation import page

    return page()


def erreurs_fhir() -> str:
    """Every code that the FHIR door can answer, with its status and words."""
    from espace_sante.interop.fhir.catalogue import toutes

    lignes = ["| code | statut HTTP | type FHIR | texte |", "| --- | --- | --- | --- |"]
    lignes += [f"| `{e.code}` | {e.statut} | `{e.issue}` | {_cellule(e.phrase)} |" for e in toutes()]
    return "\n".join(lignes) + "\n"


def constats_de_profil() -> str:
    """Every code of the profile checker, with its words."""
    from espace_sante.interop.profils.regles import RegleProfil

    lignes = ["| code | type FHIR | texte |", "| --- | --- | --- |"]
    lignes += [f"| `{r.code}` | `{r.issue}` | {_cellule(r.phrase)} |" for r in RegleProfil]
    return "\n".join(lignes) + "\n"


def _commande(analyseur: argparse.ArgumentParser, nom: str) -> Iterator[str]:
    for action in analyseur._actions:
        if isinstance(action, argparse._SubParsersAction):
            aides = {a.dest: a.help or "" for a in action._choices_actions}
            for choix, sous in action.choices.items():
                yield f"### `{nom} {choix}`\n\n{_phrase(aides.get(choix, ''))}\n"
                arguments = [
                    a
                    for a in sous._actions
                    if not isinstance(a, (argparse._HelpAction, argparse._SubParsersAction))
                ]
                if arguments:
                    yield "| argument | sens |\n| --- | --- |"
                    yield "\n".join(f"| `{_forme(a)}` | {_cellule(a.help or '')} |" for a in arguments) + "\n"
                yield from _commande(sous, f"{nom} {choix}")


def _forme(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    forme = action.option_strings[-1]
    if action.nargs != 0:
        forme += f" {action.metavar or action.dest.upper()}"
    return forme if action.required else f"[{forme}]"


def _phrase(texte: str) -> str:
    return texte[:1].upper() + texte[1:] + "." if texte else ""


def _cellule(texte: str) -> str:
    return texte.replace("|", "\\|")


PAGES: dict[Path, Callable[[], str]] = {
    EXPLOITATION / "reglages.md": reglages,
    EXPLOITATION / "commandes.md": commandes,
    EXPLOITATION / "conservation.md": conservation,
    INTEROP / "erreurs.md": erreurs_fhir,
    INTEROP / "erreurs-cda.md": editeurs.codes_cda,
    INTEROP / "erreurs-jetons.md": editeurs.codes_jetons,
    INTEROP / "conformite.md": editeurs.conformite,
    INTEROP / "elements.md": elements.table,
    INTEROP / "profils.md": constats_de_profil,
}

# Files that the code writes whole: what publishers import or send.
FICHIERS: dict[Path, Callable[[], str]] = {
    INTEROP / "collection.json": collection.collection,
    INTEROP / "exemples" / "iti-65.json": collection.iti_65,
    INTEROP / "exemples" / "iti-105.json": collection.iti_105,
}


def attendu(page: Path) -> str:
    """The page as it must be: what people wrote, with the table of today's code."""
    texte = page.read_text(encoding="utf-8")
    neuf, nombre = re.subn(
        f"(?s){re.escape(_DEBUT)}.*?{re.escape(_FIN)}", lambda _: f"{_DEBUT}\n{PAGES[page]()}\n{_FIN}", texte
    )
    if nombre != 1:
        raise ValueError(f"{page.name}: the marks of the table are missing")
    return neuf


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(attendu(page), encoding="utf-8")
    for fichier, ecrire in FICHIERS.items():
        fichier.write_text(ecrire(), encoding="utf-8")
