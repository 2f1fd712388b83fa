"""Requests and answers against the published schemas (INS-07).

The schemas are the health insurance's and are not kept here: ES_INSI_XSD names the folder that holds them. Without it
the same structure is checked by our own tables, and `doctor` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

from lxml import etree

from espace_sante.identite.insi.enveloppe import AVEC_VITALE, RESULTAT, SANS_VITALE

FICHIERS: Final = {
    f"{{{SANS_VITALE}}}RECSANSVITALE": "INSi_RECSANS_INS.xsd",
    f"{{{AVEC_VITALE}}}RECVITALE": "INSi_RECVITALE_INS.xsd",
    f"{{{RESULTAT}}}RESULTAT": "INSi_RESULTAT_INS.xsd",
}
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_verrou: Final = Lock()


class HorsSchema(Exception):
    """The element is not what the schema describes. Says nothing of its content."""


@dataclass(frozen=True, slots=True)
class _Champ:
    """A child in its sequence: name, least and most times, form of its text or name of its own table."""

    nom: str
    minimum: int = 0
    maximum: int | None = 1
    forme: str = r"[\s\S]*"
    table: str = ""


_NIR, _CLE = r"[0-9]{6}[A-Za-z0-9][0-9]{6}", r"[0-9]{2}"
_JOUR = r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_MATRICULE_CARTE = (_Champ("NumIdentifiant"), _Champ("Cle"), _Champ("TypeMatricule"))
_TABLES: Final = {
    "RECSANSVITALE": (
        _Champ("NomNaissance"),
        _Champ("Prenom", maximum=None),
        _Champ("Sexe"),
        _Champ("DateNaissance"),
        _Champ("LieuNaissance"),
    ),
    "RECVITALE": (
        _Champ("MatriculeIndividu", table="MatriculeCarte"),
        _Champ("MatriculeOD", table="MatriculeCarte"),
        _Champ("NomNaissance"),
        _Champ("DateNaissance"),
        _Champ("RangNaissance"),
    ),
    "MatriculeCarte": _MATRICULE_CARTE,
    "RESULTAT": (_Champ("CR", 1, table="CR"), _Champ("INDIVIDU", table="INDIVIDU")),
    "CR": (_Champ("CodeCR", 1), _Champ("LibelleCR", 1)),
    "INDIVIDU": (
        _Champ("INSACTIF", 1, table="INS"),
        _Champ("INSHISTO", 0, None, table="INS"),
        _Champ("TIQ", 1, table="TIQ"),
    ),
    "INS": (
        _Champ("IdIndividu", 1, table="Matricule"),
        _Champ("OID", 1),
        _Champ("DateDeb", forme=_JOUR),
        _Champ("DateFin", forme=_JOUR),
    ),
    "Matricule": (
        _Champ("NumIdentifiant", 1, forme=_NIR),
        _Champ("Cle", forme=_CLE),
        _Champ("TypeMatricule"),
    ),
    "TIQ": (
        _Champ("NomNaissance"),
        _Champ("Prenom"),
        _Champ("ListePrenom"),
        _Champ("Sexe", forme="[A-Z]"),
        _Champ("DateNaissance", forme=r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        _Champ("LieuNaissance"),
    ),
}


def valider(element: etree._Element, dossier: str = "") -> None:
    """Raises HorsSchema. With a folder of schemas they decide first; our own tables are never left out."""
    nom = str(element.tag)
    if nom not in FICHIERS:
        raise HorsSchema(etree.QName(element).localname)
    schema = schemas(dossier)
    # Alone in its document: the schema speaks of one element, not of the message around it.
    if schema is not None and not schema[nom].validate(
        etree.fromstring(etree.tostring(element, with_tail=False))
    ):
        raise HorsSchema(etree.QName(element).localname)
    _verifier(element, etree.QName(element).localname, str(etree.QName(element).namespace))


def schemas(dossier: str) -> dict[str, etree.XMLSchema] | None:
    """The three schemas of a folder; None when it is not given, not whole or not readable."""
    if not dossier:
        return None
    with _verrou:
        return _charger(dossier)


@lru_cache(maxsize=4)
def _charger(dossier: str) -> dict[str, etree.XMLSchema] | None:
    lecteur = etree.XMLParser(no_network=True)
    try:
        return {
            nom: etree.XMLSchema(etree.parse(str(Path(dossier) / fichier), lecteur))
            for nom, fichier in FICHIERS.items()
        }
    except (OSError, etree.XMLSchemaParseError, etree.XMLSyntaxError):
        return None


def _verifier(element: etree._Element, table: str, espace: str) -> None:
    """The children in the order of the table, as many as it says, each of its form."""
    if _attribue(element) or (element.text or "").strip():
        raise HorsSchema(table)
    enfants = list(element)
    rang = 0
    for champ in _TABLES[table]:
        fois = 0
        while rang < len(enfants) and enfants[rang].tag == f"{{{espace}}}{champ.nom}":
            if champ.maximum is not None and fois >= champ.maximum:
                raise HorsSchema(champ.nom)
            _verifier_champ(enfants[rang], champ, espace)
            fois, rang = fois + 1, rang + 1
        if fois < champ.minimum:
            raise HorsSchema(champ.nom)
    if rang < len(enfants):
        raise HorsSchema(table)


def _verifier_champ(element: etree._Element, champ: _Champ, espace: str) -> None:
    if (element.tail or "").strip():
        raise HorsSchema(champ.nom)
    if champ.table:
        _verifier(element, champ.table, espace)
    elif len(element) or _attribue(element) or not re.fullmatch(champ.forme, element.text or ""):
        raise HorsSchema(champ.nom)


def _attribue(element: etree._Element) -> bool:
    """Whether it has attributes; those of XML Schema itself may be on any element."""
    return any(etree.QName(nom).namespace != _XSI for nom in element.attrib)
