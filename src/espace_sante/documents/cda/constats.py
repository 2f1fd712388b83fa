"""One finding on a received document (rule CDA-07)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

Gravite = Literal["error", "warning"]

# CDA-08: with the format « mimeTypeSufficient » these findings no longer refuse. CDA-02 (dangerous
# XML) is an exception that cannot come here, and CDA-24 is in because the published example that
# must pass (FHR-90) is an empty document; every other identity rule keeps its force.
_ATTENUABLES: Final = frozenset({f"CDA-{n:02d}" for n in range(3, 23)} | {"CDA-24"})


@dataclass(frozen=True, slots=True)
class Constat:
    """A finding: `error` refuses the document, `warning` does not.

    `code` is stable, `chemin` is an XPath or a place, `texte` is French and shows no identity,
    `regle` is the rule of the rulebook.
    """

    code: str
    gravite: Gravite
    chemin: str
    texte: str
    regle: str = ""


def attenuer(constats: Iterable[Constat]) -> tuple[Constat, ...]:
    """The findings as they count under the format « mimeTypeSufficient » (rule CDA-08)."""
    return tuple(
        replace(c, gravite="warning") if c.gravite == "error" and c.regle in _ATTENUABLES else c
        for c in constats
    )


def refuse(constats: Iterable[Constat]) -> bool:
    """Whether one of the findings refuses the document."""
    return any(c.gravite == "error" for c in constats)
