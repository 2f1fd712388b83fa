"""A stored appointment as an Appointment: as its source sent it, under our id (FHR-05, FHR-154). Pure.

To anybody but its source nothing of the person's identity is told again: no INS, no name, no narrative.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from espace_sante.agenda.valeurs import GenreParticipant, RendezVousVu
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.valeurs import ecrire_date

PROFIL: Final = "https://interop.esante.gouv.fr/ig/fhir/gap/StructureDefinition/gap-fr-appointment"


def ressource(vu: RendezVousVu, *, pour: str) -> bytes:
    """The resource; `pour` is the source that asks, empty for the holder."""
    recue: dict[str, Any] = orjson.loads(vu.contenu.representation)
    meta: dict[str, Any] = recue.get("meta") or {}
    rendue: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": composer(vu.dossier_id, vu.id),
        "meta": {**meta, "versionId": str(vu.version), "lastUpdated": ecrire_date(vu.maj_le)},
        **{cle: valeur for cle, valeur in recue.items() if cle not in {"resourceType", "id", "meta"}},
    }
    if pour and pour != vu.source:
        _sans_identite(rendue, vu)
    return orjson.dumps(rendue)


def _sans_identite(rendue: dict[str, Any], vu: RendezVousVu) -> None:
    rendue.pop("text", None)
    patients = set()
    for participant, lu in zip(rendue["participant"], vu.contenu.participants, strict=True):
        if lu.genre is GenreParticipant.PATIENT:
            patients.add(str(participant["actor"].get("reference", "")))
            participant["actor"] = {"reference": f"Patient/{vu.dossier_id}", "type": "Patient"}
    # What is contained is kept but the person; an extension may name him too (the operator of the guide).
    contenus = [
        c
        for c in rendue.pop("contained", [])
        if f"#{c.get('id')}" not in patients and c.get("resourceType") != "Patient"
    ]
    if contenus:
        rendue["contained"] = contenus
    for cle in ("extension", "modifierExtension"):
        rendue.pop(cle, None)
