"""The history laid out by day: identical acts that follow one another make one line. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.queries import TraceVue
from espace_sante.web.espace.calendrier import a_paris, heure_en_mots, jour_en_mots
from espace_sante.web.espace.phrases import LE_TITULAIRE, Lecteur, Phrase, phrase


@dataclass(frozen=True, slots=True)
class Ligne:
    """One sentence; `fois` acts in a row say the same, the last of them `a` that hour."""

    phrase: Phrase
    debut: datetime
    fin: datetime
    fois: int = 1
    trace_id: UUID | None = None

    @property
    def heures(self) -> str:
        """`14 h 05`, or `de 14 h 02 à 14 h 05, 3 fois`."""
        debut, fin = heure_en_mots(self.debut), heure_en_mots(self.fin)
        if self.fois == 1:
            return fin
        return f"{fin}, {self.fois} fois" if debut == fin else f"de {debut} à {fin}, {self.fois} fois"


@dataclass(frozen=True, slots=True)
class Journee:
    jour: date
    titre: str
    lignes: tuple[Ligne, ...]


def _signalable(trace: TraceVue) -> bool:
    """An access by somebody else can be reported (AUD-18)."""
    return trace.acteur_genre != GenreActeur.TITULAIRE


def par_jour(
    traces: Iterable[TraceVue], *, lecteur: Lecteur = LE_TITULAIRE, repere: date | None = None
) -> list[Journee]:
    """Group traces, newest first, by day of Paris; every trace is in exactly one line (AUD-05)."""
    jours: dict[date, list[Ligne]] = {}
    for trace in traces:
        lignes = jours.setdefault(a_paris(trace.quand).date(), [])
        nouvelle = Ligne(
            phrase(trace, lecteur),
            trace.quand,
            trace.quand,
            trace_id=trace.id if _signalable(trace) else None,
        )
        if lignes and lignes[-1].phrase == nouvelle.phrase:
            lignes[-1] = replace(lignes[-1], debut=trace.quand, fois=lignes[-1].fois + 1)
        else:
            lignes.append(nouvelle)
    return [
        Journee(jour, jour_en_mots(jour, repere=repere).capitalize(), tuple(lignes))
        for jour, lignes in jours.items()
    ]
