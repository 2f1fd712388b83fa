"""Every structural finding of a refused resource, with its FHIRPath (FHR-07, FHR-08, FHR-10).

Walks the parsed JSON along the declared structs. Slow by nature and only used on bodies that the
fast decoder refused, so that a client mends all of them at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from espace_sante.interop.fhir.constats import MAX_CONSTATS, Constat
from espace_sante.interop.fhir.erreurs import Erreur

_SIMPLES: Final[dict[type, tuple[type, ...]]] = {
    inspect.StrType: (str,),
    inspect.IntType: (int,),
    inspect.BoolType: (bool,),
    inspect.BytesType: (str,),
}


class _Plein(Exception):
    pass


def constats_de_structure(objet: Any, type_: type, racine: str) -> list[Constat]:
    """Findings of `objet` read as `type_`; at most 100."""
    constats: list[Constat] = []
    try:
        _Marche(constats).suivre(objet, _info(type_), racine)
    except _Plein:
        pass
    except RecursionError:
        constats.append(Erreur.TROP_PROFOND.constat(racine))
    return constats


@lru_cache(maxsize=8)
def _info(type_: type) -> inspect.Type:
    return inspect.type_info(type_)


class _Marche:
    def __init__(self, constats: list[Constat]) -> None:
        self._constats = constats

    def _noter(self, erreur: Erreur, chemin: str) -> None:
        self._constats.append(erreur.constat(chemin))
        if len(self._constats) >= MAX_CONSTATS:
            raise _Plein

    def suivre(self, valeur: Any, info: inspect.Type, chemin: str) -> None:
        if valeur is None or valeur in ("", [], {}):
            self._noter(Erreur.VALEUR_VIDE, chemin)
        elif isinstance(info, inspect.UnionType):
            self._union(valeur, info, chemin)
        elif isinstance(info, inspect.StructType):
            self._objet(valeur, info, chemin)
        elif isinstance(info, inspect.ListType):
            if not isinstance(valeur, list):
                self._noter(Erreur.TYPE_INVALIDE, chemin)
                return
            for rang, element in enumerate(valeur):
                self.suivre(element, info.item_type, f"{chemin}[{rang}]")
        elif isinstance(info, inspect.RawType):
            self._brut(valeur, chemin)
        elif type(valeur) not in _SIMPLES.get(type(info), ()) or (
            isinstance(info, inspect.IntType) and info.ge is not None and valeur < info.ge
        ):
            self._noter(Erreur.TYPE_INVALIDE, chemin)
        elif isinstance(info, inspect.BytesType) and not _base64(valeur):
            self._noter(Erreur.BASE64_INVALIDE, chemin)

    def _union(self, valeur: Any, info: inspect.UnionType, chemin: str) -> None:
        formes = [t for t in info.types if not isinstance(t, inspect.CustomType | inspect.NoneType)]
        formes = [t for t in formes if type(t).__name__ != "UnsetType"]
        marques = [t for t in formes if isinstance(t, inspect.StructType) and t.tag is not None]
        if not marques:
            self.suivre(valeur, formes[0], chemin)
            return
        if not isinstance(valeur, dict):
            self._noter(Erreur.TYPE_INVALIDE, chemin)
            return
        for forme in marques:
            if forme.tag == valeur.get("resourceType"):
                self._objet(valeur, forme, chemin)
                return
        self._noter(Erreur.RESSOURCE_INATTENDUE, chemin)

    def _objet(self, valeur: Any, info: inspect.StructType, chemin: str) -> None:
        if not isinstance(valeur, dict):
            self._noter(Erreur.TYPE_INVALIDE, chemin)
            return
        if info.tag is not None and valeur.get("resourceType") != info.tag:
            self._noter(Erreur.RESSOURCE_INATTENDUE, chemin)
            return
        champs = {champ.encode_name: champ.type for champ in info.fields}
        for cle, contenu in valeur.items():
            if cle == info.tag_field:
                continue
            # A key of the caller's own making is not echoed.
            if cle not in champs:
                self._noter(Erreur.ELEMENT_INCONNU, f"{chemin}.{cle}" if _simple(cle) else chemin)
            else:
                self.suivre(contenu, champs[cle], f"{chemin}.{cle}")

    def _brut(self, valeur: Any, chemin: str) -> None:
        if isinstance(valeur, dict):
            for cle, contenu in valeur.items():
                self._brut_element(contenu, f"{chemin}.{cle}" if _simple(cle) else chemin)
        elif isinstance(valeur, list):
            for rang, contenu in enumerate(valeur):
                self._brut_element(contenu, f"{chemin}[{rang}]")

    def _brut_element(self, valeur: Any, chemin: str) -> None:
        if valeur is None or valeur in ("", [], {}):
            self._noter(Erreur.VALEUR_VIDE, chemin)
        else:
            self._brut(valeur, chemin)


def _simple(cle: str) -> bool:
    # A number may be somebody's INS: no element of FHIR begins with a digit.
    return cle.isascii() and cle.removeprefix("_").isalnum() and not cle[:1].isdigit() and len(cle) <= 64


def _base64(texte: str) -> bool:
    try:
        msgspec.convert(texte, bytes)
    except ValueError:  # not base64, or a lone surrogate
        return False
    return True
