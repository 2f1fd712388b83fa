"""A picture as it is shown: nothing lost of it, and not the place where it was taken (CDA-43).

The original is downloaded as it is. A TIFF, which browsers do not draw, is shown as a PNG of the same pixels; one of
several pages is only downloaded, so that no page is missed.
"""

from __future__ import annotations

from typing import Final

from espace_sante.platform.images import ImageRefusee, compter_pages, copie_sans_perte
from espace_sante.platform.images_montrees import montrable

_SIGNATURES: Final = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\0", b"MM\0*"),
}


def se_montre(mime: str, contenu: bytes) -> bool:
    """Whether a browser can show it: really what it says, and whole enough."""
    if not contenu.startswith(_SIGNATURES.get(mime, (b"\0never",))):
        return False
    try:
        if mime == "image/tiff":
            return compter_pages(contenu, "TIFF") == 1
        montrable(mime, contenu)
    except ImageRefusee:
        return False
    return True


def copie(mime: str, contenu: bytes) -> tuple[str, bytes]:
    """Media type and bytes to show. Raises ImageRefusee for a TIFF whose pixels cannot be read."""
    if mime == "image/tiff":
        return "image/png", copie_sans_perte(contenu, "TIFF")[0]
    return mime, montrable(mime, contenu)
