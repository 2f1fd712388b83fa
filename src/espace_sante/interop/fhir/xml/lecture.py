"""FHIR XML → the JSON text that the door reads, refusing what R4 does not know (FHR-04 to FHR-07, FHR-10).

No DTD, no entity, no network. One walk along the table; contents of documents do not go through it.
"""

from __future__ import annotations

import re
from threading import local
from typing import Any, Final

import orjson
from lxml import etree

from espace_sante.interop.fhir.constats import MAX_CONSTATS, Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.lecture import MAX_METADONNEES
from espace_sante.interop.fhir.xml.contenus import Marques, trouver
from espace_sante.interop.fhir.xml.elements import FHIR, Champ, Genre, est_ressource, par_balise, par_nom

_BOM: Final = b"\xef\xbb\xbf"
_PREFIXE: Final = f"{{{FHIR}}}"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_BOOLEENS: Final = {"true": True, "false": False}
_ENTIER: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9]\d{0,60})(?:\.\d{1,60})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*", re.ASCII)
_TEXTE: Final = etree.XPath("//f:*[text()[normalize-space()]]", namespaces={"f": FHIR})
_SEUL: Final = "value"
# The stubs of lxml tell of bytes where a tree read from UTF-8 has text only.
Noeud = Any


class _Plein(Exception):
    pass


class _Analyseurs(local):
    """The parser of each thread: making one costs, sharing one waits."""

    def __init__(self) -> None:
        self.analyseur = analyseur()


