"""The text of a PDF: what its pages show, through each font's own map to Unicode, by pikepdf.

No layout is rebuilt: runs come in the order of the page, which is enough to find words. A font without a map is read
as Western text when it says so, else left out. What a stream may inflate to is bounded by `platform.pdf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

from espace_sante.platform.pdf import ouvrir

_PAGES_MAX: Final = 300
_PROFONDEUR_MAX: Final = 4
_PLAGE_MAX: Final = 65_536
# A gap this wide between two signs, in thousandths of the size of the letters, is a space.
_ESPACE: Final = -180
_LATINS: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_BLOC: Final = re.compile(rb"begin(bfchar|bfrange|codespacerange)(.*?)end\1", re.DOTALL)
_SIGNE: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


@dataclass(frozen=True, slots=True)
class Police:
    """How the codes of a font are read."""

    octets: int = 1
    signes: Mapping[int, str] = field(default_factory=dict)
    latin: str = ""

    def lire(self, brut: bytes) -> str:
        """The characters of a run; those of no known sign are left out."""
        if not self.signes:
            return brut.decode(self.latin, "ignore") if self.latin else ""
        codes = (int.from_bytes(brut[i : i + self.octets]) for i in range(0, len(brut), self.octets))
        return "".join(self.signes.get(code, "") for code in codes)


def texte_pdf(contenu: bytes, *, maximum: int) -> str:
    """At most about `maximum` characters; empty for an encrypted or unreadable file."""
    lecture = _Lecture(maximum)
    # Whatever a received file holds, a search goes on; broken half way, what was read before stays searchable.
    with suppress(Exception), ouvrir(contenu) as pdf:
        if pdf.is_encrypted:
            return ""
        for rang in range(min(len(pdf.pages), _PAGES_MAX)):
            page = pdf.pages[rang]
            lecture.flux(page, page.resources, 0)
            lecture.separer("\n")
            if lecture.finie:
                break
    return "".join(lecture.morceaux)


class _Lecture:
    """What has been read so far, and the fonts already understood."""

    def __init__(self, maximum: int) -> None:
        self.morceaux: list[str] = []
        self._reste = maximum
        self._polices: dict[Any, Police] = {}

    @property
    def finie(self) -> bool:
        return self._reste <= 0

    def separer(self, signe: str) -> None:
        if self.morceaux and not self.morceaux[-1].endswith((" ", "\n")):
            self.morceaux.append(signe)

    def _ecrire(self, texte: str) -> None:
        if texte:
            self.morceaux.append(texte)
            self._reste -= len(texte)

    def flux(self, source: Any, ressources: Any, profondeur: int) -> None:
        """Read the operators of a page, or of a form that it draws."""
        police = Police()
        hauteur: float | None = None
        for instruction in pikepdf.parse_content_stream(source):
            if self.finie:
                return
            nom, operandes = str(instruction.operator), instruction.operands
            if nom == "Tf":
                police = self._police(ressources, str(operandes[0]))
            elif nom == "Tj":
                self._ecrire(police.lire(bytes(operandes[0])))
            elif nom == "TJ":
                for morceau in operandes[0]:
                    if isinstance(morceau, pikepdf.String):
                        self._ecrire(police.lire(bytes(morceau)))
                    elif float(morceau) < _ESPACE:
                        self.separer(" ")
            elif nom in ("'", '"'):
                self.separer("\n")
                self._ecrire(police.lire(bytes(operandes[-1])))
            elif nom in ("Td", "TD"):
                # Another line; along the same line, another word.
                self.separer("\n" if float(operandes[1]) else " ")
            elif nom == "Tm":
                # A run that goes on at the same height may be the rest of a word: gaps come by TJ or as signs.
                neuve = float(operandes[5])
                if neuve != hauteur:
                    self.separer("\n")
                hauteur = neuve
            elif nom == "T*":
                self.separer("\n")
            elif nom == "BT":
                self.separer(" ")
            elif nom == "Do" and profondeur < _PROFONDEUR_MAX:
                forme = ressources.get("/XObject", {}).get(str(operandes[0]))
                if forme is not None and forme.get("/Subtype") == "/Form":
                    self.flux(forme, forme.get("/Resources", ressources), profondeur + 1)

    def _police(self, ressources: Any, nom: str) -> Police:
        objet = ressources.get("/Font", {}).get(nom)
        if objet is None:
            return Police()
        cle = objet.objgen if objet.objgen != (0, 0) else (id(ressources), nom)
        if cle not in self._polices:
            self._polices[cle] = _lire_police(objet)
        return self._polices[cle]


def _lire_police(objet: Any) -> Police:
    carte = objet.get("/ToUnicode")
    if isinstance(carte, pikepdf.Stream):
        octets, signes = lire_carte(carte.read_bytes())
        if signes:
            return Police(2 if objet.get("/Subtype") == "/Type0" else octets, signes)
    codage = objet.get("/Encoding")
    if isinstance(codage, pikepdf.Dictionary):
        codage = codage.get("/BaseEncoding", "/WinAnsiEncoding")
    latin = _LATINS.get(str(codage), "" if objet.get("/Subtype") == "/Type0" else "cp1252")
    return Police(latin=latin)


def lire_carte(carte: bytes) -> tuple[int, dict[int, str]]:
    """(bytes a code, code → characters) of a ToUnicode map."""
    octets, signes = 1, dict[int, str]()
    for bloc in _BLOC.finditer(carte):
        genre = bloc.group(1)
        jetons: list[Any] = []
        liste: list[bytes] | None = None
        for chaine, ouvre, ferme in _SIGNE.findall(bloc.group(2)):
            if ouvre:
                liste = []
            elif ferme:
                jetons.append(liste or [b""])
                liste = None
            else:
                chiffres = "".join(chaine.decode().split())
                valeur = bytes.fromhex(chiffres + "0" * (len(chiffres) % 2))
                (jetons if liste is None else liste).append(valeur)
        if genre == b"codespacerange":
            octets = max([octets, *(len(j) for j in jetons if isinstance(j, bytes))])
        elif genre == b"bfchar":
            for code, cible in zip(jetons[::2], jetons[1::2], strict=False):
                if isinstance(code, bytes) and isinstance(cible, bytes):
                    signes[int.from_bytes(code)] = _utf16(cible)
        else:
            for bas, haut, cible in zip(jetons[::3], jetons[1::3], jetons[2::3], strict=False):
                if isinstance(bas, bytes) and isinstance(haut, bytes):
                    signes.update(_plage(int.from_bytes(bas), int.from_bytes(haut), cible))
    return octets, signes


def _plage(premier: int, dernier: int, cible: bytes | list[bytes]) -> Iterator[tuple[int, str]]:
    """Codes of a range: one target each, or the next ones after the first."""
    nombre = min(dernier - premier + 1, _PLAGE_MAX)
    for rang in range(nombre):
        if isinstance(cible, list):
            if rang < len(cible):
                yield premier + rang, _utf16(cible[rang])
        else:
            fin = int.from_bytes(cible[-2:]) + rang
            yield premier + rang, _utf16(cible[:-2] + (fin % 65536).to_bytes(2))


def _utf16(brut: bytes) -> str:
    return brut.decode("utf-16-be", "ignore")
