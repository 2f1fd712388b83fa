"""The table of R4 elements, read when a type is first met (FHR-05)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Final

FHIR: Final = "http://hl7.org/fhir"
XHTML: Final = "http://www.w3.org/1999/xhtml"
_TABLE: Final = Path(__file__).parent / "elements_r4.txt"
# R4 names no other type inside a resource.
_RESSOURCE: Final = "Resource"
_DOMAINES: Final = frozenset({"Resource", "DomainResource"})


class Genre(IntEnum):
    """What an element holds: up to BASE64 one value, then elements."""

    TEXTE = 0
    BOOLEEN = 1
    ENTIER = 2
    DECIMAL = 3
    BASE64 = 4
    COMPLEXE = 5
    RESSOURCE = 6
    XHTML = 7


_GENRES: Final = {
    "boolean": Genre.BOOLEEN,
    "integer": Genre.ENTIER,
    "positiveInt": Genre.ENTIER,
    "unsignedInt": Genre.ENTIER,
    "decimal": Genre.DECIMAL,
    "base64Binary": Genre.BASE64,
    "xhtml": Genre.XHTML,
    _RESSOURCE: Genre.RESSOURCE,
}


@dataclass(frozen=True, slots=True)
class Champ:
    """One element of a type. `rang` is its place; the forms of a choice share theirs. `attribut`: written as one."""

    rang: int
    nom: str
    type: str
    genre: Genre
    liste: bool
    attribut: bool
    # `<name value="` of what is written as one; empty for the rest.
    ouvrante: str

    @property
    def balise(self) -> str:
        """Its XML name with its namespace."""
        return f"{{{XHTML if self.genre is Genre.XHTML else FHIR}}}{self.nom}"


@cache
def _lignes() -> dict[str, str]:
    lignes = (ligne for ligne in _TABLE.read_text("utf-8").splitlines() if not ligne.startswith("#"))
    return {ligne.partition("<")[0]: ligne for ligne in lignes}


@cache
def par_nom(type_: str) -> dict[str, Champ]:
    """Elements of a type by their JSON name; empty for a type that R4 does not have."""
    ligne = _lignes().get(type_)
    if ligne is None:
        return {}
    tete, *morceaux = ligne.split()
    base = tete.partition("<")[2]
    champs = dict(par_nom(base)) if base else {}
    depart = len(champs)
    for rang, morceau in enumerate(morceaux, depart):
        nom, _, types = morceau.partition(":")
        attribut, liste = nom.startswith("@"), nom.endswith("*")
        nom = nom.removeprefix("@").removesuffix("*")
        if nom.endswith("[x]"):
            formes = {f"{nom[:-3]}{t[0].upper()}{t[1:]}": t for t in types.split("|")}
        else:
            formes = {nom: types}
        for forme, type_forme in formes.items():
            genre = _genre(type_forme)
            ouvrante = f'<{forme} value="' if genre <= Genre.BASE64 and not attribut else ""
            champs[forme] = Champ(rang, forme, type_forme, genre, liste, attribut, ouvrante)
    return champs


@cache
def par_balise(type_: str) -> dict[str, Champ]:
    """The same by XML name, without what is written as an attribute."""
    return {c.balise: c for c in par_nom(type_).values() if not c.attribut}


@cache
def est_ressource(type_: str) -> bool:
    """Whether R4 has a resource of that name."""
    base = _lignes().get(type_, "").partition(" ")[0].partition("<")[2]
    return base in _DOMAINES and type_ not in _DOMAINES


def _genre(type_: str) -> Genre:
    return _GENRES.get(type_) or (Genre.TEXTE if type_[0].islower() else Genre.COMPLEXE)
