"""The base64 contents inside an XML text: set aside before it is parsed, put back into the JSON (FHR-07, FHR-17).

They are nearly the whole of a body, and up to 60 MB: the XML parser never sees them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MOT: Final = b"data"
# `<data value="…">`, with an id or a prefix if there is one; in another form it is read with the rest.
_BALISE: Final = re.compile(
    rb"<(?:[A-Za-z][\w.-]{0,30}:)?data\s+(?:id\s*=\s*(?:\"[^\"<&]{0,64}\"|'[^'<&]{0,64}')\s+)?value\s*=\s*([\"'])"
)
_AVANT: Final = 33
# Too short to be worth setting aside.
_COURTE: Final = 256
_PAS: Final = 1 << 18
_BASE64: Final = (
    bytes(range(ord("A"), ord("Z") + 1)) + bytes(range(ord("a"), ord("z") + 1)) + b"0123456789+/="
)
_BLANCS: Final = b" \t\r\n"
# White space and `+ / =` as some encoders write them.
_REFERENCE: Final = re.compile(rb"&#(?:x(?:0?[9aAdD]|20|2[bBfF]|3[dD])|9|1[03]|32|43|47|61);")


@dataclass(frozen=True, slots=True)
class Piece:
    """Where one content stands in the XML text; `base64` is False when it cannot be one."""

    debut: int
    fin: int
    droite: bool
    base64: bool


class Marques:
    """A mark that no client can guess stands for each content."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._alea = secrets.token_hex(12)
        self.pieces = {f"{self._alea}{rang:06d}": piece for rang, piece in enumerate(pieces)}

    def poser(self, corps: bytes) -> bytes:
        """The XML text with a mark in the place of each content."""
        morceaux: list[bytes] = []
        debut = 0
        for marque, piece in self.pieces.items():
            morceaux += (corps[debut : piece.debut], marque.encode())
            debut = piece.fin
        morceaux.append(corps[debut:])
        return b"".join(morceaux)

    def rendre(self, corps: bytes, json: bytes) -> bytes:
        """The JSON text with the contents of `corps` in the place of their marks."""
        if not self.pieces:
            return json
        vue = memoryview(corps)
        morceaux: list[bytes | memoryview] = []
        debut = 0
        for trouve in re.finditer(self._alea.encode() + rb"\d{6}", json):
            piece = self.pieces[trouve.group().decode()]
            morceaux += (json[debut : trouve.start()], _texte(corps, vue, piece))
            debut = trouve.end()
        morceaux.append(json[debut:])
        return b"".join(morceaux)


def trouver(corps: bytes) -> list[Piece]:
    """Each long `data` value of the XML text."""
    pieces: list[Piece] = []
    depuis = 0
    while (mot := corps.find(_MOT, depuis)) >= 0:
        depuis = mot + len(_MOT)
        ouvrante = corps.rfind(b"<", max(0, mot - _AVANT), mot)
        balise = _BALISE.match(corps, ouvrante) if ouvrante >= 0 else None
        if balise is None:
            continue
        debut = balise.end()
        fin = corps.find(balise[1], debut)
        if fin < 0:
            break
        depuis = fin
        if fin - debut >= _COURTE and corps.find(b"<", debut, fin) < 0:
            pieces.append(_juger(corps, debut, fin))
    return pieces


def _juger(corps: bytes, debut: int, fin: int) -> Piece:
    reste = b"".join(corps[i : min(i + _PAS, fin)].translate(None, _BASE64) for i in range(debut, fin, _PAS))
    if b"&" in reste:
        reste = _REFERENCE.sub(b"", corps[debut:fin]).translate(None, _BASE64) + b" "
    return Piece(debut, fin, not reste, not reste.strip(_BLANCS))


def _texte(corps: bytes, vue: memoryview, piece: Piece) -> bytes | memoryview:
    if piece.droite:
        return vue[piece.debut : piece.fin]
    texte = corps[piece.debut : piece.fin]
    if b"&" in texte:
        texte = _REFERENCE.sub(_caractere, texte)
    return texte.translate(None, _BLANCS)


def _caractere(trouve: re.Match[bytes]) -> bytes:
    nombre = trouve.group()[2:-1]
    return bytes([int(nombre[1:], 16) if nombre.startswith(b"x") else int(nombre)])
