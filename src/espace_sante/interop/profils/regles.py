"""What the checker can find: a stable code, the FHIR type of the issue, and the words (page docs/interop/profils.md)."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

import orjson

from espace_sante.interop.fhir.constats import Constat, Gravite

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9:/._?=#|-]{0,79}", re.ASCII)
# Five digits in a row may be of an identity number: such a value is described, never repeated.
_CHIFFRES: Final = re.compile(r"\d{5}")
_TYPES: Final = {dict: "un objet", list: "une liste", str: "un texte", bool: "un booléen", int: "un nombre entier",
                 float: "un nombre", type(None): "null"}  # fmt: skip


class RegleProfil(Enum):
    """A way of not following a profile. A value is (code, FHIR issue type, sentence)."""

    # fmt: off
    ABSENT = (
        "profil-absent", "required",
        "« {element} » est attendu au moins {attendu} fois : trouvé {trouve} fois.")
    EN_TROP = (
        "profil-en-trop", "structure",
        "« {element} » est attendu au plus {attendu} fois : trouvé {trouve} fois.")
    INTERDIT = (
        "profil-interdit", "structure",
        "Le profil interdit « {element} » : trouvé {trouve} fois.")
    INCONNU = (
        "profil-element-inconnu", "structure",
        "Cet élément n’existe pas à cet endroit dans FHIR R4.")
    VIDE = (
        "profil-vide", "structure",
        "« {element} » est vide : un élément a une valeur, ou il est absent.")
    TYPE = (
        "profil-type", "structure",
        "« {element} » doit être de type {attendu} : trouvé {trouve}.")
    FORME = (
        "profil-forme", "value",
        "« {element} » n’a pas la forme du type {attendu} : trouvé {trouve}.")
    LONGUEUR = (
        "profil-longueur", "too-long",
        "« {element} » a au plus {attendu} caractères : trouvé {trouve}.")
    VALEUR = (
        "profil-valeur", "value",
        "« {element} » doit valoir {attendu} : trouvé {trouve}.")
    CODE = (
        "profil-code", "code-invalid",
        "« {element} » doit être un code du jeu {attendu} : trouvé {trouve}.")
    NOMENCLATURE = (
        "profil-nomenclature", "code-invalid",
        "« {element} » devrait être un code du jeu {attendu} : trouvé {trouve}.")
    CIBLE = (
        "profil-cible", "structure",
        "« {element} » doit désigner {attendu} : trouvé {trouve}.")
    NON_RESOLUE = (
        "profil-reference", "not-found",
        "« {element} » désigne une ressource contenue qui n’est pas là.")
    HORS_TRANCHE = (
        "profil-hors-tranche", "structure",
        "« {element} » ne prend aucune des formes que le profil admet ({attendu}) : trouvé {trouve}.")
    RESSOURCE = (
        "profil-ressource", "structure",
        "« {element} » doit être une ressource {attendu} : trouvé {trouve}.")
    INVARIANT = (
        "profil-invariant", "invariant",
        "La règle {attendu} n’est pas tenue : {trouve}.")
    NON_SERVI = (
        "profil-non-verifie", "not-supported",
        "Ce profil n’est pas connu de ce service : la ressource a été vérifiée sans lui.")
    CONFORME = (
        "profil-conforme", "informational",
        "La ressource suit ce qui a été vérifié : {attendu}.")
    # fmt: on

    def __init__(self, code: str, issue: str, phrase: str) -> None:
        self.code = code
        self.issue = issue
        self.phrase = phrase

    def constat(
        self, expression: str, regle: str, *, gravite: Gravite = "error", **champs: object
    ) -> Constat:
        """A finding at that FHIRPath; `regle` is `profile#element`, told in `diagnostics`."""
        texte = self.phrase.format_map(champs)
        return Constat(self.code, expression, texte, gravite, 422, self.issue, regle)


def decrire(valeur: Any) -> str:
    """What was found, without repeating what could be somebody's identity (FHR-09)."""
    if isinstance(valeur, str):
        if _CODE.fullmatch(valeur) and not _CHIFFRES.search(valeur):
            return f"« {valeur} »"
        return f"un texte de {len(valeur)} caractères"
    if isinstance(valeur, list):
        return f"une liste de {len(valeur)} éléments"
    if isinstance(valeur, dict) and isinstance(valeur.get("code"), str):
        return decrire(valeur["code"])
    if isinstance(valeur, dict) and isinstance(valeur.get("coding"), list) and valeur["coding"]:
        return decrire(valeur["coding"][0])
    return _TYPES.get(type(valeur), "une valeur")


def genre(valeur: Any) -> str:
    """The JSON type of what was found."""
    return _TYPES.get(type(valeur), "une valeur")


def ecrire(attendu: Any) -> str:
    """An expected value, as JSON."""
    return f"« {attendu} »" if isinstance(attendu, str) else orjson.dumps(attendu).decode()
