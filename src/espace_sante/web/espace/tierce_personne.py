"""Sentences written to the holder, turned for somebody else who reads them: « votre dossier » → « le dossier ». Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_Tour = tuple[re.Pattern[str], str]


def _tours(paires: Iterable[tuple[str, str]]) -> tuple[_Tour, ...]:
    return tuple((re.compile(motif), par) for motif, par in paires)


# In this order: whole turns first, then words. A test holds that no « vous » is left in any sentence of the history.
_VERBES = (
    (r"\b[Vv]ous lui avez partagé(s?)\b", r"le patient lui a partagé\1"),
    (r"\b[Vv]ous seul pouvez\b", "lui seul peut"),
    (r"\b[Vv]ous (n’)?(voyez|pouvez|avez)\b", r"le patient \1\2"),
    (r"\b[Vv]ous (n’)?(\w+)iez\b", r"le patient \1\2ait"),
    (r"\bpatient (n’)?avez\b", r"patient \1a"),
    (r"\bpatient (n’)?voyez\b", r"patient \1voit"),
    (r"\bpatient (n’)?pouvez\b", r"patient \1peut"),
)
_PAR_UN_AUTRE = _tours((
    *_VERBES,
    (r"\bqui vous aide\b", "qui aide le patient"),
    (r"\bvotre signalement ou votre demande\b", "le signalement ou la demande du patient"),
    (r"\bde votre dossier\b", "du dossier"),
    (r"\bà votre dossier\b", "au dossier"),
    (r"\bvotre dossier\b", "le dossier"),
    (r"\bà votre nom\b", "au nom du patient"),
    (r"\bvotre espace santé\b", "l’espace santé du patient"),
    (r"\bvotre ([aeéêiouyh]\w*)", r"l’\1 du patient"),
    (r"\bvotre (demande|place|liste|carte|boîte)\b", r"la \1 du patient"),
    (r"\bvotre (\w+)", r"le \1 du patient"),
    (r"\bde vos (nouveaux )?(\w+)", r"des \1\2 du patient"),
    (r"\bà vos (\w+)", r"aux \1 du patient"),
    (r"\bvos (nouveaux )?(\w+)", r"les \1\2 du patient"),
    (r"\bvous\b", "le patient"),
))  # fmt: skip
_PAR_LE_TITULAIRE = _tours((
    *_VERBES,
    (r"\bvotre (demande|place|liste|carte|boîte)\b", r"sa \1"),
    (r"\bvotre\b", "son"),
    (r"\bvos\b", "ses"),
    (r"\bvous\b", "lui"),
))  # fmt: skip


_PAR_LE_LECTEUR = _tours((
    (r"\bses propres\b", "vos propres"),
    (r"\bson équipe\b", "votre équipe"),
    (r"\ble patient lui a\b", "le patient vous a"),
))  # fmt: skip


@lru_cache(maxsize=1024)
def tiers(texte: str, *, par_le_titulaire: bool = False, par_le_lecteur: bool = False) -> str:
    """The same for a reader who is not the holder; who did it, when it was the holder or the reader himself."""
    tours = _PAR_LE_TITULAIRE if par_le_titulaire else _PAR_UN_AUTRE
    for motif, par in (*tours, *_PAR_LE_LECTEUR) if par_le_lecteur else tours:
        texte = motif.sub(par, texte)
    return texte
