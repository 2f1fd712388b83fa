"""What is known while one resource is walked: where, which resources it contains, what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from espace_sante.interop.fhir.constats import MAX_CONSTATS, Constat, Gravite
from espace_sante.interop.profils.regles import RegleProfil

# (path of the parent, name, rank in its list or -1): made at each step, written only when something is found.
Chemin = tuple[Any, str, int]
Verification = Callable[[Any, Chemin, "Suivi"], None]

_TYPE_VISE: Final = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{2,40})(?:/[^/?]+(?:/_history/[^/]+)?|\?.*)", re.ASCII)


class Plein(Exception):
    """Enough was found: a client mends these first (FHR-10)."""


def ecrire_chemin(chemin: Chemin | None) -> str:
    """As FHIRPath, with indexes."""
    morceaux: list[str] = []
    while chemin is not None:
        parent, nom, rang = chemin
        morceaux.append(nom if rang < 0 else f"{nom}[{rang}]")
        chemin = parent
    return ".".join(reversed(morceaux))


class Suivi:
    """State of one walk. Bounded: at most 100 findings."""

    __slots__ = ("adresses", "citees", "constats", "contenues", "nuls")

    def __init__(self) -> None:
        self.constats: list[Constat] = []
        self.contenues: dict[str, str] = {}
        self.citees: set[str] = set()
        self.adresses: dict[str, str] = {}
        self.nuls: list[tuple[Chemin, str]] = []

    def noter(
        self,
        regle: RegleProfil,
        chemin: Chemin,
        origine: str,
        *,
        gravite: Gravite = "error",
        **champs: object,
    ) -> None:
        """Keep a finding. Raises Plein."""
        self.constats.append(regle.constat(ecrire_chemin(chemin), origine, gravite=gravite, **champs))
        if len(self.constats) >= MAX_CONSTATS:
            raise Plein

    @contextmanager
    def ressource(self, valeur: dict[str, Any]) -> Iterator[None]:
        """Inside a resource of its own: its contained ones are known to it alone."""
        avant = self.contenues, self.citees
        contenues = valeur.get("contained")
        self.contenues = {
            c["id"]: c.get("resourceType", "")
            for c in (contenues if isinstance(contenues, list) else ())
            if isinstance(c, dict) and isinstance(c.get("id"), str)
        }
        self.citees = set()
        try:
            yield
        finally:
            self.contenues, self.citees = avant

    def vise(self, reference: str) -> str | None:
        """Resource type that a reference names; empty when it cannot be known, None when it must be here and is not."""
        if reference.startswith("#"):
            nom = reference[1:]
            self.citees.add(nom)
            return self.contenues.get(nom) if nom else ""
        if reference in self.adresses:
            return self.adresses[reference]
        trouve = _TYPE_VISE.fullmatch(reference)
        return trouve[1] if trouve else ""
