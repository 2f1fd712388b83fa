"""HL7 timestamps (TS): a date to the year, month, day or better, with or without an offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, Literal
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")

_FORME: Final = re.compile(
    r"(?P<an>\d{4})(?:(?P<mois>\d{2})(?:(?P<jour>\d{2})(?:(?P<heure>\d{2})(?:(?P<minute>\d{2})"
    r"(?:(?P<seconde>\d{2})(?P<fraction>\.\d+)?)?)?)?)?)?(?P<decalage>[+-]\d+|Z)?",
    re.ASCII,
)
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
    forme = _FORME.fullmatch(valeur.strip())
    if forme is None:
        return None
    parties = [forme[nom] for nom in ("an", "mois", "jour")]
    connues = parties[: parties.index(None)] if None in parties else parties
    zone, decalage = _zone(forme["decalage"])
    # Fractions are cut at the microsecond; HL7 does not go further.
    micro = int(((forme["fraction"] or ".")[1:] + "000000")[:6])
    try:
        instant = datetime(
            int(forme["an"]),
            int(forme["mois"] or 1),
            int(forme["jour"] or 1),
            int(forme["heure"] or 0),
            int(forme["minute"] or 0),
            int(forme["seconde"] or 0),
            micro,
            tzinfo=zone,
        )
    except ValueError:
        return None
    precision: Literal["an", "mois", "jour", "heure"]
    if forme["heure"] is not None:
        precision = "heure"
    else:
        precision = "jour" if len(connues) == 3 else "mois" if len(connues) == 2 else "an"
    return Horodatage(instant, "-".join(connues), precision, decalage)


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
    forme = re.fullmatch(r"(\d{4})(\d{2})?(\d{2})?(?:\d{2,6}.*)?", valeur.strip(), re.ASCII)
    return "-".join(partie for partie in forme.groups() if partie) if forme else ""
