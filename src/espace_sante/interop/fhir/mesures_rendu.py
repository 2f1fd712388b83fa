"""A measure as an Observation, an instrument as a Device (FHR-141, MES-27). Pure.

What a service sent goes out as it came, overlaid with what the product governs (ADR 0007); what a holder typed is
written here. The holder is named as the asker named him, never by an INS that the asker may not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.mesures_personne import Personne
from espace_sante.interop.fhir.valeurs import ecrire_date
from espace_sante.profil_medical.genres import IMC, genres
from espace_sante.profil_medical.observation import CATEGORIE, PROFILS, code, corps, quantite
from espace_sante.profil_medical.queries import ImcVu, MesureVue

_TETE: Final = '{"resourceType":"Observation"'


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Who the resources are written for. `service`: the URI of this service, source of what its holders type."""

    dossier_id: UUID
    personne: Personne
    service: str

    @property
    def sujet(self) -> dict[str, Any]:
        identifiant = {"system": self.personne.systeme, "value": self.personne.valeur}
        if not self.personne.systeme:
            del identifiant["system"]
        return {"reference": f"Patient/{self.dossier_id}", "identifier": identifiant}


def observation(vue: MesureVue, lecteur: Lecteur) -> bytes:
    """One measure."""
    genre = genres()[vue.genre]
    profils = vue.contenu.profils or (
        [f"{PROFILS}{genre.profil}"] if genre.profil and not vue.contenu.ressource else []
    )
    source = lecteur.service if vue.auteur == "titulaire" else vue.source
    gouverne: dict[str, Any] = {
        "resourceType": "Observation",
        "id": composer(lecteur.dossier_id, vue.id),
        "meta": {
            "versionId": str(vue.version),
            "lastUpdated": ecrire_date(vue.maj_le),
            **({"source": source} if source else {}),
            **({"profile": profils} if profils else {}),
        },
        "subject": lecteur.sujet,
    }
    if vue.appareil_id is not None:
        gouverne["device"] = {"reference": f"Device/{composer(lecteur.dossier_id, vue.appareil_id)}"}
    if not vue.contenu.ressource:
        return orjson.dumps(gouverne | corps(vue))
    # The kept text is an object that begins with its resource type.
    reste = vue.contenu.ressource.removeprefix(_TETE)
    return orjson.dumps(gouverne)[:-1] + reste.encode()


def imc(vu: ImcVu, lecteur: Lecteur) -> tuple[str, bytes]:
    """(full URL, resource) of a BMI: computed, kept nowhere, so without an id to read it by (FHR-143)."""
    genre = genres()[IMC]
    return f"urn:uuid:{uuid5(vu.poids_id, vu.taille_id.hex)}", orjson.dumps(
        {
            "resourceType": "Observation",
            "meta": {"source": lecteur.service},
            "status": "final",
            "category": CATEGORIE,
            "code": code(genre),
            "subject": lecteur.sujet,
            "effectiveDateTime": ecrire_date(vu.quand),
            "valueQuantity": quantite(genre, str(vu.valeur)),
        }
    )


def appareil(dossier_id: UUID, appareil_id: UUID, ressource: dict[str, Any]) -> bytes:
    """One instrument."""
    return orjson.dumps({**ressource, "resourceType": "Device", "id": composer(dossier_id, appareil_id)})
