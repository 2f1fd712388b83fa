"""The element that a refused deposit lacks or breaks, as a code of its own beside the kind of the fault (FHR-08).

`[base]/CodeSystem/element-mes`: `DocumentReference.type.absent`, `DocumentReference.type.invalide`, … one pair for each
mandatory element of table A.5.1, of the SubmissionSet (FHR-67) and of the content. Only asked for once it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
import orjson

from espace_sante.interop.fhir.constats import SYSTEME_ELEMENT, Constat
from espace_sante.interop.fhir.erreurs import Erreur

OBLIGATOIRES: Final[Mapping[str, tuple[str, ...]]] = {
    "DocumentReference": (
        "contained", "masterIdentifier", "status", "type", "category", "subject", "date", "author", "securityLabel",
        "content", "content.attachment", "content.attachment.contentType", "content.attachment.language",
        "content.attachment.url", "content.attachment.size", "content.attachment.hash", "content.attachment.title",
        "content.attachment.creation", "content.attachment.data", "content.format", "context", "context.period.start",
         "context.facilityType", "context.practiceSetting", "context.sourcePatientInfo",
    ),
    "List": (
        "contained", "extension", "extension(ihe-designationType)", "extension(ihe-sourceId)", "status", "mode",
        "code", "subject", "date", "source", "entry",
    ),
    "Binary": ("contentType", "data"),
}  # fmt: skip
# A wrong one is one that is not there, or a fault of `extension`.
ABSENTS_SEULEMENT: Final = ("List.extension(ihe-designationType)", "List.extension(ihe-sourceId)")
_RANG: Final = re.compile(r"\[\d+\]")
_EXTENSION: Final = re.compile(r"extension\('[^']*/([^/']+)'\)")
_ENTREE: Final = re.compile(r"Bundle\.entry\[(\d{1,6})\]\.resource\.?")
_ABSENTS: Final = frozenset({Erreur.ELEMENT_OBLIGATOIRE.code})
# What holds others: when it is missing whole, the findings tell of what it should have held. (resource, element, how
# such a finding begins: code and path).
_ENVELOPPES: Final = (
    ("DocumentReference", "contained", f"{Erreur.REFERENCE_NON_RESOLUE.code} author"),
    ("DocumentReference", "context", f"{Erreur.ELEMENT_OBLIGATOIRE.code} context."),
    ("List", "contained", f"{Erreur.REFERENCE_NON_RESOLUE.code} source"),
    ("List", "extension", f"{Erreur.ELEMENT_OBLIGATOIRE.code} extension("),
)


def codes() -> tuple[tuple[str, str], ...]:
    """Every code and what it says."""
    return tuple(
        (f"{ressource}.{element}.{suite}", f"L’élément {element} de {ressource} {mots}.")
        for ressource, elements in OBLIGATOIRES.items()
        for element in elements
        for suite, mots in (("absent", "manque"), ("invalide", "n’est pas admis tel qu’il est"))
        if suite == "absent" or f"{ressource}.{element}" not in ABSENTS_SEULEMENT
    )


def code_system(base: str) -> bytes:
    """The list as a CodeSystem resource, public (FHR-08)."""
    return orjson.dumps(
        {
            "resourceType": "CodeSystem",
            "id": "element-mes",
            "url": f"{base}/{SYSTEME_ELEMENT}",
            "name": "ElementMes",
            "title": "Éléments obligatoires d’un dépôt, absents ou mal renseignés",
            "status": "active",
            "caseSensitive": True,
            "content": "complete",
            "concept": [{"code": code, "display": phrase} for code, phrase in codes()],
        }
    )


def situer(constats: Iterable[Constat], ressources: Sequence[Mapping[str, Any]] = ()) -> list[Constat]:
    """The findings, each with the code of its element; `ressources`: those of the entries of a lot, by rank.

    Each is `resourceType` and the names of the elements that it has. A container that is missing whole gets a finding
    of its own, beside those of what it should have held.
    """
    situes = [_situer(c, ressources) for c in constats]
    return [*situes, *_manquants(situes, ressources)]


def presents(ressource: msgspec.Struct | None) -> Mapping[str, Any]:
    """A resource that was read, as `situer` takes it."""
    if ressource is None:
        return {}
    donnes = (nom for nom in ressource.__struct_fields__ if getattr(ressource, nom) is not msgspec.UNSET)
    return {"resourceType": ressource.__struct_config__.tag, **dict.fromkeys(donnes, True)}


def du_json(objet: Any) -> list[Mapping[str, Any]]:
    """The same of each entry of a Bundle that could not be read."""
    entrees = objet.get("entry") if isinstance(objet, dict) else None
    ressources = [e.get("resource") if isinstance(e, dict) else None for e in _liste(entrees)]
    return [r if isinstance(r, dict) else {} for r in ressources]


def _liste(objet: Any) -> list[Any]:
    return objet if isinstance(objet, list) else []


def _situer(constat: Constat, ressources: Sequence[Mapping[str, Any]]) -> Constat:
    if not constat.refuse:
        return constat
    genre, chemin = _decouper(constat.expression, ressources)
    connus = OBLIGATOIRES.get(genre, ())
    # The nearest mandatory element: a fault in a code is that of the element which bears it.
    trouve = next((p for p in _prefixes(chemin) if p in connus), "")
    if not trouve:
        return constat
    absent = constat.code in _ABSENTS and trouve == chemin
    return replace(constat, element=f"{genre}.{trouve}.{'absent' if absent else 'invalide'}")


def _decouper(expression: str, ressources: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """(resource type, path without ranks) of a FHIRPath of ours."""
    entree = _ENTREE.match(expression)
    if entree is None:
        genre, _, chemin = expression.partition(".")
    else:
        rang = int(entree[1])
        genre = str(ressources[rang].get("resourceType", "")) if rang < len(ressources) else ""
        chemin = expression[entree.end() :]
    return genre, _RANG.sub("", _EXTENSION.sub(r"extension(\1)", chemin))


def _prefixes(chemin: str) -> Iterable[str]:
    while chemin:
        yield chemin
        chemin = chemin.rpartition(".")[0]


def _manquants(constats: Sequence[Constat], ressources: Sequence[Mapping[str, Any]]) -> Iterable[Constat]:
    dits: dict[int, list[str]] = {}
    for c in constats:
        if c.refuse and (entree := _ENTREE.match(c.expression)):
            _, chemin = _decouper(c.expression, ressources)
            dits.setdefault(int(entree[1]), []).append(f"{c.code} {chemin}")
    vide = any(c.code == Erreur.CONTENU_VIDE.code for c in constats)
    for rang, ressource in enumerate(ressources):
        genre = ressource.get("resourceType")
        for porteuse, nom, debut in _ENVELOPPES:
            if (
                genre == porteuse
                and nom not in ressource
                and any(d.startswith(debut) for d in dits.get(rang, ()))
            ):
                yield _manquant(rang, porteuse, nom)
        if genre == "Binary" and vide and "data" not in ressource:
            yield _manquant(rang, "Binary", "data")


def _manquant(rang: int, genre: str, nom: str) -> Constat:
    constat = Erreur.ELEMENT_OBLIGATOIRE.constat(f"Bundle.entry[{rang}].resource.{nom}", element=nom)
    return replace(constat, element=f"{genre}.{nom}.absent")
