"""The penalties that the warning names: data with a date, never an amount in code (rules REG-19, REG-20).

The operator edits `sanctions.csv` in the data folder of the installation; without it the package's own
file is read. A change shows at the next page, without a restart. The column `note_exploitant` is for the
operator: no page shows it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings

from espace_sante.web.espace.calendrier import date_longue

NOM = "sanctions.csv"


@dataclass(frozen=True, slots=True)
class Sanction:
    """One forbidden fact and what the text in force says of it."""

    fait: str
    peine: str
    texte: str
    date_du_texte: date

    @property
    def phrase(self) -> str:
        """The sentence of the warning and of the footer, with the date of the text (REG-20)."""
        return f"{self.fait}\u00a0: {self.peine} ({self.texte}, texte du {date_longue(self.date_du_texte)})."


def sanctions() -> tuple[Sanction, ...]:
    """The penalties to show, in the order of the file. Raises ValueError or KeyError on an unreadable file."""
    local = Path(settings.ES_DATA) / NOM
    try:
        return _lire_fichier(local, local.stat().st_mtime_ns)
    except FileNotFoundError:
        return _du_paquet()


@lru_cache(maxsize=1)
def _lire_fichier(chemin: Path, _modifie: int) -> tuple[Sanction, ...]:
    return _lire(chemin.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _du_paquet() -> tuple[Sanction, ...]:
    return _lire(files("espace_sante.web.pro").joinpath("data", NOM).read_text(encoding="utf-8"))


def _lire(texte: str) -> tuple[Sanction, ...]:
    return tuple(
        Sanction(
            fait=ligne["fait"],
            peine=ligne["peine"],
            texte=ligne["texte"],
            date_du_texte=date.fromisoformat(ligne["date_du_texte"]),
        )
        for ligne in csv.DictReader(texte.splitlines())
    )
