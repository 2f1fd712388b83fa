"""The body of a level N1 document: a file in base64 (rule CDA-05)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pikepdf
from lxml import etree

from espace_sante.documents.cda.constats import Constat, Gravite
from espace_sante.documents.cda.formats import MEDIAS_N1
from espace_sante.documents.cda.lire import CdaInvalide
from espace_sante.documents.cda.personnes import attribut, premier
from espace_sante.platform.pdf import ouvrir

_CHEMIN: Final = "/ClinicalDocument/component/nonXMLBody/text"
_PDF_A1: Final = frozenset({"1A", "1B"})


@dataclass(frozen=True, slots=True)
class CorpsN1:
    """The decoded file and its media type."""

    media: str
    contenu: bytes


def extraire_n1(racine: etree._Element) -> CorpsN1:
    """The file inside a level N1 document, for display or download.

    Only decoding is done: see `controler_n1` for the checks. Raises CdaInvalide `cda-sans-corps`
    when there is no such body, or it is not base64, or it is empty.
    """
    element = premier(racine, "component/nonXMLBody/text")
    if element is None:
        raise CdaInvalide("cda-sans-corps", "Ce document n’a pas de corps non structuré (N1).")
    contenu = decoder_base64(element.text or "")
    if not contenu:
        raise CdaInvalide("cda-sans-corps", "Le fichier contenu dans le document est vide ou illisible.")
    return CorpsN1(attribut(element, "mediaType").lower(), contenu)


def controler_n1(racine: etree._Element) -> tuple[Constat, ...]:
    """Findings on the N1 body; empty for a document of another level (CDA-04 speaks of it)."""
    element = premier(racine, "component/nonXMLBody/text")
    if element is None:
        return ()
    constats: list[Constat] = []
    if attribut(element, "representation") != "B64":
        constats.append(
            _constat("n1-representation", "Le fichier doit être en base64 (B64).", "/@representation")
        )
    media = attribut(element, "mediaType").lower()
    if media not in MEDIAS_N1:
        texte = "Ce genre de fichier n’est pas accepté dans un document N1."
        return (*constats, _constat("n1-media", texte, "/@mediaType"))
    try:
        corps = extraire_n1(racine)
    except CdaInvalide as refus:
        return (*constats, _constat("n1-vide", refus.message))
    if not _SIGNATURES[media](corps.contenu):
        constats.append(_constat("n1-contenu", "Le contenu du fichier n’est pas du genre annoncé."))
    elif media == "application/pdf":
        constats += controler_pdf(corps.contenu)
    return tuple(constats)


def controler_pdf(contenu: bytes) -> list[Constat]:
    """Encrypted or unreadable PDF: refused; PDF that is not PDF/A-1: warning (CDA-05)."""
    try:
        with ouvrir(contenu) as pdf:
            if pdf.is_encrypted:
                return [_constat("n1-pdf-chiffre", "Le fichier PDF est chiffré.")]
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadonnees:
                statut = metadonnees.pdfa_status
    except pikepdf.PasswordError:
        return [_constat("n1-pdf-chiffre", "Le fichier PDF est chiffré.")]
    except (pikepdf.PdfError, ValueError, etree.XMLSyntaxError):
        return [_constat("n1-contenu", "Le fichier PDF est illisible.")]
    if statut.upper() not in _PDF_A1:
        texte = "Le fichier PDF ne se déclare pas au format d’archivage PDF/A-1."
        return [_constat("n1-pdf-a1", texte, gravite="warning")]
    return []


def decoder_base64(texte: str) -> bytes:
    """Decode base64, white space aside; empty when it is not base64."""
    try:
        return base64.b64decode("".join(texte.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _est_texte(contenu: bytes) -> bool:
    return b"\x00" not in contenu and not contenu.startswith(
        (b"%PDF", b"{\\rtf", b"\xff\xd8\xff", b"\x89PNG")
    )


_SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "application/pdf": lambda c: b"%PDF-" in c[:1024],
    "text/plain": _est_texte,
    "text/rtf": lambda c: c.startswith(b"{\\rtf"),
    "image/jpeg": lambda c: c.startswith(b"\xff\xd8\xff"),
    "image/tiff": lambda c: c.startswith((b"II*\x00", b"MM\x00*")),
}


def _constat(code: str, texte: str, suite: str = "", gravite: Gravite = "error") -> Constat:
    return Constat(code, gravite, _CHEMIN + suite, texte, "CDA-05")
