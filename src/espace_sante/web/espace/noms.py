"""How people and teams are named inside a sentence: `le Dr Anne Morel`, `au Dr Anne Morel`. Pure."""

from __future__ import annotations

import re

# What a name of team says before its place: « Équipe de soins — Les Glycines ».
_EQUIPE = re.compile(r"équipe\b(.*)", re.IGNORECASE | re.DOTALL)
_LIEU = re.compile(r"\s+[—–-]\s+(.+)$")


def personne(nom: str) -> str:
    """`le Dr Anne Morel`; a name without a title stands alone."""
    return f"le {nom}" if nom.startswith(("Dr ", "Pr ")) else nom


def equipe(nom: str) -> str:
    """`l’équipe de soins primaires des Vignes`, `l’équipe de soins (Les Glycines)`, `l’équipe « Réseau Sud »`."""
    nom = nom.strip()
    dite = _EQUIPE.fullmatch(nom)
    if dite:
        return "l’équipe" + _LIEU.sub(r" (\1)", dite[1])
    return f"l’équipe «\u00a0{nom}\u00a0»" if nom else "une équipe de soins"


def a(groupe: str) -> str:
    """The same after « à »: `au Dr Anne Morel`, `à l’équipe de soins`."""
    return f"au {groupe[3:]}" if groupe.startswith("le ") else f"à {groupe}"


def beneficiaire(nom: str, *, en_equipe: bool) -> str:
    """Whom a consent names, inside a sentence."""
    if en_equipe:
        return equipe(nom)
    return personne(nom.strip()) or "un professionnel de santé"
