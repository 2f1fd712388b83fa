"""The shapes of the primitive types of R4 (JSON)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from typing import Any, Final

MAX_TEXTE: Final = 1_048_576
_ANNEE: Final = r"[0-9]{4}"
_DATE: Final = rf"{_ANNEE}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_JOUR: Final = rf"{_ANNEE}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HEURE: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE: Final = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_FORMES: Final = {
    "code": r"[^\s]+(\s[^\s]+)*",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
    "uuid": r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "date": _DATE,
    "dateTime": rf"{_DATE}|{_JOUR}T{_HEURE}{_ZONE}",
    "instant": rf"{_JOUR}T{_HEURE}{_ZONE}",
    "time": _HEURE,
    # At least one character that is not a space; line ends and tabs are allowed.
    "string": r"\s*\S[\s\S]*",
    "markdown": r"\s*\S[\s\S]*",
    "xhtml": r"\s*<div[\s\S]*</div>\s*",
}
_BORNES: Final = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}
_MAX_ENTIER: Final = 2**31 - 1


def _forme(motif: str) -> Callable[[str], object]:
    return re.compile(motif, re.ASCII).fullmatch


def _texte_plein(texte: str) -> bool:
    return bool(texte.strip())


def _base64(texte: str) -> bool:
    try:
        binascii.a2b_base64("".join(texte.split()), strict_mode=True)
    except (ValueError, binascii.Error):
        return False
    return True


# What a text must look like; the JSON type is judged before.
FORMES: Final[dict[str, Callable[[str], object]]] = {
    **{nom: _forme(motif) for nom, motif in _FORMES.items()},
    "string": _texte_plein,
    "markdown": _texte_plein,
    "base64Binary": _base64,
}
NOMBRES: Final = frozenset({*_BORNES, "decimal"})
PRIMITIFS: Final = frozenset({*FORMES, *NOMBRES, "boolean"})
# Texts without a bound of their own: 1 MB (R4 §2.24.0.1); contents are judged by the door.
BORNES_DE_TEXTE: Final = frozenset({"string", "markdown", "code", "uri", "url", "canonical"})


def nombre_admis(type_: str, valeur: Any) -> bool:
    """A JSON number of that type, within its bounds."""
    if type_ == "decimal":
        return type(valeur) in (int, float)
    return type(valeur) is int and _BORNES[type_] <= valeur <= _MAX_ENTIER
