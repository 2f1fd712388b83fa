"""Operations of a PATCH on what a document is now: what is wanted of it (FHR-127, FHR-128, FHR-133, FHR-137). Pure.

Labels are a set that is shown in a fixed order: the ranks of a PATCH are those of that order, judged anew after
each operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

import msgspec

from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import ORDRE, lire_code
from espace_sante.interop.fhir.patch.operations import (
    FIN,
    Element,
    Geste,
    Operation,
    ecrire_chemin,
    est_archivage,
    inapplicable,
    interdit,
)
from espace_sante.interop.fhir.structs import CodeableConcept

NIVEAUX: Final = ("N", "R", "V")
_STATUTS: Final = frozenset({"current", "superseded", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Etat:
    """What may change: status, labels in the order shown, archive flag.

    `autres`: how many extensions stand before that of the archive, which is the last one; they do not change.
    """

    statut: str
    etiquettes: tuple[str, ...]
    archive: bool
    autres: int = 0


def appliquer(operations: Sequence[Operation], etat: Etat) -> Etat:
    """The state that is wanted. Raises RefusFhir 405 or 422; nothing is half done (FHR-126)."""
    # All of it is refused when one element is protected: that comes before what else is wrong.
    for operation in operations:
        _refuser_le_protege(operation, etat)
    for operation in operations:
        if operation.geste is Geste.VERIFIER:
            if not _verifie(operation, etat):
                raise RefusFhir([Erreur.PATCH_VERIFICATION.constat(_chemin(operation))])
        elif operation.element is Element.STATUT:
            etat = replace(etat, statut=_statut(operation))
        elif operation.element is Element.ETIQUETTES:
            etat = replace(etat, etiquettes=_ordonner(_etiquettes(operation, etat.etiquettes)))
        else:
            etat = replace(etat, archive=_archive(operation, etat))
    niveaux = [c for c in etat.etiquettes if c in NIVEAUX]
    if len(niveaux) != 1:
        raise RefusFhir([Erreur.ETIQUETTE_DE_NIVEAU.constat("DocumentReference.securityLabel")])
    return etat


def _refuser_le_protege(operation: Operation, etat: Etat) -> None:
    """405 for an extension that is not that of the archive."""
    if operation.element is not Element.EXTENSIONS or operation.archive:
        return
    chemin = _chemin(operation)
    if operation.rang is None:
        valeurs = operation.valeur if isinstance(operation.valeur, list) else []
        if etat.autres or not all(est_archivage(v) for v in valeurs):
            raise interdit(chemin)
        return
    if 0 <= operation.rang < etat.autres and operation.geste is not Geste.AJOUTER:
        raise interdit(chemin)
    apporte = operation.geste in (Geste.AJOUTER, Geste.REMPLACER) and not operation.valeur_seule
    if apporte and not est_archivage(operation.valeur):
        raise interdit(chemin)


def _statut(operation: Operation) -> str:
    valeur = operation.valeur
    if operation.geste is Geste.OTER or not isinstance(valeur, str) or valeur not in _STATUTS:
        raise inapplicable(_chemin(operation))
    return valeur


def _archive(operation: Operation, etat: Etat) -> bool:
    """The flag after an operation on its extension; an absent extension is added (FHR-137)."""
    rang = operation.rang
    if rang is not None and rang != FIN and rang > etat.autres:
        _impossible(operation)
    if rang == FIN and operation.geste is not Geste.AJOUTER:
        _impossible(operation)
    if operation.geste is Geste.OTER:
        if not etat.archive:
            _impossible(operation)
        return False
    valeur = operation.valeur
    if rang is None and not operation.archive:
        if not isinstance(valeur, list) or len(valeur) > 1:
            _impossible(operation)
        return bool(valeur) and _booleen(operation, valeur[0])
    if operation.valeur_seule:
        if not isinstance(valeur, bool):
            _impossible(operation)
        return valeur
    return _booleen(operation, valeur)


def _booleen(operation: Operation, extension: Any) -> bool:
    valeur = extension.get("valueBoolean") if est_archivage(extension) else None
    if not isinstance(valeur, bool) or len(extension) != len(("url", "valueBoolean")):
        _impossible(operation)
    return bool(valeur)


def _etiquettes(operation: Operation, avant: tuple[str, ...]) -> list[str]:
    """The labels after one operation."""
    codes = list(avant)
    rang = _rang(operation, avant)
    if operation.geste is Geste.OTER:
        if rang is None:
            return []
        del codes[rang]
        return codes
    if rang is None:
        if not isinstance(operation.valeur, list):
            _impossible(operation)
        return [_code(operation, valeur) for valeur in operation.valeur]
    code = _code(operation, operation.valeur)
    if operation.geste is Geste.AJOUTER:
        return [*codes, code]
    montree = codes[rang]
    if code in ORDRE:
        # The published examples put a label « in place of » the first one: it is added, no other goes (FHR-127).
        return [*codes, code]
    if montree in NIVEAUX:
        codes[rang] = code
        return codes
    del codes[rang]
    # N in place of a label lifts that label; the level stays what it was.
    return codes if code == "N" else [*(c for c in codes if c not in NIVEAUX), code]


def _rang(operation: Operation, codes: tuple[str, ...]) -> int | None:
    """The place that is meant, None for the whole list. Raises RefusFhir 422."""
    if operation.code:
        if operation.code not in codes:
            _impossible(operation)
        return codes.index(operation.code)
    rang = operation.rang
    if rang is None:
        return None
    ajoute = operation.geste is Geste.AJOUTER
    if rang == FIN:
        if not ajoute:
            _impossible(operation)
        return len(codes)
    if rang > len(codes) - (not ajoute):
        _impossible(operation)
    return rang


def _code(operation: Operation, valeur: Any) -> str:
    """The one label that a CodeableConcept states. Raises RefusFhir 422."""
    constats: list[Constat] = []
    try:
        concept = msgspec.convert(valeur, CodeableConcept)
    except msgspec.ValidationError:
        _impossible(operation)
    code = lire_code(concept, _chemin(operation), constats)
    if constats:
        raise RefusFhir([replace(c, statut=422) for c in constats])
    return code


def _ordonner(codes: list[str]) -> tuple[str, ...]:
    """Without duplicates, in the order of output (FHR-113)."""
    return tuple(c for c in (*ORDRE, *NIVEAUX) if c in codes)


def _verifie(operation: Operation, etat: Etat) -> bool:
    """Whether a `test` holds: same status, same labels in any order, same flag."""
    if operation.element is Element.STATUT:
        return bool(operation.valeur == etat.statut)
    if operation.element is Element.EXTENSIONS:
        return _archive(replace(operation, geste=Geste.REMPLACER), etat) == etat.archive
    if operation.rang is None and not operation.code:
        valeurs = operation.valeur if isinstance(operation.valeur, list) else []
        return _ordonner([_code(operation, v) for v in valeurs]) == etat.etiquettes
    rang = operation.rang
    if rang is None or not 0 <= rang < len(etat.etiquettes):
        return False
    return _code(operation, operation.valeur) == etat.etiquettes[rang]


def _chemin(operation: Operation) -> str:
    return ecrire_chemin(operation.element, operation.rang)


def _impossible(operation: Operation) -> NoReturn:
    raise inapplicable(_chemin(operation))
