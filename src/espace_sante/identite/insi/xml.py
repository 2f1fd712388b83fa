"""Hardened reading of XML that another machine sent: no DTD, no entity, one coding, bounded (INS-07)."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

TAILLE_MAX: Final = 1_000_000
# Whatever the parser would make of them: seen in the bytes, before it is given one.
_INTERDITS: Final = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)")
_CODAGE: Final = re.compile(r"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)[\"']")


class XmlRefuse(Exception):
    """Not XML, or XML that is not read here. Says nothing of the content."""


def lire(contenu: bytes) -> etree._Element:
    """The root. Raises XmlRefuse: too big, not UTF-8, a DTD or an entity, not well formed."""
    if len(contenu) > TAILLE_MAX:
        raise XmlRefuse("too big")
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XmlRefuse("not UTF-8") from None
    codage = _CODAGE.match(texte)
    # In another coding a DOCTYPE could hide from the search below.
    if codage and codage[1].lower() not in {"utf-8", "utf8"}:
        raise XmlRefuse("another coding")
    if _INTERDITS.search(texte):
        raise XmlRefuse("a DTD")
    analyseur = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(contenu, analyseur)
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefuse("not well formed") from None
