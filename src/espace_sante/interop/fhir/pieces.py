"""The base64 contents inside a JSON text: found, set aside, decoded bit by bit (FHR-07, FHR-17).

They are nearly the whole of a body, and up to 60 MB: nothing here copies more than a bit of one,
except its decoded bytes. FHIR admits white space inside base64, and JSON admits escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import msgspec

_CLE: Final = b'"data"'
_BARRE: Final = b"\\"
_BLANCS: Final = b" \t\r\n"
# Escapes that a base64 text may hold: white space, and `/ + =` as some encoders write them.
_ETRANGER: Final = re.compile(rb"\\(?![nrt/]|u00(?:0[9aAdD]|20|2[bBfF]|3[dD]))")
_LONGUEUR_ECHAPPEMENT: Final = len(rb"\u002b")
_NON_CONTROLES: Final = bytes(range(0x20, 0x100))
# Too short to be worth shortening.
_COURTE: Final = 8
_PAS: Final = 1 << 18
_LIRE: Final = msgspec.json.Decoder(bytes)
_LIRE_TEXTE: Final = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True)
class Piece:
    """Where one content stands in the JSON text, without its quotes.

    `droite`: plain base64, that the JSON decoder reads by itself (no white space, no escape).
    """

    debut: int
    fin: int
    droite: bool


def trouver(corps: bytes) -> list[Piece]:
    """Each `data` string that may be base64. What it leaves out stays in the text and is judged there."""
    pieces: list[Piece] = []
    ascii_seul = corps.isascii()
    depuis = 0
    while (cle := corps.find(_CLE, depuis)) >= 0:
        depuis = cle + len(_CLE)
        debut = corps.find(b'"', depuis) + 1
        if not debut or corps[depuis : debut - 1].strip() != b":":
            continue
        fin = corps.find(b'"', debut)
        if fin < 0:
            break
        depuis = debut
        echappee = corps.find(_BARRE, debut, fin) >= 0
        if echappee and (corps[fin - 1 : fin] == _BARRE or _ETRANGER.search(corps, debut, fin)):
            continue
        droite = not echappee and corps.find(b" ", debut, fin) < 0
        # The decoder does not look at the letters of the parts that it keeps raw: they must be ASCII.
        if (droite and fin - debut < _COURTE) or not (ascii_seul or _en_ascii(corps, debut, fin)):
            continue
        pieces.append(Piece(debut, fin, droite))
        depuis = fin
    return pieces


def remplacer(corps: bytes, pieces: Sequence[Piece], textes: Sequence[bytes]) -> bytes:
    """The JSON text with other texts in the place of contents."""
    morceaux: list[bytes] = []
    debut = 0
    for piece, texte in zip(pieces, textes, strict=True):
        morceaux += (corps[debut : piece.debut], texte)
        debut = piece.fin
    morceaux.append(corps[debut:])
    return b"".join(morceaux)


def decoder(corps: bytes, piece: Piece) -> bytes:
    """The bytes of one content. Raises ValueError when it is not base64."""
    sortie = BytesIO()
    reste = b""
    finie = False
    for bout in _bouts(corps, piece):
        texte = reste + (bout if piece.droite else _deplier(bout))
        utile = len(texte) & ~3
        if utile:
            if finie:
                raise ValueError("base64 after its end")
            sortie.write(_LIRE.decode(b'"%s"' % texte[:utile]))
            finie = texte[utile - 1 : utile] == b"="
        reste = texte[utile:]
    if reste:
        raise ValueError("base64 cut short")
    return sortie.getvalue()


def en_base64(corps: bytes, piece: Piece) -> bool:
    """Whether a content can be decoded."""
    try:
        decoder(corps, piece)
    except ValueError:
        return False
    return True


def lisible(corps: bytes, piece: Piece) -> bool:
    """Whether a content is a JSON string at all: no bare control character."""
    return not any(bout.translate(None, _NON_CONTROLES) for bout in _bouts(corps, piece))


def _en_ascii(corps: bytes, debut: int, fin: int) -> bool:
    return all(corps[i : min(i + _PAS, fin)].isascii() for i in range(debut, fin, _PAS))


def _bouts(corps: bytes, piece: Piece) -> Iterator[bytes]:
    """The content in bits; an escape is never cut in two."""
    debut = piece.debut
    while debut < piece.fin:
        bout = min(debut + _PAS, piece.fin)
        if bout < piece.fin and not piece.droite:
            barre = corps.rfind(_BARRE, bout - _LONGUEUR_ECHAPPEMENT + 1, bout)
            bout = barre if barre >= 0 else bout
        yield corps[debut:bout]
        debut = bout


def _deplier(bout: bytes) -> bytes:
    """Without escapes nor white space. Read as a JSON string first: bare control characters are no JSON."""
    return _LIRE_TEXTE.decode(b'"%s"' % bout).encode().translate(None, _BLANCS)
