"""Dates and times in words, Paris time: "mardi 3 mars à 14 h 05" (design, Voice)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def a_paris(instant: datetime) -> datetime:
    """The instant on the clock of Paris (traces keep UTC: AUD-02)."""
    return instant.astimezone(PARIS)


def aujourd_hui() -> date:
    """The civil date in Paris."""
    return a_paris(datetime.now(UTC)).date()


def _quantieme(jour: date) -> str:
    return f"{'1er' if jour.day == 1 else jour.day} {_MOIS[jour.month - 1]}"


def date_longue(jour: date | datetime) -> str:
    """`3 mars 2026`."""
    jour = _civil(jour)
    return f"{_quantieme(jour)} {jour.year}"


def jour_en_mots(jour: date | datetime, *, repere: date | None = None) -> str:
    """`aujourd’hui`, `hier`, `mardi 3 mars`; the year is said when it is not the current one."""
    jour, repere = _civil(jour), repere or aujourd_hui()
    ecart = (repere - jour).days
    if ecart in {0, 1}:
        return ("aujourd’hui", "hier")[ecart]
    mots = f"{_JOURS[jour.weekday()]} {_quantieme(jour)}"
    return mots if jour.year == repere.year else f"{mots} {jour.year}"


def heure_en_mots(instant: datetime) -> str:
    """`14 h 05`, with spaces that do not break."""
    local = a_paris(instant)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}"


def moment_en_mots(instant: datetime, *, repere: date | None = None) -> str:
    """`mardi 3 mars à 14 h 05`."""
    return f"{jour_en_mots(instant, repere=repere)} à {heure_en_mots(instant)}"


def naissance_en_mots(texte: str) -> str:
    """A birth date as received, maybe partial (IDN-11): `3 mars 1980`, `mars 1980`, `1980`."""
    morceaux = [int(m) for m in texte.split("-") if m.isdigit() and int(m)]
    if len(morceaux) == 3:
        try:
            return date_longue(date(*morceaux))
        except ValueError:
            return texte
    if len(morceaux) == 2 and morceaux[1] <= 12:
        return f"{_MOIS[morceaux[1] - 1]} {morceaux[0]}"
    return str(morceaux[0]) if morceaux else "date inconnue"


def _civil(jour: date | datetime) -> date:
    return a_paris(jour).date() if isinstance(jour, datetime) else jour
