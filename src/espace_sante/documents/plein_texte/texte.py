"""The readable text of a stored content: CDA (N3, or N1 with what it carries), text, RTF, PDF.

A content that nobody can read here (an image, an encrypted PDF) gives an empty text, never an error: a search goes on
without it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from lxml import etree

from espace_sante.documents.cda.lire import NS, CdaInvalide, lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.cda.personnes import attribut, premier
from espace_sante.documents.plein_texte.pdf import texte_pdf
from espace_sante.documents.plein_texte.rtf import texte_rtf

# Some 150 pages.
CARACTERES_MAX: Final = 400_000
_DANS_LA_LIGNE: Final = frozenset({"content", "sub", "sup", "linkHtml"})


def extraire(contenu: bytes, mime: str) -> str:
    """The text on one line, composed (NFC), in reading order; empty when there is none."""
    brut = _brut(contenu, mime.partition(";")[0].strip().lower())
    # What the database and pages do not take (a zero byte) is a space like another.
    lisible = "".join(c if c.isprintable() else " " for c in brut[:CARACTERES_MAX])
    return " ".join(unicodedata.normalize("NFC", lisible).split())


def _brut(contenu: bytes, mime: str) -> str:
    lecteur = _LECTEURS.get(mime)
    return lecteur(contenu) if lecteur is not None else ""


def _texte(contenu: bytes) -> str:
    contenu = contenu[: 4 * CARACTERES_MAX]
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError as rompu:
        if rompu.end >= len(contenu) - 3:
            return contenu.decode("utf-8", "ignore")
        return contenu.decode("cp1252", "replace")


def _rtf(contenu: bytes) -> str:
    return texte_rtf(contenu, maximum=CARACTERES_MAX)


def _pdf(contenu: bytes) -> str:
    return texte_pdf(contenu, maximum=CARACTERES_MAX)


def _cda(contenu: bytes) -> str:
    try:
        racine = lire(contenu).racine
        corps = premier(racine, "component/structuredBody")
        if corps is not None:
            return _structure(corps)
        n1 = extraire_n1(racine)
    except CdaInvalide:
        return ""
    return _brut(n1.contenu, n1.media) if n1.media not in _CDA else ""


def _structure(corps: etree._Element) -> str:
    """The narrative of each section; then the names of the codes of its entries, each once."""
    morceaux: list[str] = []
    noms: dict[str, None] = {}
    dans_les_entrees = 0
    for evenement, element in etree.iterwalk(corps, events=("start", "end")):
        nom = str(element.tag).removeprefix(f"{{{NS}}}")
        if nom == "entry":
            dans_les_entrees += 1 if evenement == "start" else -1
        elif evenement == "start" and (affiche := attribut(element, "displayName")):
            noms[affiche] = None
        dit = element.text if evenement == "start" else element.tail
        if evenement == "start" and attribut(element, "representation") == "B64":
            continue
        if dans_les_entrees:
            if dit and dit.strip() and nom in ("originalText", "value") and evenement == "start":
                noms[dit.strip()] = None
            continue
        if nom not in _DANS_LA_LIGNE:
            morceaux.append(" ")
        morceaux.append(dit or "")
    return " ".join(("".join(morceaux), *noms))


_CDA: Final = frozenset({"text/xml", "application/xml", "application/hl7-sda+xml", "application/cda+xml"})
_LECTEURS: Final[dict[str, Callable[[bytes], str]]] = {
    **dict.fromkeys(_CDA, _cda),
    "text/plain": _texte,
    "text/rtf": _rtf,
    "application/rtf": _rtf,
    "application/pdf": _pdf,
}
