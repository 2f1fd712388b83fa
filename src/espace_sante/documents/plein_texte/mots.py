"""From a French text to what is compared: words without case nor accent, then their root. Pure.

The root is a light one, after J. Savoy's minimal French stemmer (2004): plurals, feminines and a few endings.
It never leaves this process, where PostgreSQL's own would send each word of a document in a statement.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

LONGUEUR_MIN = 2
LONGUEUR_MAX = 40
# "ligatures" have no decomposition in Unicode.
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})
# Accents, once apart from their letters.
_SIGNES: Final = re.compile(
    f"[{''.join(re.escape(chr(c)) for c in range(0x300, 0x20000) if unicodedata.combining(chr(c)))}]+"
)
# Small numbers stay whole (7,2 or 12.5); an apostrophe or a hyphen ends a word, which undoes elisions.
MOT: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
# Plurals that no rule gives back.
IRREGULIERS: Final = {
    "maux": "mal",
    "yeux": "oeil",
    "travaux": "travail",
    "vitraux": "vitrail",
    "coraux": "corail",
}
# Words that carry no meaning; elided letters alone are too short to be kept.
_VIDES: Final = """au aux avec ce ces cet cette dans de des du elle elles en est et eu il ils je la le les leur leurs lui
ma mais me mes mon ne nos notre nous on ou par pas pour qu que qui sa se ses son sont sur te tes ton tu un une vos votre
vous ont ete jusqu lorsqu puisqu quoiqu"""
VIDES: Final = frozenset(_VIDES.split())


def plier(texte: str) -> str:
    """Without case nor accent, ligatures opened: what is typed and what is written become alike."""
    if texte.isascii():
        return texte.lower()
    return _SIGNES.sub("", unicodedata.normalize("NFKD", texte).lower().translate(_LIGATURES))


def mots(texte: str) -> Iterator[str]:
    """The words of a text, folded, in order; without empty words, single letters and endless strings."""
    for trouve in MOT.finditer(plier(texte)):
        mot = trouve.group().replace(",", ".")
        if LONGUEUR_MIN <= len(mot) <= LONGUEUR_MAX and mot not in VIDES:
            yield mot


@lru_cache(maxsize=20_000)
def racine(mot: str) -> str:
    """The light root of a folded word: one for singular and plural, masculine and feminine."""
    if mot in IRREGULIERS:
        return IRREGULIERS[mot]
    if not mot.isalpha() or len(mot) < 4:
        return mot
    if mot.endswith("aux") and not mot.endswith("eaux") and len(mot) > 4:
        mot = mot[:-2] + "l"
    elif mot[-1] in "sx":
        mot = mot[:-1]
    if len(mot) < 5:
        return mot
    if mot.endswith("euse"):
        mot = mot[:-2]
    elif mot.endswith("trice"):
        mot = mot[:-5] + "teur"
    elif mot.endswith("ere") and len(mot) > 5:
        mot = mot[:-3] + "er"
    if mot[-1] == "r" and mot[-2] == "e":
        mot = mot[:-1]
    mot = mot.rstrip("e") if len(mot.rstrip("e")) > 2 else mot
    if mot.endswith("iv"):
        mot = mot[:-1] + "f"
    if len(mot) > 4 and mot[-1] == mot[-2]:
        mot = mot[:-1]
    return mot
