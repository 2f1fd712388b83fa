"""Hardened reading of a CDA document (rules CDA-01, CDA-02, CDA-33)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree

from espace_sante.kernel.errors import EspaceSanteError

NS: Final = "urn:hl7-org:v3"
RACINE: Final = f"{{{NS}}}ClinicalDocument"
TAILLE_MAX: Final = 25 * 1024 * 1024
ELEMENTS_MAX: Final = 500_000
PROFONDEUR_MAX: Final = 256

_NS_XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_FEUILLES: Final = frozenset({f"{{{_NS_XSL}}}stylesheet", f"{{{_NS_XSL}}}transform"})
# What may come before the root: byte-order mark, white space, XML declaration and other
# processing instructions, comments. Whatever else there is, a DOCTYPE first, is seen before
# the XML parser is given one byte.
_PROLOGUE: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_TROP_PROFOND: Final = etree.XPath("boolean(" + "/*" * (PROFONDEUR_MAX + 1) + ")")
_COMPTE: Final = etree.XPath("count(//*)")

# Told apart from a document that is wrong: these contents are not XML, or not a CDA.
_AUTRE_CHOSE: Final = frozenset({"cda-illisible", "cda-racine"})


class CdaInvalide(EspaceSanteError):
    """A content that cannot be taken as a CDA.

    Codes: `cda-doctype`, `cda-trop-grand`, `cda-trop-profond`, `cda-illisible` (details: `ligne`),
    `cda-racine` (another root), `cda-plusieurs`, `cda-metadonnees` (details: `manquantes`),
    `cda-sans-corps`.
    """


@dataclass(frozen=True, slots=True)
class CdaLu:
    """A document that was read. `contenu` is exactly what was received (CDA-09)."""

    contenu: bytes
    racine: etree._Element
    enveloppe: bool = False

    @property
    def mime(self) -> str:
        """The media type of table B.4.1."""
        return "application/xslt+xml" if self.enveloppe else "text/xml"


def analyseur(schema: etree.XMLSchema | None = None) -> etree.XMLParser:
    """A parser without DTD, entity, network or XInclude, with the limits of libxml2 kept.

    Comments and processing instructions are not kept in the tree.
    """
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        schema=schema,
    )


def lire(
    contenu: bytes,
    *,
    taille_max: int = TAILLE_MAX,
    elements_max: int = ELEMENTS_MAX,
    analyser: Callable[[bytes], etree._Element | None] = lambda _: None,
) -> CdaLu:
    """Parse a CDA, or the one ClinicalDocument of an auto-presentable wrapper (CDA-33).

    `racine` is always the ClinicalDocument. No stylesheet is run or fetched (CDA-34): processing
    instructions and comments are not even kept. `analyser` may give the tree when it has made it already.
    Raises CdaInvalide.
    """
    if len(contenu) > taille_max:
        raise CdaInvalide("cda-trop-grand", "Le document est trop grand.", octets=len(contenu))
    _refuser_doctype(contenu)
    # An element costs some hundred bytes of memory: count before building the tree.
    if contenu.count(b"<") > 3 * elements_max:
        raise CdaInvalide("cda-trop-grand", "Le document compte trop d’éléments.")
    racine = analyser(contenu)
    if racine is None:
        racine = _analyser(contenu)
    if cast(float, _COMPTE(racine)) > elements_max:
        raise CdaInvalide("cda-trop-grand", "Le document compte trop d’éléments.")
    if _TROP_PROFOND(racine):
        raise CdaInvalide("cda-trop-profond", "Les éléments du document sont emboîtés trop profondément.")
    if racine.tag == RACINE:
        return CdaLu(contenu, racine)
    if racine.tag in _FEUILLES:
        return CdaLu(contenu, _document_enveloppe(racine), enveloppe=True)
    raise CdaInvalide("cda-racine", "Ce contenu XML n’est pas un document CDA.")


def est_cda(contenu: bytes) -> bool:
    """Whether the content is to be treated as CDA, whatever its media type says (CDA-01).

    Raises CdaInvalide for XML that is dangerous or a wrapper that is wrong (CDA-02, CDA-33).
    """
    try:
        lire(contenu)
    except CdaInvalide as refus:
        if refus.code in _AUTRE_CHOSE:
            return False
        raise
    return True


def est_sans_entete(racine: etree._Element) -> bool:
    """A ClinicalDocument with neither `id` nor `recordTarget`, as in a published example (CDA-08)."""
    return racine.find(f"{{{NS}}}id") is None and racine.find(f"{{{NS}}}recordTarget") is None


def _refuser_doctype(contenu: bytes) -> None:
    debut = contenu
    if contenu[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in contenu[:4]:
        # Only the prologue is looked at, and half a character at the end does not matter.
        codage = "utf-16" if contenu[:2] in (b"\xff\xfe", b"\xfe\xff") else _utf16_sans_marque(contenu)
        debut = contenu.decode(codage, errors="replace").encode()
    debut = debut.removeprefix(b"\xef\xbb\xbf")
    prologue = _PROLOGUE.match(debut)
    reste = debut[prologue.end() : prologue.end() + 9] if prologue else debut[:9]
    if reste.upper() == b"<!DOCTYPE":
        raise CdaInvalide("cda-doctype", "Le document contient une déclaration DOCTYPE, qui est refusée.")
    # Anything but a start tag here means a coding in which this look-ahead could be fooled.
    if not re.match(rb"<[^!?/\s]", reste):
        raise CdaInvalide("cda-illisible", "Ce contenu n’est pas du XML lisible.", ligne=1)


def _utf16_sans_marque(contenu: bytes) -> str:
    return "utf-16-be" if contenu[:1] == b"\x00" else "utf-16-le"


def _analyser(contenu: bytes) -> etree._Element:
    try:
        racine = etree.fromstring(contenu, analyseur())
    except etree.XMLSyntaxError as erreur:
        # libxml2 stops at its own depth before ours can be counted.
        if "Excessive depth" in str(erreur):
            raise CdaInvalide(
                "cda-trop-profond", "Les éléments du document sont emboîtés trop profondément."
            ) from None
        if "Resource limit" in str(erreur):
            raise CdaInvalide("cda-trop-grand", "Un texte du document est trop long.") from None
        raise CdaInvalide(
            "cda-illisible",
            f"Le XML du document n’est pas bien formé (ligne {erreur.lineno}).",
            ligne=erreur.lineno,
        ) from None
    if racine.getroottree().docinfo.internalDTD is not None:
        raise CdaInvalide("cda-doctype", "Le document contient une déclaration DOCTYPE, qui est refusée.")
    return racine


def _document_enveloppe(racine: etree._Element) -> etree._Element:
    documents = list(racine.iter(RACINE))
    if not documents:
        raise CdaInvalide("cda-racine", "Cette feuille de style ne contient pas de document CDA.")
    if len(documents) > 1:
        raise CdaInvalide("cda-plusieurs", "Cette feuille de style contient plusieurs documents CDA.")
    return documents[0]
