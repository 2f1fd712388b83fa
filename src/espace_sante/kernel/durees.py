"""Durations that the rules count in calendar months and days, at French legal time (rules ACC-21, DOC-49). Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def ajouter_mois(quand: datetime, mois: int) -> datetime:
    """Same day and hour in France so many months later, in UTC; a day that the month has not is its last one.

    An hour that does not exist (spring) is the instant that it would have been without the change of hour; one that
    comes twice (autumn) is the first.
    """
    ici = quand.astimezone(PARIS)
    annee, rang = divmod(ici.year * 12 + ici.month - 1 + mois, 12)
    jour = min(ici.day, monthrange(annee, rang + 1)[1])
    return ici.replace(year=annee, month=rang + 1, day=jour, fold=0).astimezone(UTC)
