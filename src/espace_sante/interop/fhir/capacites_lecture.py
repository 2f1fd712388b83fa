"""What the CapabilityStatement says of traces and of the circle of care (FHR-02, FHR-03, FHR-160, FHR-166)."""

from __future__ import annotations

from typing import Any, Final

from espace_sante.interop.fhir import cercle, trace_recherche
from espace_sante.interop.fhir.trace import PROFIL as PROFIL_TRACE

_DATES: Final = frozenset(
    {"date", "period-start", "start", "end", "participant-start", "participant-end", "_lastUpdated"}
)
_REFERENCES: Final = frozenset(
    {"patient", "subject", "entity", "agent", "participant", "managingOrganization"}
)


def lectures() -> list[dict[str, Any]]:
    """AuditEvent and CareTeam: read and search, nothing else."""
    return [
        {
            "type": "AuditEvent",
            "profile": PROFIL_TRACE,
            "documentation": (
                "ITI-81. Le titulaire et le médecin traitant lisent toutes les traces, un professionnel les siennes. Hors "
                "titulaire : les deux bornes de date, un an au plus. Ordre : -date. Une trace ne change jamais."
            ),
            "interaction": [{"code": "read"}, {"code": "search-type", "documentation": "ITI-81"}],
            "searchParam": [_parametre(nom) for nom in trace_recherche.PARAMETRES],
        },
        {
            "type": "CareTeam",
            "profile": cercle.PROFIL,
            "documentation": "Le cercle de soins, lu par le titulaire et par ses membres.",
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [_parametre(nom) for nom in cercle.PARAMETRES],
        },
    ]


def _parametre(nom: str) -> dict[str, str]:
    genre = "date" if nom in _DATES else "reference" if nom in _REFERENCES else "token"
    return {"name": nom, "type": "string" if nom == "agent-name" else genre}
