"""What is searched, and whether a word of a document answers it. Pure (rule DOC-57)."""

from __future__ import annotations

from dataclasses import dataclass

from espace_sante.documents.plein_texte.mots import IRREGULIERS, mots, racine

MOTS_MAX = 8
# A beginning of word is searched from three letters on: two would find almost every document.
DEBUT_MIN = 3


@dataclass(frozen=True, slots=True)
class Terme:
    """One searched word: folded, and its root."""

    mot: str
    racine: str

    @property
    def debut(self) -> str:
        """What a word of the document may begin with; empty when the search is too short for that."""
        return self.mot if len(self.mot) >= DEBUT_MIN else ""

    @property
    def debuts(self) -> tuple[str, ...]:
        """What each word that answers begins with: a root keeps the first letters of its words, but for a few."""
        return (
            self.racine[: max(2, len(self.racine) - 3)],
            *(mot for mot, racine in IRREGULIERS.items() if racine == self.racine),
        )

    def convient(self, mot: str) -> bool:
        """Whether a folded word of a document answers: same root, or the searched word begins its root."""
        autre = racine(mot)
        return autre == self.racine or bool(self.debut and autre.startswith(self.debut))


def lire(texte: str) -> tuple[Terme, ...]:
    """The words of a search, eight at most, each once. Empty when nothing in it can be searched."""
    vus: dict[str, Terme] = {}
    for mot in mots(texte[:400]):
        vus.setdefault(racine(mot), Terme(mot, racine(mot)))
    return tuple(vus.values())[:MOTS_MAX]


def dans_entete(terme: Terme, entete_pliee: str) -> bool:
    """Whether a folded title, author or type answers; anywhere in it, as people expect of a title."""
    if terme.mot in entete_pliee:
        return True
    return any(d in entete_pliee for d in terme.debuts) and any(terme.convient(m) for m in mots(entete_pliee))
