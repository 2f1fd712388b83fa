"""The readable part of a CDA: the file wrapped in a level 1, or the rendering of a level 3."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from espace_sante.documents.cda.lire import NS, CdaInvalide, lire


@dataclass(frozen=True, slots=True)
class Corps:
    """A file found inside a CDA N1, with the media type it declares."""

    mime: str
    contenu: bytes


def extraire(contenu: bytes) -> Corps | None:
    """The wrapped file of a level 1; None for a level 3. Raises CdaInvalide."""
    texte = lire(contenu).racine.find(f"{{{NS}}}component/{{{NS}}}nonXMLBody/{{{NS}}}text")
    if texte is None:
        return None
    brut = "".join(texte.itertext())
    try:
        octets = base64.b64decode(brut) if texte.get("representation") == "B64" else brut.encode()
    except binascii.Error:
        raise CdaInvalide("cda-sans-corps", "Le corps du document ne se lit pas.") from None
    return Corps(texte.get("mediaType", "text/plain").split(";")[0].strip().lower(), octets)


def rendre(contenu: bytes) -> str:
    """Safe HTML of a level 3 (rules CDA-35, CDA-36)."""
    raise NotImplementedError