def analyseur() -> etree.XMLParser:
    """A parser without DTD, entity nor network, within the limits of libxml2; text is UTF-8 (FHR-06, FHR-07)."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


_analyseurs: Final = _Analyseurs()


def vers_json(corps: bytes) -> bytes:
    """The same resource as JSON. Raises RefusFhir (400, 413) with every finding."""
    corps = corps.removeprefix(_BOM)
    marques = Marques(trouver(corps))
    ossature = marques.poser(corps)
    if len(ossature) > MAX_METADONNEES:
        raise RefusFhir([Erreur.METADONNEES_TROP_GRANDES.constat(maximum=MAX_METADONNEES)])
    marche = _Marche(marques)
    objet = marche.ressource(_analyser(ossature))
    if marche.constats:
        raise RefusFhir(marche.constats)
    if marche.lues != len(marques.pieces):
        # What looked like a content is inside a narrative or a comment: all is read as it stands.
        return _tel_quel(corps)
    return marques.rendre(corps, _ecrire(objet))


def _tel_quel(corps: bytes) -> bytes:
    if len(corps) > MAX_METADONNEES:
        raise RefusFhir([Erreur.METADONNEES_TROP_GRANDES.constat(maximum=MAX_METADONNEES)])
    marche = _Marche(Marques(()))
    objet = marche.ressource(_analyser(corps))
    if marche.constats:
        raise RefusFhir(marche.constats)
    return _ecrire(objet)


def _ecrire(objet: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(objet)
    except (orjson.JSONEncodeError, RecursionError):
        raise RefusFhir([Erreur.TROP_PROFOND.constat()]) from None


def _analyser(texte: bytes) -> Noeud:
    try:
        texte.decode()
    except UnicodeDecodeError:
        raise RefusFhir([Erreur.UTF8_INVALIDE.constat()]) from None
    if b"<!DOCTYPE" in texte:
        raise RefusFhir([Erreur.XML_DTD.constat()])
    try:
        racine = etree.fromstring(texte, _analyseurs.analyseur)
    except etree.XMLSyntaxError as erreur:
        profond = "depth" in str(erreur)
        raise RefusFhir([(Erreur.TROP_PROFOND if profond else Erreur.XML_ILLISIBLE).constat()]) from None
    except ValueError:
        raise RefusFhir([Erreur.XML_ILLISIBLE.constat()]) from None
    return racine


def _textes(racine: Noeud) -> list[Noeud]:
    """Elements with a text of their own, which FHIR has in narratives alone."""
    trouves: list[Noeud] = _TEXTE(racine)  # type: ignore[assignment]
    return trouves


class _Marche:
    """One walk over a tree, and its findings."""

    def __init__(self, marques: Marques) -> None:
        self._marques = marques.pieces
        self.constats: list[Constat] = []
        self.lues = 0

    def ressource(self, racine: Noeud) -> dict[str, Any]:
        """The object of the whole text; findings in `constats`."""
        try:
            objet = self._ressource(racine, racine=True)
            for noeud in _textes(racine):
                self._noter(Erreur.TEXTE_INATTENDU, noeud)
        except _Plein:
            return {}
        return objet

    def _noter(self, erreur: Erreur, noeud: Noeud) -> None:
        self.constats.append(erreur.constat(_chemin(noeud)))
        if len(self.constats) >= MAX_CONSTATS:
            raise _Plein

    def _ressource(self, noeud: Noeud, *, racine: bool = False) -> dict[str, Any]:
        nom = noeud.tag.removeprefix(_PREFIXE)
        if nom == noeud.tag or not est_ressource(nom):
            self._noter(Erreur.RESSOURCE_INATTENDUE, noeud)
            return {}
        for attribut in noeud.attrib:
            # Where a schema lies is told on the root by many programs; it is never fetched.
            if not (racine and attribut.startswith(_XSI)):
                self._noter(Erreur.ELEMENT_INCONNU, noeud)
        return self._elements(noeud, nom, {"resourceType": nom})

    def _complexe(self, noeud: Noeud, type_: str) -> dict[str, Any]:
        objet: dict[str, Any] = {}
        for nom, valeur in noeud.items():
            champ = par_nom(type_).get(nom)
            if champ is None or not champ.attribut:
                self._noter(Erreur.ELEMENT_INCONNU, noeud)
            elif not valeur:
                self._noter(Erreur.VALEUR_VIDE, noeud)
            else:
                objet[nom] = valeur
        objet = self._elements(noeud, type_, objet)
        if not objet:
            self._noter(Erreur.VALEUR_VIDE, noeud)
        return objet

    def _elements(self, noeud: Noeud, type_: str, objet: dict[str, Any]) -> dict[str, Any]:
        champs = par_balise(type_)
        dernier = -1
        etendus: list[Champ] = []
        for enfant in noeud:
            champ = champs.get(enfant.tag)
            if champ is None:
                self._noter(Erreur.ELEMENT_INCONNU, enfant)
                continue
            if champ.rang <= dernier:
                if champ.rang < dernier:
                    self._noter(Erreur.ORDRE, enfant)
                elif not champ.liste:
                    self._multiple(enfant, champ)
            dernier = champ.rang
            nom, genre = champ.nom, champ.genre
            if genre <= Genre.BASE64:
                attributs = enfant.items()
                if len(attributs) == 1 and attributs[0][0] == _SEUL and not len(enfant):
                    texte = attributs[0][1]
                    valeur: Any = texte if texte and not genre else self._valeur(texte, genre, enfant)
                else:
                    valeur = self._etendre(enfant, champ, objet)
                    if champ not in etendus:
                        etendus.append(champ)
            elif genre is Genre.COMPLEXE:
                valeur = self._complexe(enfant, champ.type)
            elif genre is Genre.RESSOURCE:
                valeur = self._contenue(enfant)
            else:
                valeur = etree.tostring(enfant, encoding="unicode", with_tail=False)
            if champ.liste:
                if nom in objet:
                    objet[nom].append(valeur)
                else:
                    objet[nom] = [valeur]
            else:
                objet[nom] = valeur
        for champ in etendus:
            _aligner(objet, champ)
        return objet

    def _multiple(self, enfant: Noeud, champ: Champ) -> None:
        self.constats.append(Erreur.ELEMENT_MULTIPLE.constat(_chemin(enfant), element=champ.nom))
        if len(self.constats) >= MAX_CONSTATS:
            raise _Plein

    def _contenue(self, enfant: Noeud) -> dict[str, Any]:
        if len(enfant) != 1 or enfant.attrib:
            self._noter(Erreur.RESSOURCE_INATTENDUE, enfant)
            return {}
        return self._ressource(enfant[0])

    def _etendre(self, enfant: Noeud, champ: Champ, objet: dict[str, Any]) -> Any:
        """A value with an id or extensions, beside it in JSON; None when it has no value."""
        a_cote: dict[str, Any] = {}
        valeur: Any = None
        for nom, texte in enfant.items():
            if nom == _SEUL:
                valeur = self._valeur(texte, champ.genre, enfant)
            elif nom == "id" and texte:
                a_cote["id"] = texte
            else:
                self._noter(Erreur.ELEMENT_INCONNU, enfant)
        self._elements(enfant, "Element", a_cote)
        if valeur is None and not a_cote:
            self._noter(Erreur.VALEUR_VIDE, enfant)
        cle = f"_{champ.nom}"
        if not champ.liste:
            if a_cote:
                objet[cle] = a_cote
        else:
            deja = len(objet.get(champ.nom, ()))
            liste = objet.setdefault(cle, [])
            liste.extend([None] * (deja - len(liste)))
            liste.append(a_cote or None)
        return valeur

    def _valeur(self, texte: str, genre: Genre, noeud: Noeud) -> Any:
        if not texte:
            self._noter(Erreur.VALEUR_VIDE, noeud)
        elif genre is Genre.TEXTE:
            return texte
        elif genre is Genre.BASE64:
            return self._contenu(texte, noeud)
        elif genre is Genre.BOOLEEN and texte in _BOOLEENS:
            return _BOOLEENS[texte]
        elif genre is Genre.ENTIER and _ENTIER.fullmatch(texte):
            return int(texte)
        elif genre is Genre.DECIMAL and _DECIMAL.fullmatch(texte):
            # Written as it came: 1.50 is not 1.5 (FHR-05).
            return orjson.Fragment(texte.encode())
        else:
            self._noter(Erreur.TYPE_INVALIDE, noeud)
        return None

    def _contenu(self, texte: str, noeud: Noeud) -> str:
        piece = self._marques.get(texte)
        if piece is not None:
            self.lues += 1
        if not piece.base64 if piece is not None else not _BASE64.fullmatch(texte):
            self._noter(Erreur.BASE64_INVALIDE, noeud)
        return texte


def _aligner(objet: dict[str, Any], champ: Champ) -> None:
    """Values and what stands beside them, one for one; nothing is written for what has no value at all."""
    nom, cle = champ.nom, f"_{champ.nom}"
    if not champ.liste:
        if objet[nom] is None:
            del objet[nom]
        return
    valeurs = objet[nom]
    if all(v is None for v in valeurs):
        del objet[nom]
    a_cote = objet.get(cle, [])
    a_cote.extend([None] * (len(valeurs) - len(a_cote)))
    if all(a is None for a in a_cote):
        objet.pop(cle, None)


def _chemin(noeud: Noeud) -> str:
    """FHIRPath of an element. A name that is not in the table is the caller's own: its parent is told."""
    morceaux: list[str] = []
    parent = noeud.getparent()
    while parent is not None:
        nom = etree.QName(noeud).localname
        champ = _champ(parent, noeud)
        if champ is not None:
            rang = f"[{_rang(parent, noeud)}]" if champ.liste else ""
            morceaux.append(f"{nom}{rang}")
        noeud, parent = parent, parent.getparent()
    nom = etree.QName(noeud).localname
    if est_ressource(nom):
        morceaux.append(nom)
    return ".".join(reversed(morceaux))


def _rang(parent: Noeud, noeud: Noeud) -> int:
    """Place among those of its name, which stand together when the order is that of R4."""
    premier = next(parent.iterchildren(noeud.tag))
    rang: int = parent.index(noeud) - parent.index(premier)
    return rang


def _champ(parent: Noeud, noeud: Noeud) -> Champ | None:
    type_ = _type(parent)
    return par_balise(type_).get(noeud.tag) if type_ else None


def _type(noeud: Noeud) -> str:
    """Type of an element, from the resource that holds it down."""
    descente: list[Noeud] = []
    while not est_ressource(noeud.tag.removeprefix(_PREFIXE)):
        descente.append(noeud)
        noeud = noeud.getparent()
        if noeud is None:
            return ""
    type_: str = noeud.tag.removeprefix(_PREFIXE)
    for enfant in reversed(descente):
        champ = par_balise(type_).get(enfant.tag)
        if champ is None:
            return ""
        type_ = champ.type
        if champ.genre <= Genre.BASE64:
            type_ = "Element"
    return type_
