"""One proof for many leaves of the same tree: the fewest nodes from which its root follows. Pure.

The nodes are roots of complete subtrees, named `height/index`: the inclusion proof of RFC 6962 of any single leaf can
be made from them and the leaves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from espace_sante.traces.journal_scelle.arbre import blocs, couper, noeud, racine_de

Noeud = tuple[int, int]


def noeuds_utiles(rangs: Sequence[int], taille: int) -> Iterator[Noeud]:
    """Nodes that whoever holds the leaves of these ranks (increasing) lacks to compute the root."""

    def aller(debut: int, fin: int, bas: int, haut: int) -> Iterator[Noeud]:
        if bas == haut:
            yield from blocs(debut, fin)
        elif fin - debut > 1 and haut - bas < fin - debut:
            milieu = debut + couper(fin - debut)
            entre = bisect_left(rangs, milieu, bas, haut)
            yield from aller(debut, milieu, bas, entre)
            yield from aller(milieu, fin, entre, haut)

    yield from aller(0, taille, 0, len(rangs))


def racine_depuis(
    rangs: Sequence[int], empreintes: Sequence[bytes], taille: int, noeuds: Mapping[Noeud, bytes]
) -> bytes:
    """Root of the tree, from leaves (ranks increasing) and the other nodes. Raises KeyError for one that lacks."""

    def aller(debut: int, fin: int, bas: int, haut: int) -> bytes:
        if bas == haut:
            return racine_de(lambda hauteur, indice: noeuds[hauteur, indice], debut, fin)
        if fin - debut == 1:
            return empreintes[bas]
        milieu = debut + couper(fin - debut)
        entre = bisect_left(rangs, milieu, bas, haut)
        return noeud(aller(debut, milieu, bas, entre), aller(milieu, fin, entre, haut))

    return aller(0, taille, 0, len(rangs))
