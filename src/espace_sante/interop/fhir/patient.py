"""TD0.2: the Patient that tells whether a record exists and in which state (FHR-41 to FHR-48)."""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.conf import settings

from espace_sante.acces.dicah import EtatConsentement
from espace_sante.acces.existence import Existence
from espace_sante.identite.queries import Identite
from espace_sante.kernel.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins

_DMP: Final = "https://interop.esante.gouv.fr/ig/fhir/dmp/StructureDefinition/"
PROFIL_ACTIF: Final = "urn:espace-sante-ouvert:profil-active"
ETAT_AUTORISATION: Final = "urn:espace-sante-ouvert:etat-autorisation"
# ACC-06: the asker is an administrateur of this record. ACC-68, ACC-69: what becomes of a message sent to the holder
# (`remis`, `en_attente_activation`, `non_remis`), and whether the holder can write.
ADMINISTRATEUR: Final = "urn:espace-sante-ouvert:administrateur"
MESSAGES: Final = "urn:espace-sante-ouvert:messages-au-titulaire"
RECOIT_DE_LUI: Final = "urn:espace-sante-ouvert:messages-du-titulaire"
_TYPES: Final = {OID_NIR: "INS-NIR", OID_NIA: "INS-NIA", OID_TEST: "INS-NIR-TEST", OID_DEMO: "INS-NIR-DEMO"}
_SEXES: Final = {"M": "male", "F": "female"}
_AUTORISATIONS: Final = {
    EtatConsentement.VALIDE: "valide",
    EtatConsentement.EXPIREE: "expiree",
    EtatConsentement.INEXISTANTE: "absente",
    EtatConsentement.INTERDITE: "interdite",
}


def ressource(e: Existence) -> dict[str, Any]:
    """The Patient resource. Traits are for comparison only: software must not show them (FHR-47)."""
    t = e.titulaire
    extensions: list[dict[str, Any]] = [
        {"url": PROFIL_ACTIF, "valueBoolean": e.active},
        {"url": f"{_DMP}dmp-rattachement-mes", "valueBoolean": e.espace_rattache},
        {"url": f"{_DMP}dmp-medecin-traitant", "valueBoolean": e.medecin_traitant},
        {"url": ETAT_AUTORISATION, "valueCode": _AUTORISATIONS[e.autorisation]},
        {"url": ADMINISTRATEUR, "valueBoolean": e.administrateur},
        {"url": MESSAGES, "valueCode": e.messages},
        {"url": RECOIT_DE_LUI, "valueBoolean": e.recoit_de_lui},
    ]
    if not e.ouvert and e.ferme_le is not None:
        extensions.append({"url": f"{_DMP}dmp-fermeture", "extension": _fermeture(e)})
    corps: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(e.dossier_id),
        "meta": {
            "lastUpdated": e.maj_le.isoformat(),
            "profile": ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient"],
        },
        "extension": extensions,
        "identifier": [
            _numero(ins, usage)
            for ins, usage in (
                (t.ins, "temp" if t.ins.oid == OID_NIA else "official"),
                *((ancien, "old") for ancien in e.anciens),
            )
            # A provisional number of ours is no INS: software is not told of it (INS-18).
            if ins.oid in _TYPES
        ],
        "active": e.ouvert,
    }
    return corps | (_traits(t) if settings.ES_PATIENT_TRAITS == "complets" else _initiales(t))


def _numero(ins: Ins, usage: str) -> dict[str, Any]:
    """One matricule with its type and its use; a former one still finds the record (FHR-48)."""
    return {
        "use": usage,
        "type": {
            "coding": [
                {
                    "system": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203",
                    "code": _TYPES[ins.oid],
                }
            ]
        },
        "system": ins.urn,
        "value": ins.matricule,
    }


def _traits(t: Identite) -> dict[str, Any]:
    """What software compares with the person that it knows (FHR-47)."""
    traits: dict[str, Any] = {
        "name": [
            {"use": "usual", "family": t.nom_affiche, "given": [t.prenom_affiche]},
            {"use": "official", "family": t.traits.nom_naissance, "given": t.traits.prenoms.split(" ")},
        ],
        "gender": _SEXES.get(t.traits.sexe, "unknown"),
    }
    if t.traits.date_naissance and "-00" not in t.traits.date_naissance:
        traits["birthDate"] = t.traits.date_naissance
    return traits


def _initiales(t: Identite) -> dict[str, Any]:
    """No trait at all (ACC-06): initials only."""
    return {
        "name": [
            {"use": "official", "family": t.traits.nom_naissance[:1], "given": [t.traits.prenoms[:1]]},
        ]
    }


def _fermeture(e: Existence) -> list[dict[str, Any]]:
    parties: list[dict[str, Any]] = [{"url": "dateFermeture", "valueDate": str(e.ferme_le)}]
    if e.motif_fermeture:
        coding = {"system": "https://interop.esante.gouv.fr/ig/fhir/dmp/CodeSystem/dmp-motif-fermeture",
                  "code": e.motif_fermeture}  # fmt: skip
        parties.append({"url": "motifFermeture", "valueCodeableConcept": {"coding": [coding]}})
    return parties


def rendre(e: Existence) -> bytes:
    """The Patient resource as JSON."""
    return orjson.dumps(ressource(e))
