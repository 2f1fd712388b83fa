"""Files that a holder may add: by extension, and by what the bytes really are (rules DOC-18, DOC-22). Pure.

A file that is two things at once (a PDF that is also an archive, a picture that is also a page) is refused.
What needs a reader (PDF objects, pixels) is checked elsewhere: `examen.py` and `platform.images`.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final, Literal

from espace_sante.documents.perso.errors import DepotRefuse

Nature = Literal["pdf", "image", "rtf", "texte", "word"]
TAILLE_MAX: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """An accepted kind of file; `image` is the decoder's name for pictures."""

    nature: Nature
    mime: str
    image: Literal["JPEG", "PNG", "TIFF"] | None = None


PDF: Final = Format("pdf", "application/pdf")
_JPEG, _TIFF = Format("image", "image/jpeg", "JPEG"), Format("image", "image/tiff", "TIFF")
FORMATS: Final = {
    "pdf": PDF,
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Format("image", "image/png", "PNG"),
    "tif": _TIFF,
    "tiff": _TIFF,
    "rtf": Format("rtf", "text/rtf"),
    "txt": Format("texte", "text/plain"),
}
# Accepted only when the setting says so.
_WORD: Final = Format("word", "application/msword")

_SIGNATURES: Final = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\0", b"MM\0*"),
    "text/rtf": (b"{\\rtf1",),
    "application/msword": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
}
_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0")
_PAGE: Final = re.compile(rb"<\s*(?:script|html|svg|iframe|!doctype html|\?php)", re.IGNORECASE)
# A file of text that begins like something else is something else.
_PAS_DU_TEXTE: Final = re.compile(
    r"\s*(?:%PDF-|PK\x03|\{\\rtf|#!|MZ|<\s*(?:!doctype|\?xml|\?php|html|head|body|svg|script))", re.IGNORECASE
)
_RTF_ACTIF: Final = re.compile(
    rb"\\(?:obj[a-z]+|object|oleclsid|template|linkself|listoverridetable\\\*|mmodso|datafield|ddeauto)(?![a-z])"
    rb"|\\fldinst\b[^{}]*?\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|AUTOTEXT|MACROBUTTON)\b",
    re.IGNORECASE | re.DOTALL,
)
_RTF_CHAMP: Final = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b", re.IGNORECASE)
_MACROS_WORD: Final = ("_VBA_PROJECT".encode("utf-16-le"), "Macros".encode("utf-16-le"))
# What an honest writer may leave after the end mark of a PDF.
_QUEUE_PDF_MAX: Final = 1024


def format_du_nom(nom: str, *, word: bool = False) -> Format:
    """The kind of file that a name announces. Raises DepotRefuse `format_refuse`."""
    extension = nom.rpartition(".")[2].strip().lower() if "." in nom else ""
    if word and extension == "doc":
        return _WORD
    if extension not in FORMATS:
        liste = ", ".join(FORMATS)
        raise DepotRefuse(
            "format_refuse", f"Ce type de fichier n’est pas accepté. Types acceptés\u00a0: {liste}."
        )
    return FORMATS[extension]


def verifier_taille(format_: Format, taille: int, *, maximum: int = TAILLE_MAX) -> None:
    """Refuse at once what is too big and cannot be made smaller; the limit is told (rule DOC-23)."""
    if taille == 0:
        raise DepotRefuse("fichier_vide", "Ce fichier est vide.")
    if taille > maximum and format_.image is None:
        raise trop_gros(maximum)


def trop_gros(maximum: int = TAILLE_MAX) -> DepotRefuse:
    octets = f"{maximum:,}".replace(",", "\u00a0")
    return DepotRefuse(
        "fichier_trop_gros",
        f"Ce fichier est trop gros. Le maximum est de {maximum // 1_000_000}\u00a0Mo ({octets} d’octets).",
        maximum=maximum,
    )


def verifier_octets(format_: Format, contenu: bytes) -> None:
    """Check the bytes against what the name announces. Raises DepotRefuse."""
    signatures = _SIGNATURES.get(format_.mime)
    if signatures and not contenu.startswith(signatures):
        raise _different()
    if _est_archive(contenu):
        raise _double()
    match format_.nature:
        case "texte":
            _verifier_texte(contenu)
        case "rtf":
            _verifier_rtf(contenu)
        case "pdf":
            if _PAGE.search(contenu, 0, 1024) or len(_apres_la_fin(contenu)) > _QUEUE_PDF_MAX:
                raise _double()
        case "image":
            if _PAGE.search(contenu):
                raise _double()
        case "word":
            if any(marque in contenu for marque in _MACROS_WORD):
                raise DepotRefuse("contenu_actif", "Ce fichier contient un programme (macro). Il est refusé.")


def _est_archive(contenu: bytes) -> bool:
    if any(marque in contenu for marque in _ARCHIVES):
        return True
    try:
        # Only the directory is read, never a member: a bomb stays folded.
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            return bool(archive.filelist)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _apres_la_fin(contenu: bytes) -> bytes:
    position = contenu.rfind(b"%%EOF")
    return contenu[position + 5 :].strip(b"\0\t\r\n ") if position >= 0 else b""


def _verifier_texte(contenu: bytes) -> None:
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = contenu.decode("cp1252", errors="replace")
    if any(c < " " and c not in "\t\n\r\f" for c in texte) or _PAS_DU_TEXTE.match(texte):
        raise _different()


def _verifier_rtf(contenu: bytes) -> None:
    if b"\0" in contenu:
        raise _different()
    if _RTF_ACTIF.search(contenu) or (b"\\field" in contenu and _RTF_CHAMP.search(contenu)):
        raise DepotRefuse(
            "rtf_actif",
            "Ce fichier contient un objet ou un lien actif. Enregistrez-le en PDF, puis ajoutez le PDF.",
        )


def _different() -> DepotRefuse:
    return DepotRefuse(
        "contenu_different", "Le contenu de ce fichier ne correspond pas à son nom. Il est peut-être abîmé."
    )


def _double() -> DepotRefuse:
    return DepotRefuse("fichier_double", "Ce fichier en cache un autre. Il est refusé par sécurité.")
