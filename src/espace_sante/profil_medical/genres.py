"""Kinds of measures: code, unit, bounds, options, read from a data file (table A.9.1, FHR-145 to FHR-147, MES-02).

Bounds are proposed defaults, to be reviewed by a clinician (MES-03); ES_MESURES names another file of the same form.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from django.conf import settings

from espace_sante.profil_medical.errors import GenresInvalides

IMC: Final = "imc"
POIDS: Final = "poids"
TAILLE: Final = "taille"
JEU_MOMENT: Final = "J157"
JEU_JOURS: Final = "J164"
JEU_DIABETE: Final = "J153"
# A second LOINC code of blood glucose, read as the first (table A.9.1, MES-28).
_AUTRES_CODES: Final = {"2339-0": "2345-7"}


@dataclass(frozen=True, slots=True)
class Composant:
    """One number of a measure; `code` is empty when the measure has a single one."""

    code: str
    nom: str
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreMesure:
    """One kind. `facteur`: what is typed times this is what is kept (height: metres → centimetres, MES-14)."""

    code_genre: str
    libelle: str
    systeme: str
    code: str
    composants: tuple[Composant, ...]
    unite: str
    unite_affichee: str
    facteur: int
    decimales: int
    moment: bool
    jours: bool
    jeu_site: str
    jeu_methode: str
    saisie: bool
    ecriture: bool
    profil: str

    @property
    def compose(self) -> bool:
        """Whether its numbers are components, and it has no value of its own (blood pressure)."""
        return len(self.composants) > 1

    @property
    def droit(self) -> str:
        """The kind of data that a holder consents to (`acces.appairages`)."""
        return f"mesures.{self.code_genre}"


@dataclass(frozen=True, slots=True)
class Valeur:
    """One code of a value set; `systeme` is an OID."""

    code: str
    systeme: str
    libelle: str


def genres() -> dict[str, GenreMesure]:
    """Every kind, in the order of the file. Raises GenresInvalides."""
    return _genres(settings.ES_MESURES)


def par_code(code: str) -> GenreMesure | None:
    """The kind of that code, whatever the system that names it."""
    return _par_code(settings.ES_MESURES).get(_AUTRES_CODES.get(code, code))


def jeu(nom: str) -> dict[str, Valeur]:
    """The codes of a value set, empty when it is not known."""
    return _jeux().get(nom, {})


@lru_cache(maxsize=4)
def _genres(chemin: str) -> dict[str, GenreMesure]:
    try:
        texte = Path(chemin).read_text("utf-8") if chemin else _donnees("mesures.csv")
        return {g.code_genre: g for g in lire_genres(csv.DictReader(texte.splitlines()))}
    except (OSError, UnicodeDecodeError):
        raise GenresInvalides(
            "mesures_illisibles", "Le fichier des mesures (ES_MESURES) est illisible."
        ) from None


@lru_cache(maxsize=4)
def _par_code(chemin: str) -> dict[str, GenreMesure]:
    return {g.code: g for g in _genres(chemin).values()}


def lire_genres(lignes: Iterable[dict[str, str]]) -> list[GenreMesure]:
    """Kinds from the rows of a file. Raises GenresInvalides on the first row that says something impossible. Pure."""
    lus = []
    for rang, ligne in enumerate(lignes, 2):
        try:
            lus.append(_genre(ligne))
        except (KeyError, ValueError, AttributeError, TypeError, InvalidOperation):
            raise GenresInvalides(
                "mesures_illisibles", f"Mesures : la ligne {rang} est incorrecte."
            ) from None
    if not lus or len({g.code_genre for g in lus}) != len(lus) or len({g.code for g in lus}) != len(lus):
        raise GenresInvalides("mesures_illisibles", "Mesures : un genre manque, ou est donné deux fois.")
    return lus


def _genre(ligne: dict[str, str]) -> GenreMesure:
    composants: tuple[Composant, ...] = ()
    if ligne["composants"]:
        composants = tuple(_composant(*c.split(":")) for c in ligne["composants"].split("|"))
    elif ligne["minimum"]:
        composants = (_composant("", "", ligne["minimum"], ligne["maximum"]),)
    genre = GenreMesure(
        code_genre=ligne["genre"],
        libelle=ligne["libelle"],
        systeme=ligne["systeme"],
        code=ligne["code"],
        composants=composants,
        unite=ligne["unite"],
        unite_affichee=ligne["unite_affichee"],
        facteur=int(ligne["facteur"]),
        decimales=int(ligne["decimales"]),
        moment=_oui(ligne["moment"]),
        jours=_oui(ligne["jours"]),
        jeu_site=ligne["jeu_site"],
        jeu_methode=ligne["jeu_methode"],
        saisie=_oui(ligne["saisie"]),
        ecriture=_oui(ligne["ecriture"]),
        profil=ligne["profil"],
    )
    connus = all(not nom or jeu(nom) for nom in (genre.jeu_site, genre.jeu_methode))
    if not (genre.code_genre and genre.code and genre.unite and connus) or genre.facteur < 1:
        raise ValueError
    if genre.ecriture and not genre.composants:
        raise ValueError
    return genre


def _composant(code: str, nom: str, minimum: str, maximum: str) -> Composant:
    lu = Composant(code, nom, Decimal(minimum), Decimal(maximum))
    if not lu.minimum <= lu.maximum:
        raise ValueError
    return lu


def _oui(mot: str) -> bool:
    if mot not in ("oui", "non"):
        raise ValueError
    return mot == "oui"


@lru_cache(maxsize=1)
def _jeux() -> dict[str, dict[str, Valeur]]:
    jeux: dict[str, dict[str, Valeur]] = {}
    for ligne in csv.DictReader(_donnees("jeux_de_valeurs.csv").splitlines()):
        valeur = Valeur(ligne["code"], ligne["systeme"], ligne["libelle"])
        jeux.setdefault(ligne["jeu"], {})[valeur.code] = valeur
    return jeux


def _donnees(nom: str) -> str:
    return files("espace_sante.profil_medical").joinpath("data", nom).read_text("utf-8")
