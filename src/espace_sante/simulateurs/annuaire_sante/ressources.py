"""The synthetic professionals and structures as resources of the directory, mailboxes of each type included (ANN-13)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from espace_sante.kernel.identifiants import (
    SYSTEME_IDNAT_PS,
    SYSTEME_RPPS,
    SYSTEME_STRUCTURE,
    rpps_vers_idnat,
)
from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.population.modeles import (
    ProfessionnelFictif,
    SituationFictive,
    StructureFictive,
)
from espace_sante.simulateurs.population.structures import STRUCTURES

Ressources = dict[str, list[dict[str, Any]]]
FICHIER: Final = "annuaire_sante.json"
_NOS: Final = "https://mos.esante.gouv.fr/NOS"
_BOITE: Final = (
    "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata"
)
_COURRIEL: Final = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type"
_TABLES: Final = {
    "TRE_G15": "TRE_G15-ProfessionSante",
    "TRE_R95": "TRE_R95-UsagerTitre",
    "TRE_R94": "TRE_R94-ProfessionSocial",
    "R02": "TRE_R02-SecteurActivite",
    "R23": "TRE_R23-ModeExercice",
    "R38": "TRE_R38-SpecialiteOrdinale",
    "R42": "TRE_R42-DESCnonQualifiant",
    "G05": "TRE_G05-SousSectionTableauCNOP",
    "R256": "TRE_R256-TypeMessagerie",
    "R257": "TRE_R257-TypeBAL",
}


def ressources(professionnels: Sequence[ProfessionnelFictif]) -> Ressources:
    """Everything, by type. HealthcareService and Device are there and empty, as the real one lists them."""
    situees = [(p, s) for p in professionnels for s in p.situations]
    return {
        "Organization": [_structure(s) for s in STRUCTURES],
        "Practitioner": [_personne(rang, p) for rang, p in enumerate(professionnels)],
        "PractitionerRole": [_activite(p, s) for p, s in situees],
        "HealthcareService": [],
        "Device": [],
    }


def ecrire(dossier: Path, lues: Ressources) -> None:
    """Write them whole or not at all; the simulator reads them again when they change."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    provisoire = dossier / f"{FICHIER}.{os.getpid()}.tmp"
    provisoire.write_bytes(msgspec.json.encode(lues))
    provisoire.replace(dossier / FICHIER)


def _personne(rang: int, p: ProfessionnelFictif) -> dict[str, Any]:
    situation = p.situations[0]
    savoir = situation.savoir_faire
    table = "G05" if situation.profession_code == "21" else "R42" if savoir.startswith("SI") else "R38"
    codages = [
        (situation.profession_systeme, situation.profession_code),
        *([(table, savoir)] if savoir else []),
    ]
    boites = [_boite(p.mssante, "PER", 1, rouge=rang % 10 == 9)]
    if rang % 6 == 0:
        # Two mailboxes, the preferred one is told second.
        nom = p.mssante.partition("@")[0]
        boites = [_boite(p.mssante, "PER", 2), _boite(f"{nom}@cabinet.mssante.example", "CAB", 1)]
    return {
        "resourceType": "Practitioner",
        "id": f"ps-{p.rpps}",
        "meta": {"source": "https://annuaire.example"},
        "language": "fr",
        "identifier": [
            _identifiant("IDNPS", SYSTEME_IDNAT_PS, rpps_vers_idnat(p.rpps)),
            _identifiant("RPPS", SYSTEME_RPPS, p.rpps),
        ],
        "active": p.actif,
        "name": [
            {
                "use": "usual",
                "family": p.nom,
                "given": [p.prenom],
                "prefix": ["M" if p.civilite == "M." else "MME"],
                **({"suffix": ["DR"]} if p.titre == "Dr" else {}),
            }
        ],
        "telecom": boites,
        "qualification": [{"code": _concept(t, c)} for t, c in codages],
    }


def _activite(p: ProfessionnelFictif, s: SituationFictive) -> dict[str, Any]:
    lieu = {"organization": {"reference": f"Organization/{s.structure.id}"}} if s.structure else {}
    return {
        "resourceType": "PractitionerRole",
        "id": str(s.id),
        "language": "fr",
        "identifier": [{"system": SYSTEME_RPPS, "value": f"{p.rpps}-{s.id}"}],
        "active": p.actif and s.actif,
        "practitioner": {"reference": f"Practitioner/ps-{p.rpps}"},
        **lieu,
        "code": [_concept("R23", "S" if s.structure else "L"), _concept("R02", s.secteur)],
    }


def _structure(s: StructureFictive) -> dict[str, Any]:
    nom = plier(s.nom).replace(" ", "-").lower()[:40]
    boites = [_boite(f"contact@{nom}.mssante.example", "ORG", 1)]
    if s.etablissement_code == "SA25":
        boites.append(_boite(f"resultats@{nom}.mssante.example", "APP", 2))
    return {
        "resourceType": "Organization",
        "id": s.id,
        "language": "fr",
        "identifier": [
            _identifiant("IDNST", SYSTEME_STRUCTURE, s.id),
            _identifiant("FINEG", "https://finess.esante.gouv.fr", s.finess),
        ],
        "active": True,
        "type": [_concept("R02", s.etablissement_code)],
        "name": s.nom,
        "telecom": [{"system": "phone", "value": s.telephone, "rank": 1}, *boites],
        "address": [
            {
                "line": [f"{s.adresse.numero} {s.adresse.voie}"],
                "city": s.adresse.commune,
                "postalCode": s.adresse.code_postal,
            }
        ],
    }


def _identifiant(genre: str, systeme: str, valeur: str) -> dict[str, Any]:
    types = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
    return {
        "use": "official",
        "type": {"coding": [{"system": types, "code": genre}]},
        "system": systeme,
        "value": valeur,
    }


def _concept(table: str, code: str) -> dict[str, Any]:
    nom = _TABLES[table]
    return {"coding": [{"system": f"{_NOS}/{nom}/FHIR/{nom.replace('_', '-', 1)}", "code": code}]}


def _boite(adresse: str, genre: str, rang: int, *, rouge: bool = False) -> dict[str, Any]:
    return {
        "extension": [
            {"url": _COURRIEL, "valueCoding": _concept("R256", "MSSANTE")["coding"][0]},
            {
                "url": _BOITE,
                "extension": [
                    {"url": "type", "valueCodeableConcept": _concept("R257", genre)},
                    {"url": "listeRouge", "valueBoolean": rouge},
                ],
            },
        ],
        "system": "email",
        "value": adresse,
        "rank": rang,
    }
