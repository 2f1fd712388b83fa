"""Entries of the bars: what stands where, in which order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry: `cle` is compared with the page's `place`; `nombre` is said beside it when not zero."""

    cle: str
    libelle: str
    url: str
    icone: str
    nombre: int = 0


# Addresses of the contract; messages and agenda join when their rooms exist.
ESPACE = (
    Entree("accueil", "Accueil", "/espace/", "accueil"),
    Entree("documents", "Documents", "/espace/documents/", "document"),
    Entree("historique", "Historique", "/espace/historique/", "historique"),
    Entree("plus", "Plus", "/espace/plus/", "plus"),
)
