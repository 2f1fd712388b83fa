"""The geometry of a curve of measures: points, marks and words for an inline SVG (MES-17, MES-18). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

LARGEUR: Final = 640
HAUTEUR: Final = 240
_GAUCHE: Final = 72
_DROITE: Final = 16
_HAUT: Final = 16
_BAS: Final = 32
_REPERES: Final = 4
# What is drawn of several numbers is told apart by its mark, not by a colour alone (WCAG 1.4.1).
MARQUES: Final = ("rond", "carre")


@dataclass(frozen=True, slots=True)
class Point:
    """A mark: its place, written as SVG does whatever the language of the page, and what it says to a pointer."""

    x: str
    y: str
    texte: str


@dataclass(frozen=True, slots=True)
class Trait:
    """One line: its name (empty when it is the only one), its mark, its points from the oldest on."""

    nom: str
    marque: str
    points: tuple[Point, ...]

    @property
    def chemin(self) -> str:
        """`points` of an SVG polyline."""
        return " ".join(f"{p.x},{p.y}" for p in self.points)


@dataclass(frozen=True, slots=True)
class Repere:
    """A horizontal rule and its value."""

    y: str
    texte: str


@dataclass(frozen=True, slots=True)
class Courbe:
    """What `espace/_courbe.html` draws."""

    traits: tuple[Trait, ...]
    reperes: tuple[Repere, ...]
    debut: str
    fin: str
    largeur: int = LARGEUR
    hauteur: int = HAUTEUR
    gauche: int = _GAUCHE
    droite: int = LARGEUR - _DROITE
    bas: int = HAUTEUR - _BAS


@dataclass(frozen=True, slots=True)
class Releve:
    """One moment and its numbers, in the unit that is shown."""

    quand: datetime
    valeurs: tuple[Decimal, ...]
    texte: str


def tracer(releves: Sequence[Releve], noms: Sequence[str], *, debut: str, fin: str) -> Courbe | None:
    """The curve of these moments, the oldest first; None when there is nothing to join."""
    if len(releves) < 2:
        return None
    nombres = [v for r in releves for v in r.valeurs]
    bas, haut = min(nombres), max(nombres)
    marge = (haut - bas) / 10 or Decimal(1)
    bas, haut = bas - marge, haut + marge
    premier, dernier = releves[0].quand, releves[-1].quand
    duree = (dernier - premier).total_seconds() or 1.0

    def place(releve: Releve, rang: int) -> Point:
        part = (releve.quand - premier).total_seconds() / duree
        x = _GAUCHE + part * (LARGEUR - _GAUCHE - _DROITE)
        return Point(f"{x:.1f}", _y(releve.valeurs[rang], bas, haut), releve.texte)

    return Courbe(
        traits=tuple(
            Trait(nom, MARQUES[rang % len(MARQUES)], tuple(place(r, rang) for r in releves))
            for rang, nom in enumerate(noms)
        ),
        reperes=tuple(_reperes(bas, haut)),
        debut=debut,
        fin=fin,
    )


def _y(valeur: Decimal, bas: Decimal, haut: Decimal) -> str:
    part = float((valeur - bas) / (haut - bas))
    return f"{HAUTEUR - _BAS - part * (HAUTEUR - _BAS - _HAUT):.1f}"


def _reperes(bas: Decimal, haut: Decimal) -> list[Repere]:
    """Round values between the two ends."""
    pas = _rond((haut - bas) / _REPERES)
    valeur = (bas / pas).to_integral_value(rounding="ROUND_CEILING") * pas
    reperes = []
    while valeur <= haut:
        reperes.append(Repere(_y(valeur, bas, haut), en_francais(valeur)))
        valeur += pas
    return reperes


def _rond(pas: Decimal) -> Decimal:
    """1, 2 or 5 times a power of ten, at least this much."""
    puissance = Decimal(10) ** pas.adjusted()
    return next(k * puissance for k in (1, 2, 5, 10) if k * puissance >= pas)


def en_francais(valeur: Decimal) -> str:
    """A number as people write it: comma, no idle zero."""
    texte = f"{valeur.normalize():f}" if valeur else "0"
    return texte.replace(".", ",")
