"""What the CapabilityStatement says of traces, circle of care, subscriptions (FHR-02, FHR-03, FHR-160 to FHR-168)."""

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
    """AuditEvent, CareTeam, Subscription."""
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
            "documentation": (
                "Le cercle de soins, lu par le titulaire et par ses membres. Un cercle envoyé par un logiciel propose des "
                "membres : il ne donne aucun droit tant que le titulaire ne les accepte pas."
            ),
            "interaction": [
                {"code": "read"},
                {"code": "search-type"},
                {"code": "create", "documentation": "Une proposition, status proposed."},
                {
                    "code": "update",
                    "documentation": "De sa proposition ; du cercle lui-même, de nouveaux membres proposés.",
                },
            ],
            "updateCreate": False,
            "searchParam": [_parametre(nom) for nom in cercle.PARAMETRES],
        },
        {
            "type": "Subscription",
            "documentation": (
                "Être prévenu des nouveaux documents d’un dossier qui est ouvert à l’utilisateur. Canal rest-hook, https "
                "avec notre certificat client, vers un hôte inscrit avec le logiciel. Critères : "
                "DocumentReference?patient.identifier=…[&type=…]. L’avis ne contient aucune donnée de santé ; au moins une "
                "fois : le même avis peut arriver deux fois."
            ),
            "interaction": [{"code": c} for c in ("create", "read", "update", "delete")],
            "versioning": "versioned",
            "updateCreate": False,
        },
    ]


def _parametre(nom: str) -> dict[str, str]:
    genre = "date" if nom in _DATES else "reference" if nom in _REFERENCES else "token"
    return {"name": nom, "type": "string" if nom == "agent-name" else genre}
