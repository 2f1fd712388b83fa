"""Watch rules over recent accesses: they alert the operator and refuse nothing (rule AUD-21). Pure."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


def veiller(passages: Iterable[Passage], seuils: Seuils) -> list[Alerte]:
    """One alert for each (rule, professional, day), with the largest number found that day."""
    trouvees: dict[tuple[Regle, str, date], int] = {}
    par_personne: dict[str, list[Passage]] = defaultdict(list)
    for passage in sorted(passages, key=lambda p: p.quand):
        par_personne[passage.rpps].append(passage)
    for rpps, siens in par_personne.items():
        for regle, jour, nombre in (
            *_beaucoup(siens, seuils),
            *_meme_nom(siens, seuils),
            *_urgences(siens, seuils),
            *_hors_horaires(siens, seuils),
        ):
            cle = (regle, rpps, jour)
            trouvees[cle] = max(nombre, trouvees.get(cle, 0))
    return [Alerte(regle, rpps, jour, nombre) for (regle, rpps, jour), nombre in sorted(trouvees.items())]


def _jour(quand: datetime) -> date:
    return quand.astimezone(_PARIS).date()


def _glissant(
    passages: list[Passage], duree: timedelta, seuil: int, *, dossiers: bool
) -> Iterable[tuple[date, int]]:
    """Days when a sliding window reached the threshold: different records, or acts."""
    debut = 0
    compte: dict[UUID, int] = defaultdict(int)
    for fin, passage in enumerate(passages):
        compte[passage.dossier_id] += 1
        while passages[debut].quand <= passage.quand - duree:
            sorti = passages[debut].dossier_id
            compte[sorti] -= 1
            if not compte[sorti]:
                del compte[sorti]
            debut += 1
        nombre = len(compte) if dossiers else fin - debut + 1
        if nombre >= seuil:
            yield _jour(passage.quand), nombre


def _beaucoup(siens: list[Passage], seuils: Seuils) -> Iterable[tuple[Regle, date, int]]:
    for jour, nombre in _glissant(siens, _HEURE, seuils.dossiers_par_heure, dossiers=True):
        yield Regle.BEAUCOUP, jour, nombre


def _urgences(siens: list[Passage], seuils: Seuils) -> Iterable[tuple[Regle, date, int]]:
    """Different records opened in emergency, not readings inside one opening."""
    urgents = [p for p in siens if p.mode != ModeAcces.NORMAL.value]
    for jour, nombre in _glissant(urgents, _MOIS, seuils.urgences_par_mois, dossiers=True):
        yield Regle.URGENCES, jour, nombre


def _meme_nom(siens: list[Passage], seuils: Seuils) -> Iterable[tuple[Regle, date, int]]:
    par_jour: dict[date, set[UUID]] = defaultdict(set)
    for p in siens:
        if p.meme_nom:
            par_jour[_jour(p.quand)].add(p.dossier_id)
    for jour, dossiers in par_jour.items():
        if len(dossiers) >= seuils.meme_nom_par_jour:
            yield Regle.MEME_NOM, jour, len(dossiers)


def _hors_horaires(siens: list[Passage], seuils: Seuils) -> Iterable[tuple[Regle, date, int]]:
    """Ordinary accesses outside the hours; an emergency happens at any hour."""
    if seuils.ouverture == seuils.fermeture:
        return
    par_jour: dict[date, set[UUID]] = defaultdict(set)
    for p in siens:
        heure = p.quand.astimezone(_PARIS).hour
        if p.mode == ModeAcces.NORMAL.value and not seuils.ouverture <= heure < seuils.fermeture:
            par_jour[_jour(p.quand)].add(p.dossier_id)
    for jour, dossiers in par_jour.items():
        yield Regle.HORAIRES, jour, len(dossiers)
