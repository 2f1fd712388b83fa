"""XML Patch (RFC 5261): add, replace and remove on one of the three elements, with the selectors that name them."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.patch.operations import (
    FIN,
    Element,
    Geste,
    Operation,
    bornees,
    ecrire_chemin,
    illisible,
    inapplicable,
    interdit,
)

MEDIA: Final = "application/xml-patch+xml"
FHIR: Final = "http://hl7.org/fhir"
_GESTES: Final = {"add": Geste.AJOUTER, "replace": Geste.REMPLACER, "remove": Geste.OTER}
_SELECTEUR: Final = re.compile(
    r"/?(?:\w+:)?DocumentReference(?:\[1\])?(?:/(?:\w+:)?(?P<element>\w+)(?P<suite>.*))?",
    re.DOTALL | re.ASCII,
)
_RANG: Final = re.compile(r"\[([1-9]\d{0,4})\]", re.ASCII)
_URL: Final = re.compile(r"\[@url\s*=\s*(['\"])([^'\"]+)\1\]")
_VALEUR: Final = re.compile(r"/(?:\w+:)?valueBoolean(?:\[1\])?(/@value)?", re.ASCII)
_BOOLEENS: Final = {"true": True, "false": False}


def lire(corps: bytes) -> tuple[Operation, ...]:
    """Operations of an XML Patch. Raises RefusFhir 400, 405, 422."""
    analyseur = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        racine = etree.fromstring(corps, analyseur)
    except (etree.XMLSyntaxError, ValueError):
        raise illisible() from None
    if b"<!DOCTYPE" in corps or etree.QName(racine).localname != "diff":
        raise illisible()
    return bornees([_operation(e) for e in racine if not isinstance(e, etree._Comment)])


def _operation(noeud: etree._Element) -> Operation:
    geste = _GESTES.get(etree.QName(noeud).localname) if isinstance(noeud.tag, str) else None
    selecteur = noeud.get("sel")
    forme = _SELECTEUR.fullmatch(selecteur.strip()) if selecteur else None
    if geste is None or forme is None:
        raise illisible()
    if forme["element"] is None:
        return _ajout(noeud, geste)
    try:
        element = Element(forme["element"])
    except ValueError:
        raise interdit("DocumentReference") from None
    cible = _cible(element, forme["suite"])
    if geste is Geste.AJOUTER:
        # Beside an element: what its place is does not matter in a set.
        if noeud.get("pos") not in ("before", "after"):
            raise inapplicable(ecrire_chemin(element))
        return _ajout(noeud, geste)
    valeur = None if geste is Geste.OTER else _valeur(noeud, cible)
    return Operation(
        geste,
        element,
        rang=cible.rang,
        archive=cible.archive,
        valeur_seule=cible.valeur_seule,
        valeur=valeur,
    )


def _cible(element: Element, suite: str) -> Operation:
    """The element, its place, its value. Raises RefusFhir."""
    rang, archive = None, False
    if trouve := _URL.match(suite):
        if element is not Element.EXTENSIONS or trouve[2] != IS_ARCHIVED:
            raise interdit(ecrire_chemin(element))
        archive, suite = True, suite[trouve.end() :]
    elif trouve := _RANG.match(suite):
        rang, suite = int(trouve[1]) - 1, suite[trouve.end() :]
    if element is Element.STATUT:
        if suite not in ("", "/@value") or rang not in (None, 0):
            raise inapplicable(ecrire_chemin(element))
        return Operation(Geste.REMPLACER, element, valeur_seule=bool(suite))
    valeur_seule = bool(suite)
    if suite and (element is not Element.EXTENSIONS or not _VALEUR.fullmatch(suite)):
        raise inapplicable(ecrire_chemin(element, rang))
    if rang is None and not archive:
        # One element of a list that repeats is named by its place.
        rang = 0
    return Operation(Geste.REMPLACER, element, rang=rang, archive=archive, valeur_seule=valeur_seule)


def _ajout(noeud: etree._Element, geste: Geste) -> Operation:
    """An element put into the resource."""
    if geste is not Geste.AJOUTER or noeud.get("type"):
        raise interdit("DocumentReference")
    enfant = _enfant(noeud)
    try:
        element = Element(etree.QName(enfant).localname)
    except ValueError:
        raise interdit("DocumentReference") from None
    if element is Element.STATUT:
        raise inapplicable(ecrire_chemin(element))
    return Operation(geste, element, rang=FIN, valeur=_objet(enfant, element))


def _valeur(noeud: etree._Element, cible: Operation) -> Any:
    texte = (noeud.text or "").strip()
    if cible.element is Element.STATUT:
        return texte if cible.valeur_seule else _enfant(noeud).get("value")
    if not cible.valeur_seule:
        return _objet(_enfant(noeud), cible.element)
    return _BOOLEENS.get(texte if not len(noeud) else _enfant(noeud).get("value") or "")


def _enfant(noeud: etree._Element) -> etree._Element:
    """The one FHIR element that an operation brings. Raises RefusFhir 400."""
    enfants = [e for e in noeud if isinstance(e.tag, str)]
    if len(enfants) != 1 or etree.QName(enfants[0]).namespace != FHIR:
        raise illisible()
    return enfants[0]


def _objet(enfant: etree._Element, element: Element) -> dict[str, Any]:
    """A label or an extension as plain JSON data."""
    if etree.QName(enfant).localname != element.value:
        raise inapplicable(ecrire_chemin(element))
    if element is Element.EXTENSIONS:
        valeurs = {etree.QName(v).localname: _BOOLEENS.get(v.get("value") or "") for v in enfant}
        return {"url": enfant.get("url"), **valeurs}
    codages = [
        {etree.QName(v).localname: v.get("value") for v in codage}
        for codage in enfant.iterchildren(f"{{{FHIR}}}coding")
    ]
    return {"coding": codages}
