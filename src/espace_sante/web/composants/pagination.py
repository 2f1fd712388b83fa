"""Numbers of pages to show: the ends, the current one and its neighbours. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Etape:
    """One number; `url` empty for the current page, `numero` 0 for a gap."""

    numero: int
    url: str = ""
    courante: bool = False


@dataclass(frozen=True, slots=True)
class Pagination:
    """What `composants/pagination.html` shows; nothing at all when there is one page."""

    resume: str
    precedente: str = ""
    suivante: str = ""
    etapes: tuple[Etape, ...] = ()


def paginer(*, page: int, total: int, par_page: int, nom: str, adresse: Callable[[int], str]) -> Pagination:
    """`nom` is the plural of what is counted; `adresse(n)` the address of page n."""
    derniere = max(1, -(-total // par_page))
    page = min(max(page, 1), derniere)
    premier, dernier = (page - 1) * par_page + 1, min(page * par_page, total)
    if derniere == 1:
        return Pagination(resume="")
    montrees = sorted({1, derniere} | {n for n in range(page - 1, page + 2) if 1 <= n <= derniere})
    etapes: list[Etape] = []
    for numero in montrees:
        if etapes and numero - etapes[-1].numero > 1:
            etapes.append(Etape(0))
        etapes.append(Etape(numero, "" if numero == page else adresse(numero), numero == page))
    return Pagination(
        resume=f"{nom.capitalize()} {premier} à {dernier} sur {total}",
        precedente=adresse(page - 1) if page > 1 else "",
        suivante=adresse(page + 1) if page < derniere else "",
        etapes=tuple(etapes),
    )
