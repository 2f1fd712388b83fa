"""Declaring a mailbox to the directory: built, off until the national endpoint opens (rule ANN-12)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from espace_sante.identite.annuaire_sante.client import ClientAnnuaire
from espace_sante.identite.annuaire_sante.erreurs import DeclarationRefusee
from espace_sante.identite.annuaire_sante.lecture import Boite
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, rpps_vers_idnat

_EXTENSION: Final = (
    "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata"
)
_GENRES: Final = "https://mos.esante.gouv.fr/NOS/TRE_R257-TypeBAL/FHIR/TRE-R257-TypeBAL"
_REFUS: Final = {
    404: ("declaration_inconnu", "L’annuaire ne connaît personne sous ce numéro."),
    412: ("declaration_plusieurs", "L’annuaire connaît plusieurs personnes sous ce numéro."),
}


def declarer_boite(client: ClientAnnuaire, rpps: str, boite: Boite) -> None:
    """Add a mailbox to the person of that number. Raises DeclarationRefusee, AnnuaireInjoignable, AnnuaireRefus."""
    if not settings.ES_ANNUAIRE_DECLARATION:
        raise DeclarationRefusee(
            "declaration_fermee", "La déclaration des boîtes à l’annuaire n’est pas ouverte."
        )
    statut = client.modifier("Practitioner", SYSTEME_IDNAT_PS, rpps_vers_idnat(rpps), _patch(boite))
    if not 200 <= statut < 300:
        code, phrase = _REFUS.get(
            statut, ("declaration_refusee", "L’annuaire a refusé la déclaration de cette boîte.")
        )
        raise DeclarationRefusee(code, phrase, statut=statut)


def _patch(boite: Boite) -> dict[str, Any]:
    """FHIRPath Patch: add one telecom with its MSSanté metadata."""
    genre = {"coding": [{"system": _GENRES, "code": boite.genre}]}
    telecom = {
        "extension": [
            {
                "url": _EXTENSION,
                "extension": [
                    {"url": "type", "valueCodeableConcept": genre},
                    {"url": "listeRouge", "valueBoolean": boite.liste_rouge},
                ],
            }
        ],
        "system": "email",
        "value": boite.adresse,
        "rank": boite.rang,
    }
    parties = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Practitioner"},
        {"name": "name", "valueString": "telecom"},
        {"name": "value", "valueContactPoint": telecom},
    ]
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parties}]}
