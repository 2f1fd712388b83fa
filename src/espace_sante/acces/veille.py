"""Watch rules over recent accesses: they alert the operator and refuse nothing (rule AUD-21). Pure."""

from __future__ import annotations

import enum
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from espace_sante.kernel.codes import ModeAcces

_PARIS: Final = ZoneInfo("Europe/Paris")
_HEURE: Final = timedelta(hours=1)
_MOIS: Final = timedelta(days=30)


class Regle(enum.StrEnum):
    BEAUCOUP = "beaucoup_de_dossiers"
    MEME_NOM = "meme_nom"
    URGENCES = "urgences"
    HORAIRES = "horaires"


@dataclass(frozen=True, slots=True)
class Seuils:
    """From these numbers on, an alert. `ouverture` and `fermeture` are hours of Paris; equal: no such rule."""

    dossiers_par_heure: int
    meme_nom_par_jour: int
    urgences_par_mois: int
    ouverture: int
    fermeture: int


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """One reading of a record by a professional; `meme_nom`: the holder bears his family name."""

    rpps: str
    dossier_id: UUID
    quand: datetime
    mode: str
    meme_nom: bool


@dataclass(frozen=True, slots=True)
class Alerte:
    """What the operator is told: who, which rule, that day, how many. No record is named."""

    regle: Regle
    rpps: str
    jour: date
    nombre: int


def horaires(texte: str) -> tuple[int, int]:
    """`7-21` → (7, 21). Raises ValueError."""
    ouverture, fermeture = (int(h) for h in texte.split("-"))
    if not (0 <= ouverture <= 24 and 0 <= fermeture <= 24):
        raise ValueError(texte)
    return ouverture, fermeture


def veiller(passages: Iterable[Passage], seuils: Seuils) -> Iterator[Alerte]:
    """One alert for each (rule, professional, day), with the largest number found that day.

    `passages` come by professional, then in time. What is held in memory is one professional's: the records that he
    opened within an hour, in an emergency within thirty days, and those of the day that astonish.
    """
    for rpps, siens in groupby(passages, key=attrgetter("rpps")):
        suivi = _Suivi(seuils)
        for passage in siens:
            suivi.voir(passage)
        yield from (
            Alerte(regle, rpps, jour, nombre) for (regle, jour), nombre in sorted(suivi.trouvees.items())
        )


def _jour(quand: datetime) -> date:
    return quand.astimezone(_PARIS).date()


class _Glissant:
    """Different records within a sliding window: each with the last time it was seen, oldest first."""

    def __init__(self, duree: timedelta) -> None:
        self._duree = duree
        self._vus: OrderedDict[UUID, datetime] = OrderedDict()

    def compter(self, passage: Passage) -> int:
        self._vus[passage.dossier_id] = passage.quand
        self._vus.move_to_end(passage.dossier_id)
        while next(iter(self._vus.values())) <= passage.quand - self._duree:
            self._vus.popitem(last=False)
        return len(self._vus)


class _Suivi:
    """One professional's passages, as they come."""

    def __init__(self, seuils: Seuils) -> None:
        self.trouvees: dict[tuple[Regle, date], int] = {}
        self._seuils = seuils
        self._heure, self._urgences = _Glissant(_HEURE), _Glissant(_MOIS)
        self._jour: date | None = None
        self._meme_nom: set[UUID] = set()
        self._hors_horaires: set[UUID] = set()

    def voir(self, p: Passage) -> None:
        s, jour, urgence = self._seuils, _jour(p.quand), p.mode != ModeAcces.NORMAL.value
        if jour != self._jour:
            self._jour, self._meme_nom, self._hors_horaires = jour, set(), set()
        self._noter(Regle.BEAUCOUP, jour, self._heure.compter(p), s.dossiers_par_heure)
        if urgence:
            # Different records opened in emergency, not readings inside one opening.
            self._noter(Regle.URGENCES, jour, self._urgences.compter(p), s.urgences_par_mois)
        if p.meme_nom:
            self._meme_nom.add(p.dossier_id)
            self._noter(Regle.MEME_NOM, jour, len(self._meme_nom), s.meme_nom_par_jour)
        # An emergency happens at any hour.
        if not urgence and not self._ouvert(p.quand):
            self._hors_horaires.add(p.dossier_id)
            self._noter(Regle.HORAIRES, jour, len(self._hors_horaires), 1)

    def _ouvert(self, quand: datetime) -> bool:
        s = self._seuils
        return s.ouverture == s.fermeture or s.ouverture <= quand.astimezone(_PARIS).hour < s.fermeture

    def _noter(self, regle: Regle, jour: date, nombre: int, seuil: int) -> None:
        if nombre >= seuil:
            self.trouvees[regle, jour] = max(nombre, self.trouvees.get((regle, jour), 0))
