"""JSON Patch (RFC 6902), read strictly; its published path of isArchived is no JSON Pointer, and is read too (FHR-137)."""

from __future__ import annotations

import json
import re
from typing import Any, Final

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

MEDIA: Final = "application/json-patch+json"
_GESTES: Final = {g.value: g for g in Geste}
_DEPLACEMENTS: Final = frozenset({"move", "copy"})
_FILTRE: Final = re.compile(r"/extension\[\s*url\s*[:=]\s*(['\"])([^'\"]+)\1\s*\](?:/(valueBoolean))?")
_RANG: Final = re.compile(r"0|[1-9]\d{0,4}", re.ASCII)


def lire(corps: bytes) -> tuple[Operation, ...]:
    """Operations of a JSON Patch. Raises RefusFhir 400, 405, 422."""
    brut = lire_json(corps)
    if not isinstance(brut, list):
        raise illisible()
    return bornees([_operation(o) for o in brut])


def _operation(objet: Any) -> Operation:
    if not isinstance(objet, dict):
        raise illisible()
    op, chemin = objet.get("op"), objet.get("path")
    if not isinstance(op, str) or not isinstance(chemin, str) or not chemin.startswith("/"):
        raise illisible()
    cible = _cible(chemin)
    if op in _DEPLACEMENTS:
        if not isinstance(objet.get("from"), str):
            raise illisible()
        _cible(objet["from"])
        raise inapplicable(ecrire_chemin(cible.element, cible.rang))
    geste = _GESTES.get(op)
    if geste is None or (geste is not Geste.OTER and "value" not in objet):
        raise illisible()
    return Operation(
        geste,
        cible.element,
        rang=cible.rang,
        archive=cible.archive,
        valeur_seule=cible.valeur_seule,
        valeur=objet.get("value"),
    )


def _cible(chemin: str) -> Operation:
    """The element that a path names. Raises RefusFhir."""
    if filtre := _FILTRE.fullmatch(chemin):
        if filtre[2] != IS_ARCHIVED:
            raise interdit("DocumentReference.extension")
        return Operation(
            Geste.REMPLACER, Element.EXTENSIONS, archive=True, valeur_seule=filtre[3] is not None
        )
    nom, *reste = (m.replace("~1", "/").replace("~0", "~") for m in chemin[1:].split("/"))
    try:
        element = Element(nom)
    except ValueError:
        raise interdit("DocumentReference") from None
    if not reste:
        return Operation(Geste.REMPLACER, element)
    rang = _rang(reste[0], element)
    valeur_seule = element is Element.EXTENSIONS and reste[1:] == ["valueBoolean"]
    if element is Element.STATUT or (len(reste) > 1 and not valeur_seule):
        raise inapplicable(ecrire_chemin(element, rang))
    return Operation(Geste.REMPLACER, element, rang=rang, valeur_seule=valeur_seule)


def _rang(texte: str, element: Element) -> int:
    if texte == "-":
        return FIN
    if not _RANG.fullmatch(texte):
        raise inapplicable(ecrire_chemin(element))
    return int(texte)


def lire_json(corps: bytes) -> Any:
    """Plain JSON data; a key given twice, a NaN or another text than UTF-8 is refused (FHR-06, FHR-07)."""
    try:
        return json.loads(corps.decode("utf-8-sig"), object_pairs_hook=_sans_double, parse_constant=_refuser)
    except (ValueError, RecursionError):
        raise illisible() from None


def _sans_double(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) != len(paires):
        raise ValueError("a key is there twice")
    return objet


def _refuser(_: str) -> None:
    raise ValueError("not JSON")
