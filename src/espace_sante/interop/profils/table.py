"""The facts of the published definitions, as rows read once (ADR 0022).

The files in `data` are made by `python -m tests.contrat.profils`: they hold facts and codes, no sentence of others.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_DONNEES: Final = Path(__file__).parent / "data"
SANS_LIMITE: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class TypeAdmis:
    """A type that an element may have; `cibles` are resource types of a Reference, `profil` what it must also follow."""

    nom: str
    cibles: frozenset[str] = frozenset()
    profil: str = ""


@dataclass(frozen=True, slots=True)
class Valeur:
    """A value that the element must have: `=` exactly, `~` at least that, `^` begin so."""

    genre: str
    attendu: Any


@dataclass(slots=True)
class Element:
    """What one definition says of one element: nothing said is None or empty."""

    definition: str
    chemin: str
    min: int | None = None
    max: int | None = None
    types: tuple[TypeAdmis, ...] = ()
    valeur: Valeur | None = None
    jeu: str = ""
    si: dict[str, Any] = field(default_factory=dict)
    ferme: bool = False
    enfants: dict[str, Element] = field(default_factory=dict)
    tranches: dict[str, Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """A resource, a type or a profile. `base` is empty for those of R4."""

    nom: str
    base: str
    url: str
    racine: Element


@lru_cache(maxsize=1)
def definitions() -> dict[str, Definition]:
    """Every definition, by short name."""
    lues = {
        d["definition"]: Definition(d["definition"], d["base"], d["url"], Element(d["definition"], ""))
        for d in _lire("definitions.csv")
    }
    for ligne in _lire("elements.csv"):
        _poser(lues[ligne["definition"]].racine, ligne)
    return lues


@lru_cache(maxsize=1)
def par_url() -> dict[str, Definition]:
    """The same by canonical address."""
    return {d.url: d for d in definitions().values()}


@lru_cache(maxsize=1)
def jeux() -> dict[str, frozenset[tuple[str, str]]]:
    """(system, code) of each required value set; the system is empty where the set names none."""
    lus: dict[str, set[tuple[str, str]]] = {}
    for ligne in _lire("jeux.csv"):
        lus.setdefault(ligne["jeu"], set()).add((ligne["systeme"], ligne["code"]))
    return {nom: frozenset(codes) for nom, codes in lus.items()}


def _lire(fichier: str) -> Iterator[dict[str, str]]:
    with (_DONNEES / fichier).open(encoding="utf-8", newline="") as ouvert:
        yield from csv.DictReader(ouvert)


def _poser(racine: Element, ligne: dict[str, str]) -> None:
    noeud = racine
    parcouru: list[str] = []
    for morceau in ligne["chemin"].split("."):
        parcouru.append(morceau)
        nom, _, tranche = morceau.partition(":")
        chemin = ".".join(parcouru)
        noeud = noeud.enfants.setdefault(
            nom, Element(racine.definition, chemin.removesuffix(f":{tranche}") if tranche else chemin)
        )
        if tranche:
            noeud = noeud.tranches.setdefault(tranche, Element(racine.definition, chemin))
    noeud.min = int(ligne["min"]) if ligne["min"] else None
    noeud.max = SANS_LIMITE if ligne["max"] == "*" else int(ligne["max"]) if ligne["max"] else None
    noeud.types = tuple(_type(t) for t in ligne["types"].split())
    noeud.valeur = Valeur(ligne["valeur"][0], json.loads(ligne["valeur"][1:])) if ligne["valeur"] else None
    noeud.jeu = ligne["jeu"]
    noeud.si = json.loads(ligne["si"]) if ligne["si"] else {}
    noeud.ferme = bool(ligne["ferme"])


def _type(texte: str) -> TypeAdmis:
    texte, _, profil = texte.removesuffix(">").partition("<")
    nom, _, cibles = texte.removesuffix(")").partition("(")
    return TypeAdmis(nom, frozenset(cibles.split("|")) if cibles else frozenset(), profil)
