"""The only source of chance of the fictitious population: a seeded generator.

Everything that is drawn comes from a `Hasard` made from the seed and a path of words, so
that a holder, or one of his documents, can be made alone and is always the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
T = TypeVar("T")


class Hasard(random.Random):
    """A generator made from a seed and a path: `Hasard(7, "foyer", 12)`."""

    def __new__(cls, *chemin: object) -> Hasard:
        # random.Random.__new__ takes one seed at most; __init__ gives it.
        return super().__new__(cls)

    def __init__(self, *chemin: object) -> None:
        # A text seed goes through SHA-512 in CPython: same draws on every machine and run.
        super().__init__("/".join(str(pas) for pas in chemin))

    def uuid7(self, moment: datetime) -> UUID:
        """An identifier of version 7 whose time is `moment` and whose rest is drawn."""
        millisecondes = int(moment.timestamp() * 1000)
        alea = self.getrandbits(74)
        return UUID(int=millisecondes << 80 | 7 << 76 | (alea >> 62) << 64 | 2 << 62 | alea & (2**62 - 1))

    def parmi(self, choix: Sequence[tuple[T, float]]) -> T:
        """One of the values, each with its weight."""
        total = self.random() * sum(poids for _, poids in choix)
        for valeur, poids in choix:
            total -= poids
            if total < 0:
                return valeur
        return choix[-1][0]

    def chance(self, probabilite: float) -> bool:
        """Whether an event of that probability happens."""
        return self.random() < probabilite

    def jour(self, debut: date, fin: date) -> date:
        """A day between two days, both included; `debut` when the interval is empty."""
        return debut + timedelta(days=self.randint(0, max(0, (fin - debut).days)))

    def instant(self, jour: date, premiere_heure: int = 8, derniere_heure: int = 18) -> datetime:
        """A moment of that day in Paris, in working hours unless told otherwise."""
        minute = self.randrange(0, 60)
        heure = self.randint(premiere_heure, derniere_heure)
        return datetime.combine(jour, time(heure, minute, self.randrange(0, 60)), PARIS)

    def mesure(self, centre: float, ecart: float, decimales: int = 0) -> float:
        """A measured value around a centre, never further than three spreads, rounded."""
        valeur = min(max(self.gauss(centre, ecart), centre - 3 * ecart), centre + 3 * ecart)
        return round(valeur, decimales)


def jour_ouvre(jour: date) -> date:
    """That day, or the Monday after when it is a Saturday or a Sunday."""
    return jour + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[jour.weekday()])


def francais(valeur: float, decimales: int) -> str:
    """A number as written in French: decimal comma."""
    return f"{valeur:.{decimales}f}".replace(".", ",")
