"""The Merkle tree of RFC 6962 (and 9162), grown by the right, kept in tiles of 256 hashes. Pure.

A tile holds up to 256 hashes of one level; a full tile gives one hash to the level above. What is held in memory
to append is the unfinished tile of each level: it does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

TUILE = 256
OCTETS = 32
VIDE = sha256(b"").digest()


def feuille(donnees: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\x00" + donnees).digest()


def noeud(gauche: bytes, droite: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + gauche + droite).digest()


def couper(taille: int) -> int:
    """The largest power of two smaller than `taille` (2 or more): where RFC 6962 splits a tree."""
    return 1 << ((taille - 1).bit_length() - 1)


def reduire(empreintes: bytes) -> bytes:
    """Root of a complete tree over concatenated hashes, whose number is a power of two."""
    while len(empreintes) > OCTETS:
        pas = 2 * OCTETS
        empreintes = b"".join(
            [sha256(b"\x01" + empreintes[i : i + pas]).digest() for i in range(0, len(empreintes), pas)]
        )
    return empreintes


@dataclass(frozen=True, slots=True)
class Tuile:
    """Hashes `indice * 256` and after, of tile level `niveau`."""

    niveau: int
    indice: int
    empreintes: bytes


class Croissance:
    """A tree that grows: give it hashes of leaves, it gives back the tiles to keep and its root."""

    __slots__ = ("_finies", "_niveaux", "taille")

    def __init__(self, taille: int = 0, droite: Iterable[Tuile] = ()) -> None:
        """`droite`: the unfinished tiles of a tree of that size, see `tuiles_de_droite`."""
        self.taille = taille
        tenues = {t.niveau: t.empreintes for t in droite}
        self._niveaux: list[bytearray] = []
        self._finies: list[Tuile] = []
        for niveau, _, nombre in tuiles_de_droite(taille):
            octets = tenues.get(niveau, b"")[: nombre * OCTETS]
            if len(octets) != nombre * OCTETS:
                raise ValueError(f"level {niveau} of the tree is cut short")
            self._niveaux.append(bytearray(octets))

    def ajouter(self, empreinte: bytes) -> None:
        """Append the hash of one leaf."""
        self.taille += 1
        niveau, porte = 0, empreinte
        while True:
            if niveau == len(self._niveaux):
                self._niveaux.append(bytearray())
            tuile = self._niveaux[niveau]
            tuile += porte
            if len(tuile) < TUILE * OCTETS:
                return
            octets = bytes(tuile)
            indice = self.taille // TUILE ** (niveau + 1) - 1
            self._finies.append(Tuile(niveau, indice, octets))
            tuile.clear()
            porte = reduire(octets)
            niveau += 1

    def finies(self) -> list[Tuile]:
        """Tiles finished since the last call."""
        finies, self._finies = self._finies, []
        return finies

    def a_garder(self) -> Iterator[Tuile]:
        """Tiles finished since the last call, then the unfinished ones as they are now."""
        yield from self.finies()
        for niveau, tuile in enumerate(self._niveaux):
            if tuile:
                yield Tuile(niveau, self.taille // TUILE ** (niveau + 1), bytes(tuile))

    def copie(self) -> Croissance:
        """The same tree, to grow apart."""
        autre = Croissance()
        autre.taille, autre._niveaux = self.taille, [bytearray(t) for t in self._niveaux]
        return autre

    def racine(self) -> bytes:
        """Root of the tree as it is now."""
        tout: bytes | None = None
        for tuile in self._niveaux:
            fin = len(tuile)
            while fin:
                # Complete subtrees from right to left: the lowest bits of the count first.
                pas = fin & -fin
                bloc = reduire(bytes(tuile[fin - pas : fin]))
                tout = bloc if tout is None else noeud(bloc, tout)
                fin -= pas
        return VIDE if tout is None else tout


def tuiles_de_droite(taille: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, number of hashes) of the unfinished tile of each level of a tree of that size."""
    niveau = 0
    while taille:
        yield niveau, taille // TUILE, taille % TUILE
        taille //= TUILE
        niveau += 1


# Root of the complete subtree over leaves [indice << hauteur, (indice + 1) << hauteur).
SousArbre = Callable[[int, int], bytes]


def blocs(debut: int, fin: int) -> Iterator[tuple[int, int]]:
    """Complete subtrees (height, index) that cover [debut, fin) from left to right, `debut` being aligned on them."""
    while debut < fin:
        hauteur = (fin - debut).bit_length() - 1
        if debut:
            hauteur = min(hauteur, (debut & -debut).bit_length() - 1)
        yield hauteur, debut >> hauteur
        debut += 1 << hauteur


def racine_de(sous_arbre: SousArbre, debut: int, fin: int) -> bytes:
    """MTH(D[debut:fin]) of RFC 6962, from complete subtrees."""
    tout: bytes | None = None
    for hauteur, indice in reversed(list(blocs(debut, fin))):
        bloc = sous_arbre(hauteur, indice)
        tout = bloc if tout is None else noeud(bloc, tout)
    return VIDE if tout is None else tout


def preuve_inclusion(sous_arbre: SousArbre, rang: int, taille: int) -> list[bytes]:
    """PATH(rang, D[taille]) of RFC 6962, from the leaf up. Raises ValueError outside the tree."""
    if not 0 <= rang < taille:
        raise ValueError("no such leaf in a tree of that size")
    preuve: list[bytes] = []
    debut, fin = 0, taille
    while fin - debut > 1:
        milieu = debut + couper(fin - debut)
        if rang < milieu:
            preuve.append(racine_de(sous_arbre, milieu, fin))
            fin = milieu
        else:
            preuve.append(racine_de(sous_arbre, debut, milieu))
            debut = milieu
    return preuve[::-1]


def preuve_coherence(sous_arbre: SousArbre, ancienne: int, taille: int) -> list[bytes]:
    """PROOF(ancienne, D[taille]) of RFC 6962: the older tree is a beginning of the newer one. Raises ValueError."""
    if not 0 < ancienne <= taille:
        raise ValueError("the older tree is neither empty nor larger")
    preuve: list[bytes] = []
    debut, fin, entier = 0, taille, True
    while ancienne != fin:
        milieu = debut + couper(fin - debut)
        if ancienne <= milieu:
            preuve.append(racine_de(sous_arbre, milieu, fin))
            fin = milieu
        else:
            preuve.append(racine_de(sous_arbre, debut, milieu))
            debut, entier = milieu, False
    if not entier:
        preuve.append(racine_de(sous_arbre, debut, fin))
    return preuve[::-1]


def verifier_inclusion(empreinte: bytes, rang: int, taille: int, preuve: list[bytes], racine: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= rang < taille:
        return False
    fn, sn, r = rang, taille - 1, empreinte
    for p in preuve:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = noeud(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = noeud(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == racine


def verifier_coherence(
    ancienne: int, taille: int, preuve: list[bytes], racine_ancienne: bytes, racine: bytes
) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < ancienne <= taille:
        return False
    if ancienne == taille:
        return not preuve and racine_ancienne == racine
    chemin = [racine_ancienne, *preuve] if ancienne & (ancienne - 1) == 0 else list(preuve)
    if not chemin:
        return False
    fn, sn = ancienne - 1, taille - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = chemin[0]
    for c in chemin[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = noeud(c, fr), noeud(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = noeud(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == racine_ancienne and sr == racine
