"""The plain FHIR R4 form of a measure that its holder typed: for software at our door, and in his copy. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from espace_sante.profil_medical.genres import JEU_MOMENT, GenreMesure, genres, jeu
from espace_sante.profil_medical.queries import MesureVue

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
# Profiles and extensions of the public guide (IG-fhir-mesures-de-sante).
PROFILS: Final = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/"
MOTIF: Final = f"{PROFILS}mesures-reason-for-measurement"
MOMENT: Final = f"{PROFILS}mesures-moment-of-measurement"
CATEGORIE: Final = [
    {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
        ]
    }
]
_URI: Final = {"2.16.840.1.113883.6.1": LOINC}


def corps(vue: MesureVue) -> dict[str, Any]:
    """Its own elements; identity, person and instrument are the caller's to add. Numbers go out as they were written."""
    genre, c = genres()[vue.genre], vue.contenu
    elements: dict[str, Any] = {
        "status": "final",
        "category": CATEGORIE,
        "code": code(genre),
        "effectiveDateTime": c.quand,
    }
    if extensions := list(_extensions(vue)):
        elements["extension"] = extensions
    if genre.compose:
        elements["component"] = [
            {
                "code": {"coding": [{"system": LOINC, "code": code_}]},
                "valueQuantity": quantite(genre, valeur),
            }
            for code_, valeur in c.valeurs.items()
        ]
    else:
        elements["valueQuantity"] = quantite(genre, c.valeurs[""])
    return elements


def code(genre: GenreMesure) -> dict[str, Any]:
    """The kind as a concept."""
    return {"coding": [{"system": genre.systeme, "code": genre.code, "display": genre.libelle}]}


def quantite(genre: GenreMesure, valeur: str) -> dict[str, Any]:
    """A number and its unit."""
    return {"value": orjson.Fragment(valeur), "unit": genre.unite, "system": UCUM, "code": genre.unite}


def _extensions(vue: MesureVue) -> Iterator[dict[str, Any]]:
    if vue.contenu.commentaire:
        yield {"url": MOTIF, "valueString": vue.contenu.commentaire}
    if moment := jeu(JEU_MOMENT).get(vue.contenu.moment):
        systeme = _URI.get(moment.systeme, f"urn:oid:{moment.systeme}")
        codage = {"system": systeme, "code": moment.code, "display": moment.libelle}
        yield {"url": MOMENT, "valueCodeableConcept": {"coding": [codage]}}
