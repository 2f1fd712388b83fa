"""HL7 timestamps (TS): a date to the year, month, day or better, with or without an offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")

_FORME: Final = re.compile(
    r"(?P<an>\d{4})(?:(?P<mois>\d{2})(?:(?P<jour>\d{2})(?:(?P<heure>\d{2})(?:(?P<minute>\d{2})"
    r"(?:(?P<seconde>\d{2})(?P<fraction>\.\d+)?)?)?)?)?)?(?P<decalage>[+-]\d+|Z)?",
    re.ASCII,
)
# To the second, with an offset: what nearly every header holds, and Python reads at once.
_COURANTE: Final = re.compile(r"\d{8}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d[+-](?:0\d|1[0-4])[0-5]\d", re.ASCII)
_NAISSANCE: Final = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\d{2,6}.*)?", re.ASCII)
# An offset has five characters: what is longer is wrong already when cut at six.
_ECART_MAX: Final = 6
_DECALAGE: Final = re.compile(r"(?P<signe>[+-])(?P<heures>\d{2})(?P<minutes>\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Horodatage:
    """A point in time as it was written.

    `instant` is always aware: without a usable offset it is taken in Europe/Paris (CDA-16), and
    what is unknown counts as its beginning. `iso` holds only the known parts of the date.
    """

    instant: datetime
    iso: str
    precision: Literal["an", "mois", "jour", "heure"]
    decalage: Literal["present", "absent", "malforme"]

    @property
    def decalage_suppose(self) -> bool:
        """A time was given without a usable offset."""
        return self.precision == "heure" and self.decalage != "present"


def lire_horodatage(valeur: str) -> Horodatage | None:
    """Read a TS value; None when it is not one (or not a date that exists)."""
    if _COURANTE.fullmatch(valeur):
        try:
            instant = datetime.fromisoformat(f"{valeur[:8]}T{valeur[8:]}")
        except ValueError:
            return None
        return Horodatage(instant, f"{valeur[:4]}-{valeur[4:6]}-{valeur[6:8]}", "heure", "present")
    forme = _FORME.fullmatch(valeur.strip())
    if forme is None:
        return None
    an, mois, jour, heure, minute, seconde, fraction, ecart = forme.groups()
    zone, decalage = _zone(ecart if ecart is None else ecart[:_ECART_MAX])
    # Fractions are cut at the microsecond; HL7 does not go further.
    micro = int((fraction[1:] + "000000")[:6]) if fraction else 0
    try:
        instant = datetime(
            int(an), int(mois or 1), int(jour or 1), int(heure or 0), int(minute or 0), int(seconde or 0), micro,
            tzinfo=zone,
        )  # fmt: skip
    except ValueError:
        return None
    if jour is None:
        iso = f"{an}-{mois}" if mois else an
        return Horodatage(instant, iso, "mois" if mois else "an", decalage)
    return Horodatage(instant, f"{an}-{mois}-{jour}", "jour" if heure is None else "heure", decalage)


@lru_cache(maxsize=64)
def _zone(texte: str | None) -> tuple[timezone | ZoneInfo, Literal["present", "absent", "malforme"]]:
    if texte is None:
        return PARIS, "absent"
    if texte == "Z":
        return timezone.utc, "present"  # noqa: UP017 - one type for the fixed offsets
    forme = _DECALAGE.fullmatch(texte)
    if forme is None or int(forme["heures"]) > 14 or int(forme["minutes"]) > 59:
        return PARIS, "malforme"
    duree = timedelta(hours=int(forme["heures"]), minutes=int(forme["minutes"]))
    return timezone(duree if forme["signe"] == "+" else -duree), "present"


def date_de_naissance(valeur: str) -> str:
    """The known parts of a birth date, never completed (IDN-11); empty when there is none.

    `00` for a day or a month that is unknown is kept as received (INS-11).
    """
    forme = _NAISSANCE.fullmatch(valeur.strip())
    return "-".join(partie for partie in forme.groups() if partie) if forme else ""
