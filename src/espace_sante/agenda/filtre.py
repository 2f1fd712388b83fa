"""Which appointments are asked for, and whether one is among them (FHR-157). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from espace_sante.agenda.statuts import Statut
from espace_sante.agenda.valeurs import GenreParticipant, Identifiant, RendezVousVu

LIMITE: Final = 50
Masques = Literal["sans", "avec", "seuls"]
Champ = Literal[
    "actor", "practitioner", "service-type", "description", "priority", "supporting-info", "created"
]


@dataclass(frozen=True, slots=True)
class Jeton:
    """A searched token; `systeme` None: any system, empty: none."""

    systeme: str | None
    code: str

    def est(self, systeme: str, code: str) -> bool:
        return self.code in ("", code) and self.systeme in (None, systeme)


@dataclass(frozen=True, slots=True)
class Critere:
    """One criterion on what is sealed: one of these tokens, or texts, or that half-open interval."""

    champ: Champ
    jetons: tuple[Jeton, ...] = ()
    du: datetime | None = None
    au: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltreAgenda:
    """Criteria, all of which count. `apres` is the position of the last one seen: its moment and id."""

    source: str = ""
    # What this source put is shown to it, hidden or not: hiding tells it nothing (AGD-06).
    miens: str = ""
    masques: Masques = "sans"
    ids: tuple[UUID, ...] = ()
    statuts: tuple[str, ...] = ()
    identifiants: tuple[tuple[str, ...], ...] = ()
    du: datetime | None = None
    au: datetime | None = None
    passe_avant: datetime | None = None
    a_venir_apres: datetime | None = None
    criteres: tuple[Critere, ...] = ()
    descendant: bool = False
    apres: tuple[datetime, UUID] | None = None
    limite: int = LIMITE


def empreintes(identifiants: Iterable[Identifiant], cle: bytes) -> tuple[str, ...]:
    """Keyed hashes that find an appointment by these identifiers, with their system, then without."""
    identifiants = tuple(identifiants)
    sans_systeme = (empreinte(None, i.valeur, cle) for i in identifiants)
    return tuple(dict.fromkeys((*empreintes_exactes(identifiants, cle), *sans_systeme)))


def empreintes_exactes(identifiants: Iterable[Identifiant], cle: bytes) -> tuple[str, ...]:
    """The same, with their system only: one number may serve in two systems."""
    return tuple(empreinte(i.systeme, i.valeur, cle) for i in identifiants)


def empreinte(systeme: str | None, valeur: str, cle: bytes) -> str:
    """The keyed hash of one identifier; None: whatever its system."""
    marque = "*" if systeme is None else f"={len(systeme)}:{systeme}"
    return hmac.digest(cle, f"rendez-vous|{marque}|{valeur}".encode(), "sha256").hex()


def convient(vu: RendezVousVu, criteres: Iterable[Critere]) -> bool:
    """Whether it fits what is asked of its sealed part."""
    return all(_convient(vu, c) for c in criteres)


def _convient(vu: RendezVousVu, c: Critere) -> bool:
    r = vu.contenu
    match c.champ:
        case "created":
            quand = r.cree or vu.cree_le
            return (c.du is None or quand >= c.du) and (c.au is None or quand < c.au)
        case "priority":
            return r.priorite is not None and any(j.est("", str(r.priorite)) for j in c.jetons)
        case "description":
            return any(r.description.casefold().startswith(j.code.casefold()) for j in c.jetons)
        case "service-type":
            return any(j.est(p.systeme, p.code) for j in c.jetons for p in r.prestations)
        case "supporting-info":
            return any(_meme_reference(j, p) for j in c.jetons for p in r.pieces)
    for p in r.participants:
        if c.champ == "practitioner" and p.genre is not GenreParticipant.PROFESSIONNEL:
            continue
        if p.genre is GenreParticipant.PATIENT:
            continue
        noms = (*p.identifiants, *((Identifiant("", p.reference),) * bool(p.reference)))
        if any(j.est(i.systeme, i.valeur) or _meme_reference(j, i.valeur) for j in c.jetons for i in noms):
            return True
    return False


def _meme_reference(j: Jeton, reference: str) -> bool:
    """`Practitioner/1` names what an absolute address ends with too; a bare id as well."""
    return bool(j.code) and j.systeme is None and f"/{reference}".endswith(f"/{j.code}")


def montres(statuts: tuple[str, ...]) -> tuple[str, ...]:
    """Statuses of a list: what was a mistake is in none, unless it is asked for (AGD-13)."""
    return statuts or tuple(s.value for s in Statut if s is not Statut.ENTERED_IN_ERROR)
