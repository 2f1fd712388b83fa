"""The safe HTML of a clinical document as a tree for the typesetter: only what `documents.cda.rendu` writes (XDM-11). Pure.

A table is laid out here, cell by cell, so that a wrong span can neither overlap another nor refuse the page.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from lxml.html import fragment_fromstring

Noeud = str | dict[str, Any]
_NOEUDS_MAX: Final = 20_000
_COLONNES_MAX: Final = 30
_SUITE: Final = (
    "La suite de ce document est trop longue pour cette copie : elle est dans le document d’origine."
)
_GENRES: Final = {
    "p": "p", "div": "", "span": "", "section": "", "article": "", "header": "", "dl": "", "dt": "dt", "dd": "dd",
    "strong": "strong", "em": "em", "u": "u", "del": "del", "ins": "ins", "sub": "sub", "sup": "sup", "br": "br",
    "ul": "ul", "ol": "ol", "li": "li", "pre": "pre", "a": "",
}  # fmt: skip
_BLOCS: Final = frozenset({"h", "p", "pre", "ul", "ol", "li", "dt", "dd", "note", "table"})
_IMAGE: Final = re.compile(r"data:image/(png|jpeg);base64,(.+)", re.DOTALL)
_ESPACES: Final = re.compile(r"\s+")


@dataclass(slots=True)
class Arbre:
    """What was read. `images`: kind (PNG, JPEG) and bytes, in the order of the nodes that show them."""

    corps: list[Noeud]
    images: list[tuple[str, bytes]] = field(default_factory=list)


def lire(html: str) -> Arbre:
    """The tree of one fragment of ours."""
    lecture = _Lecture()
    racine = fragment_fromstring(html, create_parent="div")
    corps = lecture.enfants(racine)
    if lecture.reste <= 0:
        corps.append({"g": "note", "c": [_SUITE]})
    return Arbre(corps, lecture.images)


class _Lecture:
    def __init__(self) -> None:
        self.images: list[tuple[str, bytes]] = []
        self.reste = _NOEUDS_MAX

    def enfants(self, element: etree._Element, *, brut: bool = False) -> list[Noeud]:
        noeuds: list[Noeud] = []
        _ajouter(noeuds, element.text, brut=brut)
        for enfant in element:
            if self.reste > 0 and isinstance(enfant.tag, str):
                noeuds += self._noeud(enfant)
            _ajouter(noeuds, enfant.tail, brut=brut)
        return noeuds if brut else _sans_vides(noeuds)

    def _noeud(self, element: etree._Element) -> list[Noeud]:
        self.reste -= 1
        nom = str(element.tag)
        if nom == "table":
            return self._tableau(element)
        if nom == "img":
            return self._image(element)
        if "visually-hidden" in element.get("class", ""):
            return []
        if element.get("role") == "note":
            return [{"g": "note", "c": self.enfants(element)}]
        if re.fullmatch("h[1-6]", nom):
            return [{"g": "h", "n": int(nom[1]), "c": self.enfants(element)}]
        if nom in {"ul", "ol"}:
            # Text between the items is nobody's.
            articles = [n for n in self.enfants(element) if isinstance(n, dict) and n["g"] == "li"]
            return [{"g": nom, "c": articles}] if articles else []
        genre = _GENRES.get(nom, "")
        dedans = self.enfants(element, brut=nom == "pre")
        return [{"g": genre, "c": dedans}] if genre else dedans

    def _image(self, element: etree._Element) -> list[Noeud]:
        forme = _IMAGE.fullmatch(element.get("src", ""))
        try:
            contenu = base64.b64decode(forme[2], validate=True) if forme else b""
        except binascii.Error:
            contenu = b""
        if not forme or not contenu:
            return [element.get("alt", "")]
        self.images.append(("PNG" if forme[1] == "png" else "JPEG", contenu))
        return [{"g": "img", "i": len(self.images) - 1, "c": []}]

    def _tableau(self, element: etree._Element) -> list[Noeud]:
        noeuds: list[Noeud] = []
        if (legende := element.find("caption")) is not None:
            noeuds.append({"g": "p", "c": [{"g": "strong", "c": self.enfants(legende)}]})
        prises: set[tuple[int, int]] = set()
        cellules: list[dict[str, Any]] = []
        lignes = list(element.iter("tr"))
        for y, ligne in enumerate(lignes):
            x = 0
            for cellule in ligne:
                if cellule.tag not in {"td", "th"} or self.reste <= 0:
                    continue
                self.reste -= 1
                while (x, y) in prises:
                    x += 1
                if x >= _COLONNES_MAX:
                    break
                cs, rs = _place(
                    prises, x, y, _etendue(cellule, "colspan"), _etendue(cellule, "rowspan"), len(lignes)
                )
                contenu = self.enfants(cellule)
                cellules.append({"x": x, "y": y, "cs": cs, "rs": rs, "th": cellule.tag == "th", "c": contenu})
                x += cs
        if cellules:
            noeuds.append({"g": "table", "n": max(c["x"] + c["cs"] for c in cellules), "c": cellules})
        return noeuds


def _place(prises: set[tuple[int, int]], x: int, y: int, cs: int, rs: int, lignes: int) -> tuple[int, int]:
    """The span that is free from there, cut to the table; its places are then taken."""
    largeur = 1
    while largeur < min(cs, _COLONNES_MAX - x) and (x + largeur, y) not in prises:
        largeur += 1
    hauteur = 1
    while hauteur < min(rs, lignes - y) and not any((x + i, y + hauteur) in prises for i in range(largeur)):
        hauteur += 1
    prises |= {(x + i, y + j) for i in range(largeur) for j in range(hauteur)}
    return largeur, hauteur


def _etendue(cellule: etree._Element, nom: str) -> int:
    valeur = cellule.get(nom, "1")
    return max(1, int(valeur)) if valeur.isascii() and valeur.isdigit() and len(valeur) < 4 else 1


def _sans_vides(noeuds: list[Noeud]) -> list[Noeud]:
    """Without the white space between blocks, nor the paragraphs that hold nothing."""
    pleins = [n for n in noeuds if n not in ("", {"g": "p", "c": []})]
    return [
        n for rang, n in enumerate(pleins)
        if n != " " or not any(_est_bloc(v) for v in (*pleins[rang - 1 : rang], *pleins[rang + 1 : rang + 2]))
    ]  # fmt: skip


def _est_bloc(noeud: Noeud) -> bool:
    return isinstance(noeud, dict) and noeud["g"] in _BLOCS


def _ajouter(noeuds: list[Noeud], texte: str | None, *, brut: bool) -> None:
    if not texte:
        return
    if not brut:
        noeuds.append(_ESPACES.sub(" ", texte))
        return
    for rang, ligne in enumerate(texte.split("\n")):
        if rang:
            noeuds.append({"g": "br", "c": []})
        noeuds.append(ligne.replace(" ", "\u00a0"))
