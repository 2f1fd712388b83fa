"""What the holder ticked, by purpose: read from a form, kept as lines (rules CAT-25, CAT-36, OID-28). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from espace_sante.acces.appairages.droits import Droit, lire


@dataclass(frozen=True, slots=True, order=True)
class Ligne:
    """One right, for one purpose; its text is `soins mesures.poids:lire`."""

    finalite: str
    droit: Droit

    def __str__(self) -> str:
        return f"{self.finalite} {self.droit}"


def lire_lignes(textes: Iterable[str]) -> frozenset[Ligne]:
    """The lines of these texts; what names no purpose or no right of ours is dropped."""
    lues = set()
    for texte in textes:
        finalite, _, brut = texte.partition(" ")
        droit = lire(brut)
        if finalite and droit is not None:
            lues.add(Ligne(finalite, droit))
    return frozenset(lues)


def droits_des(textes: Iterable[str]) -> frozenset[Droit]:
    """Every right of these lines, whatever the purpose."""
    return frozenset(ligne.droit for ligne in lire_lignes(textes))
