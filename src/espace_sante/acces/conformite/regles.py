"""What a software must do to be conformant, judged from what it was seen doing (rule OID-34). Pure.

Nothing that a publisher says counts: only traces of his software's calls, on one test person, since the run began.
A step that failed may be done again while the run lasts.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from espace_sante.traces.ecriture import Action, Resultat

PAS_VU: Final = "pas_vu"
_REMPLACEMENT_REFUSE: Final = frozenset({"remplacement_inconnu", "deja_remplace", "non_auteur"})
_DOUBLON: Final = "unique_id_utilise"
_IDENTITE: Final = "ins_non_qualifiee"


class Etat(enum.StrEnum):
    """Where a step is."""

    ATTENDU = "attendu"
    REUSSI = "reussi"
    ECHOUE = "echoue"


@dataclass(frozen=True, slots=True)
class Fait:
    """One trace of the software's calls."""

    action: str
    resultat: str
    motif: str
    documents: tuple[UUID, ...]
    quand: datetime

    @property
    def fait(self) -> bool:
        return self.resultat == Resultat.FAIT


@dataclass(frozen=True, slots=True)
class Constat:
    """What was seen of one step; `motif` is a code when it failed."""

    etape: str
    etat: Etat
    quand: datetime | None = None
    motif: str = ""


@dataclass(frozen=True, slots=True)
class _Vue:
    """The calls, the first deposit, and every document that this run put in the record."""

    faits: Sequence[Fait]
    depot: datetime | None
    siens: frozenset[UUID]
    suppression: datetime | None


Jugement = Callable[[_Vue], tuple[Fait | None, Fait | None, str]]


def juger(faits: Sequence[Fait]) -> tuple[Constat, ...]:
    """One finding a step, in the order of ETAPES; `faits` from the oldest to the newest."""
    deposes = [f for f in faits if f.fait and f.action in {Action.DEPOT, Action.REMPLACEMENT} and f.documents]
    siens = frozenset(f.documents[0] for f in deposes)
    supprimes = [f for f in faits if f.fait and f.action == Action.SUPPRESSION and siens & {*f.documents}]
    vue = _Vue(
        faits,
        deposes[0].quand if deposes else None,
        siens,
        supprimes[0].quand if supprimes else None,
    )
    return tuple(_constat(etape, *jugement(vue)) for etape, jugement in _JUGEMENTS.items())


def a_la_fin(constats: Sequence[Constat]) -> tuple[Constat, ...]:
    """The same when the time is over: what was not seen is failed."""
    return tuple(
        c if c.etat is not Etat.ATTENDU else Constat(c.etape, Etat.ECHOUE, motif=PAS_VU) for c in constats
    )


def reussi(constats: Sequence[Constat]) -> bool:
    """Whether every step was seen."""
    return [c.etape for c in constats] == list(ETAPES) and all(c.etat is Etat.REUSSI for c in constats)


def _constat(etape: str, bon: Fait | None, mauvais: Fait | None, motif: str) -> Constat:
    if bon is not None:
        return Constat(etape, Etat.REUSSI, bon.quand)
    if mauvais is not None:
        return Constat(etape, Etat.ECHOUE, mauvais.quand, motif or mauvais.motif)
    return Constat(etape, Etat.ATTENDU)


def _premier(vue: _Vue, *actions: Action, resultat: Resultat = Resultat.FAIT) -> list[Fait]:
    return [f for f in vue.faits if f.action in actions and f.resultat == resultat]


def _depot(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    bons, refuses = _premier(vue, Action.DEPOT), _premier(vue, Action.DEPOT, resultat=Resultat.REFUS)
    return _un(bons), _dernier(refuses), ""


def _remplacement(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    faits = _premier(vue, Action.REMPLACEMENT)
    bon = _un([f for f in faits if vue.siens & {*f.documents[1:]}])
    if faits:
        return bon, faits[-1], "autre_document"
    refuses = _premier(vue, Action.DEPOT, resultat=Resultat.REFUS)
    return None, _dernier([f for f in refuses if f.motif in _REMPLACEMENT_REFUSE]), ""


def _recherche(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    listes = _premier(vue, Action.LISTE)
    bon = _un([f for f in listes if vue.depot is not None and f.quand >= vue.depot])
    if listes:
        return bon, listes[-1], "avant_depot"
    refuses = _premier(vue, Action.OUVERTURE, resultat=Resultat.REFUS)
    return None, _dernier([f for f in refuses if f.motif != _IDENTITE]), ""


def _lecture(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    contenus = _premier(vue, Action.TELECHARGEMENT)
    bon = _un([f for f in contenus if vue.siens & {*f.documents}])
    fiches = _premier(vue, Action.LECTURE)
    return bon, _dernier(contenus) or _dernier(fiches), "autre_document" if contenus else "sans_contenu"


def _masquage(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    changes = _premier(vue, Action.CONFIDENTIALITE)
    bon = _un([f for f in changes if vue.siens & {*f.documents} and _masque(f.motif)])
    if changes:
        return bon, changes[-1], "sans_masque" if vue.siens & {*changes[-1].documents} else "autre_document"
    return None, _dernier(_premier(vue, Action.CONFIDENTIALITE, resultat=Resultat.REFUS)), ""


def _suppression(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    faits = _premier(vue, Action.SUPPRESSION)
    return _un([f for f in faits if vue.siens & {*f.documents}]), _dernier(faits), "autre_document"


def _refus_doublon(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    refuses = _premier(vue, Action.DEPOT, resultat=Resultat.REFUS)
    return _un([f for f in refuses if f.motif == _DOUBLON and vue.siens]), None, ""


def _refus_identite(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    refuses = _premier(vue, Action.OUVERTURE, resultat=Resultat.REFUS)
    return _un([f for f in refuses if f.motif == _IDENTITE]), None, ""


def _refus_supprime(vue: _Vue) -> tuple[Fait | None, Fait | None, str]:
    refuses = _premier(vue, Action.LECTURE, resultat=Resultat.REFUS)
    return _un([f for f in refuses if vue.suppression is not None and f.quand >= vue.suppression]), None, ""


def _masque(motif: str) -> bool:
    """Whether a change of labels put the mask (`N>masque+N`)."""
    avant, _, apres = motif.partition(">")
    return "masque" in apres.split("+") and "masque" not in avant.split("+")


def _un(faits: Sequence[Fait]) -> Fait | None:
    return faits[0] if faits else None


def _dernier(faits: Sequence[Fait]) -> Fait | None:
    return faits[-1] if faits else None


_JUGEMENTS: Final[dict[str, Jugement]] = {
    "depot": _depot,
    "remplacement": _remplacement,
    "recherche": _recherche,
    "lecture": _lecture,
    "masquage": _masquage,
    "suppression": _suppression,
    "refus_doublon": _refus_doublon,
    "refus_identite": _refus_identite,
    "refus_supprime": _refus_supprime,
}
ETAPES: Final = tuple(_JUGEMENTS)
