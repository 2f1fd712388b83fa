"""Files embedded in a CDA (`observationMedia`): what may be shown as an image, what is attached."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from lxml import etree

from espace_sante.documents.cda.lire import NS
from espace_sante.documents.cda.n1 import decoder_base64
from espace_sante.documents.cda.personnes import attribut, premier
from espace_sante.platform.images import ImageRefusee
from espace_sante.platform.images_montrees import montrable

_MEDIA: Final = f"{{{NS}}}observationMedia"
_REGION: Final = f"{{{NS}}}regionOfInterest"
_SIGNATURES: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class PieceJointe:
    """A file embedded in a document. `id` is that of its element; it may be empty."""

    id: str
    media: str
    contenu: bytes


def pieces_jointes(racine: etree._Element) -> tuple[PieceJointe, ...]:
    """Embedded files, in document order, those that are not base64 left out."""
    pieces = (_piece(element) for element in racine.iter(_MEDIA))
    return tuple(p for p in pieces if p.contenu)


def medias_par_id(racine: etree._Element) -> dict[str, etree._Element]:
    """What `renderMultiMedia` may point to: a media, or a region of one."""
    trouves: dict[str, etree._Element] = {}
    for element in racine.iter(_MEDIA, _REGION):
        media = element if element.tag == _MEDIA else next(element.iter(_MEDIA), None)
        if attribut(element, "ID") and media is not None:
            trouves.setdefault(attribut(element, "ID"), media)
    return trouves


def adresse_image(media: str, contenu: bytes) -> str:
    """The image as a `data:` address; empty unless it really is PNG or JPEG (CDA-35, CDA-36).

    Without the place where it was taken, and without losing a pixel (CDA-43).
    """
    signature = _SIGNATURES.get(media)
    if signature is None or not contenu.startswith(signature):
        return ""
    try:
        montree = montrable(media, contenu)
    except ImageRefusee:
        return ""
    return f"data:{media};base64,{base64.b64encode(montree).decode('ascii')}"


def adresse_du_media(element: etree._Element) -> tuple[str, str]:
    """(`data:` address or nothing, media type) of an `observationMedia`."""
    piece = _piece(element)
    return adresse_image(piece.media, piece.contenu), piece.media


def _piece(element: etree._Element) -> PieceJointe:
    valeur = premier(element, "value")
    code = attribut(valeur, "representation") == "B64" and valeur is not None
    contenu = decoder_base64(valeur.text or "") if code and valeur is not None else b""
    return PieceJointe(attribut(element, "ID"), attribut(valeur, "mediaType").lower(), contenu)
