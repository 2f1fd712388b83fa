"""The icons there are: read once from the sprite, so that a wrong name fails at once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from django.templatetags.static import static

SPRITE = Path(__file__).resolve().parent.parent / "static" / "espace_sante" / "icones.svg"
_SYMBOLE = "{http://www.w3.org/2000/svg}symbol"


class IconeInconnue(LookupError):
    """The sprite has no sign of that name."""


@lru_cache(maxsize=1)
def noms() -> frozenset[str]:
    """Names of every sign."""
    racine = ElementTree.parse(SPRITE)  # noqa: S314 - a file of this package
    return frozenset(symbole.attrib["id"] for symbole in racine.iter(_SYMBOLE))


def verifier(nom: str) -> str:
    """The name itself, or IconeInconnue."""
    if nom not in noms():
        raise IconeInconnue(nom)
    return nom


@lru_cache(maxsize=1)
def adresse() -> str:
    """Where browsers fetch the sprite; the name carries a hash in production."""
    return static("espace_sante/icones.svg")
