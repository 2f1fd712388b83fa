"""Hardened reading of a CDA document (rules CDA-01, CDA-02, CDA-33)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import local
from typing import Final, cast

from lxml import etree

from espace_sante.kernel.errors import EspaceSanteError

NS: Final = "urn:hl7-org:v3"
RACINE: Final = f"{{{NS}}}ClinicalDocument"
TAILLE_MAX: Final = 25 * 1024 * 1024
ELEMENTS_MAX: Final = 500_000
ATTRIBUTS_MAX: Final = 500_000
PROFONDEUR_MAX: Final = 256
# Below this no text can reach the 10 MB of libxml2, whatever its coding (three bytes at most for one).
GRAND: Final = 3_000_000
# Tags and attributes together: above, `schema` reads by stream. Published samples have up to 11 700.
ORDINAIRE_MAX: Final = 12_000

_NS_XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_FEUILLES: Final = frozenset({f"{{{_NS_XSL}}}stylesheet", f"{{{_NS_XSL}}}transform"})
# What may come before the root: byte-order mark, white space, XML declaration and other
# processing instructions, comments. Whatever else there is, a DOCTYPE first, is seen before
# the XML parser is given one byte.
_PROLOGUE: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
# Codings in which a byte below 128 is always the character of ASCII: what is counted and looked for in
# the bytes is then what the parser sees. In UTF-7 or HZ a DOCTYPE could hide from the look-ahead.
_CODAGES: Final = re.compile(
    rb"(?:us-)?ascii|utf-?8|utf-?16(?:le|be)?|iso[-_]8859-\d{1,2}|latin-?\d{1,2}|(?:windows-|cp)125\d",
    re.IGNORECASE,
)
_DECLARATION: Final = re.compile(rb"<\?xml\s.*?\?>", re.DOTALL)
_CODAGE: Final = re.compile(rb"\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_DEBUT: Final = re.compile(rb"<[^!?/\s\x00]")
# Published samples go down to 19 levels; below this one `schema` reads by stream.
_COURANTE: Final = 40
_PROFOND: Final = etree.XPath("boolean(" + "/*" * (_COURANTE + 1) + ")")
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
    """A document that was read. `contenu` is exactly what was received (CDA-09).

    `ordinaire`: few enough elements, and flat enough, for errors to be looked for in the tree itself.
    """

    contenu: bytes
    racine: etree._Element
    enveloppe: bool = False
    ordinaire: bool = False

    @property
    def mime(self) -> str:
        """The media type of table B.4.1."""
        return "application/xslt+xml" if self.enveloppe else "text/xml"


def analyseur(schema: etree.XMLSchema | None = None, *, grand: bool = False) -> etree.XMLParser:
    """A parser without DTD, entity, network or XInclude. Comments and processing instructions are dropped.

    The limits of libxml2 are kept, unless `grand`: a level N1 may hold a text of 25 MB (DOC-13). Only for
    a content that `lire` has found within our own limits, with no DOCTYPE and so no entity.
    """
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=grand,
        remove_comments=True,
        remove_pis=True,
        schema=schema,
    )


class _Analyseurs(local):
    """The parser of each thread, for the contents of ordinary size: making one costs, sharing one waits."""

    def __init__(self) -> None:
        self.ordinaire = analyseur()


_analyseurs: Final = _Analyseurs()


def lire(
    contenu: bytes,
    *,
    taille_max: int = TAILLE_MAX,
    elements_max: int = ELEMENTS_MAX,
    attributs_max: int = ATTRIBUTS_MAX,
) -> CdaLu:
    """Parse a CDA, or the one ClinicalDocument of an auto-presentable wrapper (CDA-33).

    `racine` is always the ClinicalDocument. No stylesheet is run or fetched (CDA-34): processing
    instructions and comments are not even kept. Raises CdaInvalide.
    """
    if len(contenu) > taille_max:
        raise CdaInvalide("cda-trop-grand", "Le document est trop grand.", octets=len(contenu))
    _refuser_doctype(contenu)
    # An element or an attribute costs some hundred bytes of memory: count before building the tree,
    # unless there is no room for too many (`<a/>` is the shortest of them).
    marques, egaux = len(contenu) // 4, 0
    if marques > min(elements_max, attributs_max, ORDINAIRE_MAX):
        marques, egaux = contenu.count(b"<"), contenu.count(b"=")
    if marques > 3 * elements_max or egaux > attributs_max:
        raise CdaInvalide("cda-trop-grand", "Le document compte trop d’éléments ou d’attributs.")
    racine = _analyser(contenu)
    if marques > elements_max and cast(float, _COMPTE(racine)) > elements_max:
        raise CdaInvalide("cda-trop-grand", "Le document compte trop d’éléments.")
    profond = bool(_PROFOND(racine))
    if profond and _TROP_PROFOND(racine):
        raise CdaInvalide("cda-trop-profond", "Les éléments du document sont emboîtés trop profondément.")
    ordinaire = not profond and marques + egaux <= ORDINAIRE_MAX
    if racine.tag == RACINE:
        return CdaLu(contenu, racine, ordinaire=ordinaire)
    if racine.tag in _FEUILLES:
        return CdaLu(contenu, _document_enveloppe(racine), enveloppe=True, ordinaire=ordinaire)
    raise CdaInvalide("cda-racine", "Ce contenu XML n’est pas un document CDA.")


def analyser_xml(contenu: bytes) -> etree._Element:
    """The root of any other XML, read as carefully as a CDA (CDA-02). Raises CdaInvalide."""
    if len(contenu) > TAILLE_MAX:
        raise CdaInvalide("cda-trop-grand", "Le document est trop grand.", octets=len(contenu))
    _refuser_doctype(contenu)
    if contenu.count(b"<") > 3 * ELEMENTS_MAX or contenu.count(b"=") > ATTRIBUTS_MAX:
        raise CdaInvalide("cda-trop-grand", "Le document compte trop d’éléments ou d’attributs.")
    racine = _analyser(contenu)
    if _TROP_PROFOND(racine):
        raise CdaInvalide("cda-trop-profond", "Les éléments du document sont emboîtés trop profondément.")
    return racine


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
    fin = prologue.end() if prologue else 0
    reste = debut[fin : fin + 9]
    if reste.upper() == b"<!DOCTYPE":
        raise CdaInvalide("cda-doctype", "Le document contient une déclaration DOCTYPE, qui est refusée.")
    # Anything but a start tag here means a coding in which this look-ahead could be fooled.
    if not _DEBUT.match(reste) or not _codage_admis(debut[:fin]):
        raise CdaInvalide("cda-illisible", "Ce contenu n’est pas du XML lisible.", ligne=1)


def _codage_admis(prologue: bytes) -> bool:
    declaration = _DECLARATION.match(prologue)
    if declaration is None or b"encoding" not in declaration[0]:
        return True
    codage = _CODAGE.search(declaration[0])
    return codage is not None and _CODAGES.fullmatch(codage[1]) is not None


def _utf16_sans_marque(contenu: bytes) -> str:
    return "utf-16-be" if contenu[:1] == b"\x00" else "utf-16-le"


def _analyser(contenu: bytes) -> etree._Element:
    try:
        grand = len(contenu) > GRAND
        racine = etree.fromstring(contenu, analyseur(grand=True) if grand else _analyseurs.ordinaire)
    except etree.XMLSyntaxError as erreur:
        # libxml2 stops at its own depth before ours can be counted.
        if "Excessive depth" in str(erreur):
            raise CdaInvalide(
                "cda-trop-profond", "Les éléments du document sont emboîtés trop profondément."
            ) from None
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
