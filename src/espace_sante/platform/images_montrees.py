"""The copy of a picture that is shown: every pixel as it was sent, without place, device nor preview (CDA-43). Pure.

Nothing is decoded nor drawn anew: parts of the file are left out. How the picture is turned is kept. The original is
stored and downloadable as it is.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from espace_sante.platform.images import ImageRefusee

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
# Markers of a JPEG that stand alone, without a length.
_SEULS: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_JFIF, _EXIF, _ICC, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_TETE_EXIF: Final = b"Exif\0\0"
_PROFIL: Final = b"ICC_PROFILE\0"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# Of what a PNG may hold beside its picture: colours, transparency, size, animation.
_ANNEXES: Final = frozenset({
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip
_ORIENTATION: Final = 0x0112


def montrable(media: str, contenu: bytes) -> bytes:
    """The copy to show of a JPEG or a PNG; another kind of file as it is. Raises ImageRefusee `image_illisible`."""
    fabrique = _FABRIQUES.get(media)
    if fabrique is None:
        return contenu
    try:
        return fabrique(contenu)
    except (IndexError, struct.error):
        raise ImageRefusee("image_illisible", "Cette image est abîmée ou incomplète.") from None


def _jpeg(contenu: bytes) -> bytes:
    sens, gardes = 1, []
    for marque, segment in _segments(contenu):
        if marque == _EXIF and segment[4:].startswith(_TETE_EXIF):
            sens = _sens(segment[4 + len(_TETE_EXIF) :])
        if _garde(marque, segment):
            gardes.append(segment)
    entete = b"\xff\xd8"
    if gardes and gardes[0][1] == _JFIF:
        entete += gardes.pop(0)
    if sens != 1:
        exif = _TETE_EXIF + _tiff(sens)
        entete += struct.pack(">2sH", b"\xff\xe1", len(exif) + 2) + exif
    return b"".join((entete, *gardes, b"\xff\xd9"))


def _garde(marque: int, segment: bytes) -> bool:
    """The picture, its colours; neither comments nor what an application wrote for itself."""
    if marque == _ICC:
        return segment[4:].startswith(_PROFIL)
    return marque in {_JFIF, _ADOBE} or not (0xE0 <= marque <= 0xEF or marque == 0xFE)


def _segments(contenu: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, coded data with the scan that they follow; nothing after the end mark."""
    if contenu[:2] != bytes((0xFF, _SOI)):
        raise IndexError
    place = 2
    # A file whose end mark was lost is whole all the same.
    while place < len(contenu):
        if contenu[place] != 0xFF:
            raise IndexError
        marque = contenu[place + 1]
        if marque == 0xFF:
            place += 1
            continue
        if marque == _EOI:
            return
        fin = place + 2
        if marque not in _SEULS:
            (longueur,) = struct.unpack_from(">H", contenu, fin)
            fin += longueur
        if marque == _SOS:
            fin = _fin_des_donnees(contenu, fin)
        if fin > len(contenu):
            raise IndexError
        yield marque, contenu[place:fin]
        place = fin


def _fin_des_donnees(contenu: bytes, place: int) -> int:
    """Where the coded data of a scan end: at the first marker that is not theirs; at the end of a file cut short."""
    while (place := contenu.find(b"\xff", place)) != -1:
        if place + 1 < len(contenu) and contenu[place + 1] != 0 and contenu[place + 1] not in _SEULS:
            return place
        place += 2
    return len(contenu)


def _png(contenu: bytes) -> bytes:
    if not contenu.startswith(_PNG):
        raise IndexError
    place, morceaux = len(_PNG), [_PNG]
    while True:
        longueur, nom = struct.unpack_from(">I4s", contenu, place)
        fin = place + 12 + longueur
        if fin > len(contenu):
            raise IndexError
        if nom == b"eXIf" and (sens := _sens(contenu[place + 8 : place + 8 + longueur])) != 1:
            morceaux.append(_morceau(b"eXIf", _tiff(sens)))
        if nom in _ANNEXES or nom[:1].isupper():
            morceaux.append(contenu[place:fin])
        if nom == b"IEND":
            return b"".join(morceaux)
        place = fin


def _morceau(nom: bytes, donnees: bytes) -> bytes:
    return struct.pack(">I", len(donnees)) + nom + donnees + struct.pack(">I", zlib.crc32(nom + donnees))


def _sens(tiff: bytes) -> int:
    """Orientation that an Exif block gives, 1 to 8; 1 when it gives none that makes sense."""
    ordre = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if ordre is None:
        return 1
    try:
        (place,) = struct.unpack_from(f"{ordre}I", tiff, 4)
        (nombre,) = struct.unpack_from(f"{ordre}H", tiff, place)
        for rang in range(nombre):
            champ, genre, compte, valeur = struct.unpack_from(f"{ordre}HHIH", tiff, place + 2 + 12 * rang)
            if (champ, genre, compte) == (_ORIENTATION, 3, 1):
                return valeur if 1 <= valeur <= 8 else 1
    except struct.error:
        return 1
    return 1


def _tiff(sens: int) -> bytes:
    """An Exif block that says how the picture is turned, and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, sens, 0, 0)


_FABRIQUES: Final[dict[str, Callable[[bytes], bytes]]] = {"image/jpeg": _jpeg, "image/png": _png}
