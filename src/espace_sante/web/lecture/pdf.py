"""PDF for reading in a page: active content taken out, the original being kept apart (rule CDA-37)."""

from __future__ import annotations

import enum
import io

import pikepdf

from espace_sante.platform.pdf import ouvrir

_CATALOGUE = ("/OpenAction", "/AA", "/Collection", "/AF")
_NOMS = ("/JavaScript", "/EmbeddedFiles")
_ACTIONS_SURES = frozenset({"/GoTo", "/URI", "/Named"})


class Etat(enum.Enum):
    OUVERT = "ouvert"
    PROTEGE = "protege"
    ILLISIBLE = "illisible"


def examiner(contenu: bytes) -> Etat:
    """Whether a PDF can be shown without a password. Cheap: only the encrypted ones are parsed."""
    if not contenu.startswith(b"%PDF-"):
        return Etat.ILLISIBLE
    if b"/Encrypt" not in contenu:
        return Etat.OUVERT
    try:
        with ouvrir(contenu):
            return Etat.OUVERT
    except pikepdf.PasswordError:
        return Etat.PROTEGE
    except pikepdf.PdfError:
        return Etat.ILLISIBLE


def compter_pages(contenu: bytes) -> int:
    """Number of pages; zero when the file cannot be read."""
    try:
        with ouvrir(contenu) as document:
            return len(document.pages)
    except pikepdf.PdfError:
        return 0


def desarmer(contenu: bytes) -> bytes:
    """The same pages without scripts, launch actions, embedded files or automatic actions.

    A file that needs nothing taken out, or that cannot be rewritten, is given back as it is: the
    frame that shows it forbids scripts anyway.
    """
    try:
        with ouvrir(contenu) as document:
            if not _nettoyer(document):
                return contenu
            sortie = io.BytesIO()
            document.save(sortie)
            return sortie.getvalue()
    except pikepdf.PdfError:
        return contenu


def _nettoyer(document: pikepdf.Pdf) -> bool:
    """True when something was taken out."""
    change = False
    racine = document.Root
    for cle in _CATALOGUE:
        if cle in racine:
            del racine[cle]
            change = True
    for cle in _NOMS:
        if "/Names" in racine and cle in racine.Names:
            del racine.Names[cle]
            change = True
    for objet in document.objects:
        if isinstance(objet, pikepdf.Dictionary):
            change |= _desamorcer(objet)
    return change


def _desamorcer(objet: pikepdf.Dictionary) -> bool:
    change = False
    for cle in ("/AA", "/JS", "/XFA"):
        if cle in objet:
            del objet[cle]
            change = True
    action = objet.get("/A")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) not in _ACTIONS_SURES:
        del objet["/A"]
        change = True
    return change
