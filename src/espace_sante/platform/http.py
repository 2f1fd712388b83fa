"""Marks that open a view: without one, every URL is refused (default deny).

The middleware of the room `web` reads them. Public views are marked one by one, and a test
walks every URL to hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from espace_sante.kernel.codes import GenreActeur

Vue = TypeVar("Vue", bound=Callable[..., Any])
ATTRIBUT = "es_ouverture"
PUBLIQUE = "publique"
PAR_JETON = "par_jeton"


def publique(vue: Vue) -> Vue:
    """Anyone may call this view."""
    setattr(vue, ATTRIBUT, PUBLIQUE)
    return vue


def par_jeton(vue: Vue) -> Vue:
    """Programs call this view; it checks the bearer token or client secret itself."""
    setattr(vue, ATTRIBUT, PAR_JETON)
    return vue


def reservee(*genres: GenreActeur) -> Callable[[Vue], Vue]:
    """Only a logged-in actor of one of these kinds may call this view."""

    def marquer(vue: Vue) -> Vue:
        setattr(vue, ATTRIBUT, frozenset(genres))
        return vue

    return marquer
