"""Entries of the bars: what stands where, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry: `cle` is compared with the page's `place`; `nombre` is said beside it when not zero."""

    cle: str
    libelle: str
    url: str
    icone: str
    nombre: int = 0


@lru_cache(maxsize=1)
def espace() -> tuple[Entree, ...]:
    """The holder's bar; messages join when their room has pages."""
    return (
        Entree("accueil", "Accueil", reverse("web:espace"), "accueil"),
        Entree("documents", "Documents", reverse("web:documents"), "document"),
        Entree("agenda", "Agenda", reverse("web:agenda"), "agenda"),
        Entree("historique", "Historique", reverse("web:historique"), "historique"),
        Entree("plus", "Plus", reverse("web:plus"), "plus"),
    )
