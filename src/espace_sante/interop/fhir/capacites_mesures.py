"""What the CapabilityStatement says of measures (FHR-02, FHR-141 to FHR-153)."""

from __future__ import annotations

from typing import Any, Final

from espace_sante.interop.fhir import mesures_recherche
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.observation import PROFILS

_TYPES: Final = {"date": "date"}


def mesures() -> list[dict[str, Any]]:
    """Observation and the Device that measured."""
    profils = dict.fromkeys(f"{PROFILS}{g.profil}" for g in genres().values() if g.profil)
    return [
        {
            "type": "Observation",
            "supportedProfile": list(profils),
            "documentation": (
                "Mesures de santé, pour un service relié à la personne (jeton d’accès, et jeton d’identité dans "
                "X-Id-Token) et selon l’accord donné genre par genre. Écriture : POST de la racine, Bundle "
                "transaction de 100 000 octets au plus. Recherche : code et subject.identifier obligatoires, date"
                " par deux bornes ; _offset compte les pages depuis 0 ; dernière valeur : _sort=-date&_count=1. "
                "L’IMC est calculé, jamais écrit. La même mesure renvoyée est gardée une fois. Un professionnel "
                "n’a aucun droit sur les mesures."
            ),
            "interaction": [
                {"code": "read"},
                {"code": "search-type"},
                {"code": "update", "documentation": "De ce que l’appelant a écrit."},
                {"code": "delete", "documentation": "De ce que l’appelant a écrit."},
            ],
            "versioning": "versioned",
            "updateCreate": False,
            "conditionalRead": "not-match",
            "searchInclude": [mesures_recherche.INCLUSION],
            "searchParam": [
                {"name": nom, "type": _TYPES.get(nom, "token")} for nom in mesures_recherche.PARAMETRES
            ],
        },
        {
            "type": "Device",
            "documentation": "L’instrument d’une mesure, écrit avec elle ; un par service et par identifiant.",
            "interaction": [{"code": "read"}],
        },
    ]
