"""Checks of the bytes of a document against what was announced (FHR-17, FHR-75, FHR-76, FHR-88)."""

from __future__ import annotations

import binascii
import hashlib
from typing import Final

from msgspec import UNSET

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import Attachment, BundleDocument
from espace_sante.interop.fhir.valeurs import present

XML: Final = frozenset({"text/xml", "application/xml", "application/xslt+xml"})
FHIR_DOCUMENT: Final = "application/fhir+json"
FHIR_XML: Final = "application/fhir+xml"
_SIGNATURES: Final[dict[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/rtf": (b"{\\rtf",),
    "application/fhir+json": (b"{",),
    FHIR_XML: (b"<",),
    **{mime: (b"<",) for mime in XML},
}
ADMIS: Final = frozenset({*_SIGNATURES, "text/plain", "application/dicom"})
_BOM: Final = b"\xef\xbb\xbf"


def empreinte(contenu: bytes) -> bytes:
    """SHA-1 of the bytes, as XDS and FHIR R4 demand (an integrity check, not a protection)."""
    return hashlib.sha1(contenu, usedforsecurity=False).digest()


def media(texte: str) -> str:
    """A media type without its parameters, in small letters."""
    return texte.partition(";")[0].strip().lower()


def _ressemble(contenu: bytes, mime: str) -> bool:
    """Whether the first bytes fit the media type."""
    if mime == "text/plain":
        return b"\x00" not in contenu[:65536]
    if mime == "application/dicom":
        return contenu[128:132] == b"DICM"
    tete = contenu[:256]
    if mime in XML or mime.startswith("application/fhir"):
        if tete.startswith((b"\xff\xfe", b"\xfe\xff")):
            return mime in XML
        tete = tete.removeprefix(_BOM).lstrip()
    return tete.startswith(_SIGNATURES[mime])


def controler_contenu(
    contenu: bytes, sha1: bytes, attachement: Attachment, mime_binaire: str, chemin: str, max_octets: int
) -> list[Constat]:
    """Findings on the content of one document; `chemin` is that of its attachment."""
    constats: list[Constat] = []
    if not contenu:
        constats.append(Erreur.CONTENU_VIDE.constat(chemin))
    elif len(contenu) > max_octets:
        constats.append(Erreur.TROP_GRAND.constat(chemin))
    if attachement.size is not UNSET and attachement.size != len(contenu):
        constats.append(Erreur.TAILLE.constat(f"{chemin}.size"))
    if attachement.hash is not UNSET:
        attendu = binascii.b2a_base64(sha1, newline=False).decode()
        if attachement.hash != attendu:
            constats.append(Erreur.EMPREINTE.constat(f"{chemin}.hash"))
    mime = media(present(attachement.contentType))
    if not mime:
        return constats
    if mime not in ADMIS:
        constats.append(Erreur.MEDIA_NON_ADMIS.constat(f"{chemin}.contentType"))
    elif (mime_binaire and media(mime_binaire) != mime) or (contenu and not _ressemble(contenu, mime)):
        constats.append(Erreur.MEDIA_DIFFERENT.constat(f"{chemin}.contentType"))
    return constats


def controler_document_fhir(document: BundleDocument, chemin: str) -> list[Constat]:
    """A FHIR document has type, identifier, timestamp and a Composition first (FHR-88)."""
    premier = (
        b"" if document.entry is UNSET or not isinstance(document.entry, list) else bytes(document.entry[0])
    )
    if (
        document.type != "document"
        or document.identifier is UNSET
        or document.timestamp is UNSET
        or b'"Composition"' not in premier
    ):
        return [Erreur.DOCUMENT_FHIR.constat(chemin)]
    return []
