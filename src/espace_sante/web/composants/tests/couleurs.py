"""Reads the two sets of jetons.css and measures contrast as WCAG 2 defines it."""

from __future__ import annotations

import re
from pathlib import Path

STATIQUE = Path(__file__).resolve().parents[2] / "static" / "espace_sante"
_JETON = re.compile(r"--es-([a-z0-9-]+):\s*(#[0-9a-f]{6});")
_BLOC = {
    "clair": r'\n:root,\n\[data-bs-theme="light"\] \{(.*?)\n\}',
    "sombre choisi": r'\n\[data-bs-theme="dark"\] \{(.*?)\n\}',
    "sombre préféré": r"@media screen and \(prefers-color-scheme: dark\) \{(.*?)\n\}",
}


def jeu(nom: str) -> dict[str, str]:
    """Name to colour, of one set."""
    bloc = re.search(_BLOC[nom], (STATIQUE / "jetons.css").read_text(), re.DOTALL)
    assert bloc, nom
    return dict(_JETON.findall(bloc.group(1)))


def contraste(une: str, autre: str) -> float:
    """From 1 to 21."""
    haut, bas = sorted((_luminance(une), _luminance(autre)), reverse=True)
    return (haut + 0.05) / (bas + 0.05)


def _luminance(couleur: str) -> float:
    r, v, b = (_lineaire(int(couleur[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * v + 0.0722 * b


def _lineaire(canal: float) -> float:
    return canal / 12.92 if canal <= 0.04045 else ((canal + 0.055) / 1.055) ** 2.4
