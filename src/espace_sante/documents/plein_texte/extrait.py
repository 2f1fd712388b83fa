"""The passage of a document that answers a search, cut around its first words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from espace_sante.documents.plein_texte.mots import plier
from espace_sante.documents.plein_texte.requete import Terme

_AVANT, _APRES = 60, 140


@dataclass(frozen=True, slots=True)
class Morceau:
    """A piece of the passage; `trouve` when it is a word that answers."""

    texte: str
    trouve: bool = False


def couper(texte: str, termes: Sequence[Terme]) -> tuple[Morceau, ...]:
    """The passage around the first word that answers, as pieces; empty when none does."""
    premier = next(_reponses(texte, tuple(termes)), None)
    if premier is None:
        return ()
    debut = max(0, premier[0] - _AVANT)
    if debut and (espace := texte.find(" ", debut, premier[0])) != -1:
        debut = espace + 1
    fin = min(len(texte), premier[1] + _APRES)
    if fin < len(texte) and (espace := texte.rfind(" ", premier[1], fin)) != -1:
        fin = espace
    passage = texte[debut:fin]
    morceaux = [Morceau("… ")] if debut else []
    place = 0
    for depuis, jusque in _reponses(passage, tuple(termes)):
        if depuis > place:
            morceaux.append(Morceau(passage[place:depuis]))
        morceaux.append(Morceau(passage[depuis:jusque], trouve=True))
        place = jusque
    if place < len(passage):
        morceaux.append(Morceau(passage[place:]))
    if fin < len(texte):
        morceaux.append(Morceau(" …"))
    return tuple(morceaux)


def _reponses(texte: str, termes: tuple[Terme, ...]) -> Iterator[tuple[int, int]]:
    """Places of the words that answer."""
    # One letter for one letter, so that a place in one is a place in the other.
    plat = texte.translate(_LETTRES)
    for candidat in _motif(termes).finditer(plat):
        mot = plier(plat[candidat.start() : candidat.end()]).replace(",", ".")
        if any(t.convient(mot) for t in termes):
            yield candidat.span()


@lru_cache(maxsize=64)
def _motif(termes: tuple[Terme, ...]) -> re.Pattern[str]:
    """Words that may answer, by their first letters: a root keeps those of its words."""
    debuts = {debut for terme in termes for debut in terme.debuts}
    alternatives = "|".join(
        re.escape(d).replace(r"\.", "[.,]").replace("oe", "(?:oe|œ)").replace("ae", "(?:ae|æ)")
        for d in sorted(debuts)
    )
    return re.compile(rf"(?<![^\W_])(?:{alternatives})(?:[^\W_]|(?<=\d)[.,](?=\d))*")


def _sans_accent() -> dict[int, str]:
    lettres = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x180)):
        base = "".join(
            c for c in unicodedata.normalize("NFKD", chr(code).lower()) if not unicodedata.combining(c)
        )
        if len(base) == 1:
            lettres[code] = base
    return lettres


_LETTRES: Final = _sans_accent()
