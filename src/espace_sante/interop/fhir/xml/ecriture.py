"""The JSON that the door answers → FHIR XML along the same table (FHR-04, FHR-05).

Never fails on what was stored: a part that R4 does not know is written by its form, a narrative that is not XHTML as
its text, a character that XML cannot hold as U+FFFD. Numbers are written as they stand in the JSON.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final

import msgspec
import orjson
from lxml import etree

from espace_sante.interop.fhir.xml.elements import FHIR, XHTML, Champ, Genre, par_nom
from espace_sante.interop.fhir.xml.lecture import analyseur

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_LIRE: Final = msgspec.json.Decoder(float_hook=str)
_A_ECHAPPER: Final = re.compile(r'[&<>"\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
_ECHAPPES: Final = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;", "\x7f": "&#127;",
}  # fmt: skip
_NOM: Final = re.compile(r"[A-Za-z]\w{0,63}", re.ASCII)
_NOMMEE: Final = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)[A-Za-z]\w{1,30};", re.ASCII)
_INTERDITS: Final = ("<!", "<?")
_DIV: Final = f"{{{XHTML}}}div"
_AUCUN: Final[dict[str, Champ]] = {}
_chercher: Final = _A_ECHAPPER.search
# What a resource has for itself: not worth looking for in the others.
_PROPRES: Final = frozenset(
    {"meta", "masterIdentifier", "identifier", "content", "context", "attachment", "period"}
)
# Of those, what has parts that others may share: a format, a kind of establishment.
_COMPOSES: Final = frozenset({"content", "context"})
Morceaux = list[str]
# What was written of an element, by its place in the table and its JSON.
_Connus = dict[tuple[int, bytes], str]


def vers_xml(json: bytes) -> bytes:
    """The resource as XML, without byte-order mark. Raises RecursionError when it is too deep."""
    morceaux, objet = [_DECLARATION], _LIRE.decode(json)
    if objet["resourceType"] == "Bundle" and isinstance(entrees := objet.get("entry"), list):
        connus: _Connus = {}
        for entree in entrees:
            if isinstance(entree, dict) and isinstance(entree.get("resource"), dict):
                entree["resource"] = _Ecrite(_entree(entree["resource"], connus))
    _ressource(objet, morceaux, f' xmlns="{FHIR}"')
    return "".join(morceaux).encode()


class _Ecrite(str):
    """A resource that is written already."""

    __slots__ = ()


def _entree(objet: dict[str, Any], connus: _Connus) -> str:
    """The resource of an entry. What those of one answer have in common (the person, codes) is written once."""
    morceaux: Morceaux = []
    nom = objet.get("resourceType")
    if isinstance(nom, str) and _en_ordre(nom, tuple(objet)):
        morceaux.append(f"<resource><{nom}>")
        _membres(nom, objet, morceaux, connus)
        morceaux.append(f"</{nom}></resource>")
    else:
        _objet("resource", None, objet, morceaux)
    return "".join(morceaux)


def _membres(type_: str, objet: dict[str, Any], morceaux: Morceaux, connus: _Connus) -> None:
    """The elements of an object that is in order; those that may stand in other entries are looked for first."""
    champs = par_nom(type_)
    for cle, valeur in objet.items():
        if cle == "resourceType":
            continue
        champ = champs[cle]
        for un in valeur if type(valeur) is list else (valeur,):
            if type(un) is not dict:
                _un(cle, champ, un, None, morceaux)
            elif cle not in _PROPRES:
                repere = (id(champ), orjson.dumps(un))
                texte = connus.get(repere)
                if texte is None:
                    propres: Morceaux = []
                    _objet(cle, champ, un, propres)
                    texte = connus[repere] = "".join(propres)
                morceaux.append(texte)
            elif cle in _COMPOSES and _en_ordre(champ.type, tuple(un)):
                morceaux.append(f"<{cle}>")
                _membres(champ.type, un, morceaux, connus)
                morceaux.append(f"</{cle}>")
            else:
                _objet(cle, champ, un, morceaux)


@lru_cache(maxsize=1024)
def _en_ordre(nom: str, cles: tuple[str, ...]) -> bool:
    """Whether these are elements of that type, in the order of XML, none of them an attribute."""
    champs = par_nom(nom)
    rangs = [
        champs[cle].rang if cle in champs and not champs[cle].attribut else -1
        for cle in cles
        if cle != "resourceType"
    ]
    return -1 not in rangs and rangs == sorted(rangs) and bool(champs)


def _ressource(objet: dict[str, Any], morceaux: Morceaux, espace: str = "") -> None:
    nom = objet["resourceType"]
    morceaux.append(f"<{nom}{espace}>")
    _elements(objet, par_nom(nom), morceaux)
    morceaux.append(f"</{nom}>")


def _elements(objet: dict[str, Any], champs: dict[str, Champ], morceaux: Morceaux) -> None:
    """The elements of an object, in one pass when they stand in the order of R4, which is how they are stored."""
    repere, dernier, ajouter = len(morceaux), -1, morceaux.append
    for cle, valeur in objet.items():
        champ = champs.get(cle)
        if champ is None or champ.rang < dernier:
            if cle == "resourceType":
                continue
            del morceaux[repere:]
            for nom, connu in _ranger(objet, champs):
                _element(nom, connu, objet.get(nom), objet.get(f"_{nom}"), morceaux)
            return
        dernier = champ.rang
        forme = type(valeur)
        if forme is str and champ.ouvrante:
            ajouter(f'{champ.ouvrante}{_texte(valeur) if _chercher(valeur) else valeur}"/>')
        elif forme is dict:
            _objet(champ.nom, champ, valeur, morceaux)
        elif not champ.attribut:
            _element(champ.nom, champ, valeur, None, morceaux)


def _ranger(objet: dict[str, Any], champs: dict[str, Champ]) -> Iterable[tuple[str, Champ | None]]:
    """Elements in the order of XML; what R4 does not know comes last."""
    noms = dict.fromkeys(cle.removeprefix("_") for cle in objet if cle != "resourceType")
    connus = [(nom, champs[nom]) for nom in noms if nom in champs and not champs[nom].attribut]
    connus.sort(key=lambda paire: paire[1].rang)
    yield from connus
    yield from ((nom, None) for nom in noms if nom not in champs and _NOM.fullmatch(nom))


def _element(nom: str, champ: Champ | None, valeur: Any, a_cote: Any, morceaux: Morceaux) -> None:
    if a_cote is None and type(valeur) is list:
        for un in valeur:
            if type(un) is dict:
                _objet(nom, champ, un, morceaux)
            else:
                _un(nom, champ, un, None, morceaux)
    elif isinstance(valeur, list) or (valeur is None and isinstance(a_cote, list)):
        valeurs = valeur if isinstance(valeur, list) else []
        for un, cote in zip_longest(valeurs, a_cote if isinstance(a_cote, list) else []):
            _un(nom, champ, un, cote, morceaux)
    else:
        _un(nom, champ, valeur, a_cote, morceaux)


def _objet(nom: str, champ: Champ | None, objet: dict[str, Any], morceaux: Morceaux) -> None:
    if champ is not None and (gabarit := _gabarit(nom, champ.type, tuple(objet))):
        valeurs = tuple(objet.values())
        try:
            simples = not _chercher("".join(valeurs))
        except TypeError:
            # Not texts alone.
            simples = False
        if simples:
            morceaux.append(gabarit % valeurs)
            return
    if "resourceType" in objet and _NOM.fullmatch(str(objet["resourceType"])):
        morceaux.append(f"<{nom}>")
        _ressource(objet, morceaux)
    else:
        champs = par_nom(champ.type) if champ is not None else _AUCUN
        morceaux.append(f"<{nom}{_attributs(objet, champs) if 'id' in objet or 'url' in objet else ''}>")
        _elements(objet, champs, morceaux)
    morceaux.append(f"</{nom}>")


@lru_cache(maxsize=1024)
def _gabarit(nom: str, type_: str, cles: tuple[str, ...]) -> str:
    """An object made of simple values only, with a place for each (a code, an identifier); empty for any other."""
    if not cles or not _en_ordre(type_, cles):
        return ""
    champs = par_nom(type_)
    if not all(cle in champs and champs[cle].ouvrante for cle in cles):
        return ""
    places = "".join(champs[cle].ouvrante + '%s"/>' for cle in cles)
    return f"<{nom}>{places}</{nom}>"


def _un(nom: str, champ: Champ | None, valeur: Any, a_cote: Any, morceaux: Morceaux) -> None:
    if isinstance(valeur, dict):
        _objet(nom, champ, valeur, morceaux)
    elif type(valeur) is _Ecrite:
        morceaux.append(valeur)
    elif champ is not None and champ.genre is Genre.XHTML and isinstance(valeur, str):
        morceaux.append(_recit(valeur))
    elif a_cote is None:
        if valeur is not None and not isinstance(valeur, list):
            morceaux.append(f'<{nom} value="{_texte(valeur)}"/>')
    elif isinstance(a_cote, dict):
        champs = par_nom("Element")
        ecrite = "" if valeur is None or isinstance(valeur, list) else f' value="{_texte(valeur)}"'
        morceaux.append(f"<{nom}{_attributs(a_cote, champs)}{ecrite}>")
        _elements(a_cote, champs, morceaux)
        morceaux.append(f"</{nom}>")


def _attributs(objet: dict[str, Any], champs: dict[str, Champ]) -> str:
    """`id` of an element, `url` of an extension."""
    ecrits = ""
    for nom in ("id", "url"):
        champ = champs.get(nom)
        if champ is not None and champ.attribut and isinstance(objet.get(nom), str):
            ecrits += f' {nom}="{_texte(objet[nom])}"'
    return ecrits


def _texte(valeur: Any) -> str:
    if valeur is True or valeur is False:
        return "true" if valeur else "false"
    texte = valeur if isinstance(valeur, str) else str(valeur)
    return _A_ECHAPPER.sub(_echapper, texte) if _A_ECHAPPER.search(texte) else texte


def _echapper(trouve: re.Match[str]) -> str:
    return _ECHAPPES.get(trouve.group(), "\ufffd")


def _recit(div: str) -> str:
    """A narrative as it is when it is the XHTML that FHIR asks for, else its text."""
    propre = _NOMMEE.sub(lambda t: html.unescape(t.group()), div)
    if propre.startswith("<div") and not any(i in propre for i in _INTERDITS):
        try:
            racine = etree.fromstring(propre.encode("utf-8", "replace"), analyseur())
        except (etree.XMLSyntaxError, ValueError):
            pass
        else:
            if racine.tag == _DIV:
                return propre
    return f'<div xmlns="{XHTML}">{_texte(div)}</div>'
