"""The words of one document as a bag: its roots with how often each comes, in bytes ready to be sealed. Pure.

One line a root, `\\nroot count`: a search is one look for bytes, and a beginning of word costs no more than a word.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import lru_cache

from espace_sante.documents.plein_texte.mots import mots, racine
from espace_sante.documents.plein_texte.requete import Terme

# A book of four volumes; what comes after is not searched.
RACINES_MAX = 30_000
_DEPLIE_MAX = 4 << 20
_PETIT = 1500


def remplir(texte: str) -> bytes:
    """The bag of a text, compressed when it is large: opening two thousand small ones is what a search costs."""
    comptes = Counter(map(racine, mots(texte)))
    lignes = "".join(f"\n{r} {n}" for r, n in sorted(comptes.items())[:RACINES_MAX])
    sac = lignes.encode() + b"\n"
    return zlib.compress(sac, 6) if len(sac) > _PETIT else sac


def ouvrir(garde: bytes) -> bytes:
    """The lines of a bag."""
    if garde.startswith(b"\n"):
        return garde
    return zlib.decompressobj().decompress(garde, _DEPLIE_MAX)


def note(sac: bytes, terme: Terme) -> int:
    """How well a bag answers a word: 0 not at all; the word itself counts twice what a word it begins does."""
    exact, debut = _motifs(terme)
    points = 0
    if (trouve := exact.search(sac)) is not None:
        points = 2 * min(int(trouve.group(1)), 10)
    if debut is not None:
        points += min(len(debut.findall(sac)), 5)
    return points


@lru_cache(maxsize=256)
def _motifs(terme: Terme) -> tuple[re.Pattern[bytes], re.Pattern[bytes] | None]:
    exact = re.compile(rb"\n" + re.escape(terme.racine.encode()) + rb" (\d+)")
    debut = re.compile(rb"\n" + re.escape(terme.debut.encode()) + rb"[^ \n]* ") if terme.debut else None
    return exact, debut
