"""Elements of a CDA to write: texts, identifiers, codes, times."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from lxml import etree

from espace_sante.documents.cda.lire import NS
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.metadonnees import Code
from espace_sante.documents.nomenclatures import OID_DE_SYSTEME
from espace_sante.kernel.errors import EspaceSanteError

# What no XML 1.0 document can hold, even escaped.
_INTERDITS: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class GenerationImpossible(EspaceSanteError):
    """A value cannot be written in XML. Code `caractere_interdit`; the value is never shown."""


def element(parent: etree._Element, nom: str, **attributs: str) -> etree._Element:
    """A child of that name; an empty `nom` gives the parent itself. Raises GenerationImpossible."""
    if not nom:
        return parent
    propres = {cle: propre(valeur) for cle, valeur in attributs.items()}
    return etree.SubElement(parent, f"{{{NS}}}{nom}", propres)


def texte(parent: etree._Element, nom: str, contenu: str, **attributs: str) -> etree._Element:
    """A child that holds a text, on one line."""
    enfant = element(parent, nom, **attributs)
    enfant.text = propre(contenu)
    return enfant


def propre(brut: str) -> str:
    """A text as readers will find it again: on one line, single spaces. Raises GenerationImpossible."""
    sur_une_ligne = " ".join(brut.split())
    if _INTERDITS.search(sur_une_ligne):
        raise GenerationImpossible("caractere_interdit", "Un texte contient un caractère qui ne s’écrit pas.")
    return sur_une_ligne


def ii(parent: etree._Element, nom: str, identifiant: IdentifiantHl7) -> None:
    """An instance identifier: a root and perhaps an extension."""
    extension = {"extension": identifiant.extension} if identifiant.extension else {}
    element(parent, nom, root=identifiant.racine, **extension)


def code(parent: etree._Element, nom: str, valeur: Code) -> None:
    """A coded value; systems are written as OID whatever the metadata call them."""
    libelle = {"displayName": valeur.libelle} if valeur.libelle else {}
    element(parent, nom, code=valeur.code, codeSystem=oid(valeur.systeme), **libelle)


def oid(systeme: str) -> str:
    """The OID of a code system given as a URI, `urn:oid:…` or an OID."""
    return OID_DE_SYSTEME.get(systeme, systeme.removeprefix("urn:oid:"))


def heure(valeur: date | datetime) -> str:
    """A time stamp of HL7: with the offset when the time of day is known."""
    return valeur.strftime("%Y%m%d%H%M%S%z") if isinstance(valeur, datetime) else valeur.strftime("%Y%m%d")
