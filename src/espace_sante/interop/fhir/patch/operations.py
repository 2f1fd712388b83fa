"""What a PATCH may ask, whatever its form: one operation on one of three elements (FHR-126). Pure.

A reader of a form gives these, or a finding: an element that does not change is 405, a thing that makes no sense
on one that does is 422, a text that is not of its form is 400.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.erreurs import Erreur

MAX_OPERATIONS: Final = 100
MAX_PATCH: Final = 65_536


class Geste(Enum):
    """The verbs of all forms."""

    AJOUTER = "add"
    REMPLACER = "replace"
    OTER = "remove"
    VERIFIER = "test"


class Element(Enum):
    """The elements that may change, and their parts that may be named."""

    STATUT = "status"
    ETIQUETTES = "securityLabel"
    EXTENSIONS = "extension"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change. `rang`: place in a list, None for the whole of it; FIN adds at its end.

    `code` names a label in place of its rank. `archive`: the isArchived extension is named by its address.
    `valeur_seule`: the boolean of an extension is named, not the extension. `valeur` is plain JSON data.
    """

    geste: Geste
    element: Element
    rang: int | None = None
    code: str = ""
    archive: bool = False
    valeur_seule: bool = False
    valeur: Any = None


FIN: Final = -1


def interdit(chemin: str) -> RefusFhir:
    """That element does not change once a document is stored (FHR-126)."""
    return RefusFhir([Erreur.ELEMENT_PROTEGE.constat(chemin)])


def inapplicable(chemin: str) -> RefusFhir:
    """The element may change, this cannot be done to it."""
    return RefusFhir([Erreur.PATCH_INAPPLICABLE.constat(chemin)])


def illisible(chemin: str = "") -> RefusFhir:
    """The body is not a patch of the announced form."""
    return RefusFhir([Erreur.PATCH_ILLISIBLE.constat(chemin)])


def ecrire_chemin(element: Element, rang: int | None = None) -> str:
    """FHIRPath of what is at fault, for the finding."""
    suite = f"[{rang}]" if rang is not None and rang >= 0 else ""
    return f"DocumentReference.{element.value}{suite}"


def bornees(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """At least one, and not too many. Raises RefusFhir."""
    if not operations or len(operations) > MAX_OPERATIONS:
        raise illisible()
    return tuple(operations)


def est_archivage(extension: Any) -> bool:
    """Whether that is an isArchived extension."""
    return isinstance(extension, dict) and extension.get("url") == IS_ARCHIVED
