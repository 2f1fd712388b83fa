"""Pure reading of a matrix: which types each profession opens, and what differs between two (ACC-37, ACC-39, ACC-44).

A couple without a cell means no; a system that is switched off opens nothing; the line of a know-how wins, type by
type, over the line of its profession.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Groupe(NamedTuple):
    """Whose line: a profession, or one of its know-how (`savoir_faire` empty: all of them)."""

    systeme: str
    profession: str
    savoir_faire: str = ""


class Cle(NamedTuple):
    """One couple of the matrix."""

    groupe: Groupe
    type_code: str


@dataclass(frozen=True, slots=True)
class Case:
    """One cell as a file gives it (ACC-35)."""

    cle: Cle
    consultation: bool
    origine: str
    regle: str = ""


Lignes = Mapping[Groupe, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one edition opens and closes against another."""

    ouvertures: frozenset[Cle]
    fermetures: frozenset[Cle]

    @property
    def types(self) -> tuple[str, ...]:
        """Types of documents that change for somebody."""
        return tuple(sorted({c.type_code for c in self.ouvertures | self.fermetures}))


def groupes(cases: Iterable[Case]) -> frozenset[Groupe]:
    """Who has cells, the profession of each know-how included."""
    nommes = {c.cle.groupe for c in cases}
    return frozenset(nommes | {g._replace(savoir_faire="") for g in nommes})


def lignes(
    cases: Iterable[Case], systemes: Iterable[str], pour: Iterable[Groupe]
) -> dict[Groupe, frozenset[str]]:
    """The types that each of these groups may read."""
    dits: dict[Groupe, dict[str, bool]] = {}
    for case in cases:
        dits.setdefault(case.cle.groupe, {})[case.cle.type_code] = case.consultation
    actifs = frozenset(systemes)
    return {
        groupe: lisibles({**dits.get(groupe._replace(savoir_faire=""), {}), **dits.get(groupe, {})})
        if groupe.systeme in actifs
        else frozenset()
        for groupe in pour
    }


def lisibles(ouvert: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(type_code for type_code, oui in ouvert.items() if oui)


def comparer(avant: Lignes, apres: Lignes) -> Difference:
    """Cells opened and closed when `apres` replaces `avant`; both speak of the same groups."""
    return Difference(
        ouvertures=frozenset(Cle(g, t) for g, types in apres.items() for t in types - avant[g]),
        fermetures=frozenset(Cle(g, t) for g, types in avant.items() for t in types - apres[g]),
    )


def appliquer(avant: Lignes, difference: Difference) -> dict[Groupe, frozenset[str]]:
    """The lines once the difference is in force: what was previewed is what is approved (ACC-39)."""
    return {
        g: frozenset(
            t
            for t in types | {c.type_code for c in difference.ouvertures if c.groupe == g}
            if Cle(g, t) not in difference.fermetures
        )
        for g, types in avant.items()
    }
