"""A finding, its refusal, and the OperationOutcome that tells it (FHR-08 to FHR-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

import orjson

SYSTEME_ERREUR: Final = "CodeSystem/erreur-mes"
SYSTEME_ELEMENT: Final = "CodeSystem/element-mes"
MAX_CONSTATS: Final = 100

# An OperationOutcome has at least one issue (R4), also when all went well.
_SANS_REMARQUE: Final = {
    "severity": "information",
    "code": "informational",
    "details": {"text": "Fait, sans remarque."},
}

Gravite = Literal["error", "warning", "information", "fatal"]


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding: what, where (FHIRPath), in French, and the status that it alone would give.

    `diagnostic` is for programs only (the id of an existing document, FHR-79). `element` is the code of the mandatory
    element that is at fault (interop.fhir.elements), when it is one.
    """

    code: str
    expression: str
    texte: str
    gravite: Gravite
    statut: int
    issue: str = "invalid"
    diagnostic: str = ""
    element: str = ""

    @property
    def refuse(self) -> bool:
        """Whether it refuses the request; a warning does not."""
        return self.gravite in ("error", "fatal")


class FamilleErreurs(Enum):
    """Codes that a finding may have: (code, HTTP status, FHIR issue type, French text with named fields)."""

    def __init__(self, code: str, statut: int, issue: str, phrase: str) -> None:
        self.code = code
        self.statut = statut
        self.issue = issue
        self.phrase = phrase

    def constat(self, expression: str = "", *, gravite: Gravite = "error", **champs: object) -> Constat:
        """A finding of this kind at that FHIRPath; the fields fill the text."""
        texte = self.phrase.format_map(champs) if champs else self.phrase
        return Constat(self.code, expression, texte, gravite, self.statut, self.issue)


class RefusFhir(Exception):
    """The request is refused; `constats` lists every finding, `statut` is the HTTP status.

    `reprise_s`: seconds after which the same call may pass (Retry-After), when they are known.
    """

    def __init__(
        self, constats: Iterable[Constat], statut: int | None = None, *, reprise_s: int | None = None
    ) -> None:
        self.constats = tuple(constats)
        self.reprise_s = reprise_s
        refus = [c for c in self.constats if c.refuse]
        self.statut = statut or (refus[0].statut if refus else 400)
        super().__init__(self.statut, *[c.code for c in refus])


def lever_si_refus(constats: Sequence[Constat]) -> None:
    """Raise RefusFhir when a finding refuses; the first one gives the status (FHR-62)."""
    if any(c.refuse for c in constats):
        raise RefusFhir(constats)


def en_422(constats: Iterable[Constat]) -> list[Constat]:
    """The same findings for ITI-105, where a broken profile is 422, not 400 (FHR-93)."""
    return [replace(c, statut=422) if c.statut == 400 and c.refuse else c for c in constats]


def issue(constat: Constat, base: str) -> dict[str, Any]:
    """One OperationOutcome.issue."""
    corps: dict[str, Any] = {
        "severity": constat.gravite,
        "code": constat.issue,
        "details": {
            "coding": [{"system": f"{base}/{SYSTEME_ERREUR}", "code": constat.code}],
            "text": constat.texte,
        },
    }
    if constat.element:
        corps["details"]["coding"].append({"system": f"{base}/{SYSTEME_ELEMENT}", "code": constat.element})
    if constat.diagnostic:
        corps["diagnostics"] = constat.diagnostic
    if constat.expression:
        corps["expression"] = [constat.expression]
    return corps


def ressource_outcome(constats: Sequence[Constat], base: str) -> dict[str, Any]:
    """OperationOutcome as a dict, at most 100 issues, refusals first (FHR-10)."""
    ordonnes = sorted(constats, key=lambda c: not c.refuse)[:MAX_CONSTATS]
    issues = [issue(c, base) for c in ordonnes] or [dict(_SANS_REMARQUE)]
    return {"resourceType": "OperationOutcome", "issue": issues}


def outcome(constats: Sequence[Constat], base: str, *, request_id: UUID | None = None) -> bytes:
    """OperationOutcome as JSON bytes."""
    ressource = ressource_outcome(constats, base)
    if request_id is not None:
        ressource["id"] = str(request_id)
    return orjson.dumps(ressource)
