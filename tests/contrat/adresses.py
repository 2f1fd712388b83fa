"""Every address of the resolver, with a sample path that reaches it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

IDENTIFIANT = uuid.UUID("01931a2b-0000-7000-8000-0123456789ab")


@dataclass(frozen=True)
class Adresse:
    """One view: its route as written, its qualified name, a path that matches, and the callable."""

    route: str
    nom: str
    chemin: str
    vue: Callable[..., Any]

    @property
    def ouverture(self) -> object:
        from espace_sante.platform import http

        return getattr(self.vue, http.ATTRIBUT, None)

    @property
    def locale(self) -> bool:
        """Mounted on a local installation only."""
        return self.route.startswith(("simulateurs/", "composants/"))


def adresses() -> list[Adresse]:
    """All of them, includes walked."""
    return list(_marcher(get_resolver().url_patterns, "", "", ""))


def _marcher(
    motifs: list[URLPattern | URLResolver], route: str, chemin: str, espace: str
) -> Iterator[Adresse]:
    for motif in motifs:
        ici, exemple = route + str(motif.pattern), chemin + _exemple(motif.pattern)
        if isinstance(motif, URLResolver):
            sous = f"{espace}{motif.namespace}:" if motif.namespace else espace
            yield from _marcher(motif.url_patterns, ici, exemple, sous)
        else:
            yield Adresse(ici, f"{espace}{motif.name or ''}", f"/{exemple}", motif.callback)


def _exemple(motif: Any) -> str:
    """A piece of path that the pattern accepts."""
    if isinstance(motif, RoutePattern):
        texte = motif._route
        for nom, convertisseur in motif.converters.items():
            genre = type(convertisseur).__name__
            valeur = {"UUIDConverter": str(IDENTIFIANT), "IntConverter": "1"}.get(genre, "inconnu")
            for forme in (f"<{nom}>", *(f"<{c}:{nom}>" for c in ("uuid", "int", "str", "slug", "path"))):
                texte = texte.replace(forme, valeur)
        return texte
    forme, parametres = normalize(str(motif))[0]
    return forme % {p: str(IDENTIFIANT) for p in parametres} if parametres else forme
