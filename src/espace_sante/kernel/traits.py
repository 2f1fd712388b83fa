"""The five identity traits and their comparison (IDN-09, IDN-11, IDN-12)."""

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Sexe = Literal["M", "F", "I"]

# NFKD does not take these apart.
_LIGATURES: Final = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)


@dataclass(frozen=True, slots=True, repr=False)
class Traits:
    """Birth name, birth first names in order, birth date (ISO, may be partial), sex, COG place.

    `repr` shows nothing: traits must not reach a log.
    """

    nom_naissance: str
    prenoms: str
    date_naissance: str
    sexe: Sexe
    lieu_naissance: str = ""

    def __repr__(self) -> str:
        return "<Traits>"


def plier(texte: str) -> str:
    """Fold a name for comparison (IDN-12): capitals, no accent, hyphens and apostrophes as one space."""
    sans_accent = unicodedata.normalize("NFKD", texte.translate(_LIGATURES))
    lettres = (c for c in sans_accent.upper() if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in lettres).split())


def comparer(a: Traits, b: Traits) -> tuple[str, ...]:
    """Names of the traits that differ, in the order of the fields; empty when none does.

    First names agree when one list begins the other (software often sends the first only).
    Dates agree on the parts both know (IDN-11). A birth place is compared when both have one.
    """
    differents: list[str] = []
    if plier(a.nom_naissance) != plier(b.nom_naissance):
        differents.append("nom_naissance")
    if not _memes_prenoms(plier(a.prenoms).split(), plier(b.prenoms).split()):
        differents.append("prenoms")
    if not _memes_dates(a.date_naissance, b.date_naissance):
        differents.append("date_naissance")
    if a.sexe != b.sexe:
        differents.append("sexe")
    if a.lieu_naissance and b.lieu_naissance and a.lieu_naissance.upper() != b.lieu_naissance.upper():
        differents.append("lieu_naissance")
    return tuple(differents)


def _memes_prenoms(a: list[str], b: list[str]) -> bool:
    if not a or not b:
        return a == b
    communs = min(len(a), len(b))
    return a[:communs] == b[:communs]


def _memes_dates(a: str, b: str) -> bool:
    if not a or not b:
        return a == b
    # "00" is an unknown day or month (INS-11): neither it nor what follows it is compared.
    return all(x == y for x, y in zip(_connus(a), _connus(b), strict=False))


def _connus(date: str) -> list[str]:
    connus: list[str] = []
    for partie in date.split("-"):
        if not partie.strip("0"):
            break
        connus.append(partie)
    return connus
