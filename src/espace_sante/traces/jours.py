"""French working days and legal delays (rules AUD-19, DOC-64, REG-07). Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def paques(annee: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus)."""
    a, b, c = annee % 19, annee // 100, annee % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mois, jour = divmod(h + m - 7 * n + 114, 31)
    return date(annee, mois, jour + 1)


@lru_cache(maxsize=32)
def feries(annee: int) -> frozenset[date]:
    """Public holidays of mainland France."""
    dimanche = paques(annee)
    mobiles = (dimanche + timedelta(days=n) for n in (1, 39, 50))
    return frozenset({*(date(annee, mois, jour) for mois, jour in _FIXES), *mobiles})


def ouvre(jour: date) -> bool:
    """Monday to Friday, public holidays excepted."""
    return jour.weekday() < 5 and jour not in feries(jour.year)


def apres_jours_ouvres(depart: date, nombre: int) -> date:
    """The last day of a delay in working days; the day of departure does not count."""
    jour = depart
    while nombre > 0:
        jour += timedelta(days=1)
        nombre -= ouvre(jour)
    return jour


def apres_mois(depart: date, nombre: int) -> date:
    """The same day some months later, or the last of that month (31 January → 28 February)."""
    annee, mois = divmod(depart.year * 12 + depart.month - 1 + nombre, 12)
    return date(annee, mois + 1, min(depart.day, calendar.monthrange(annee, mois + 1)[1]))
