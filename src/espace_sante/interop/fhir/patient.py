"""TD0.2: the Patient that tells whether a record exists and in which state (FHR-41 to FHR-48)."""

from __future__ import annotations

from typing import Any, Final

import orjson

from espace_sante.acces.dicah import EtatConsentement
from espace_sante.acces.existence import Existence
from espace_sante.kernel.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST

_DMP: Final = "https://interop.esante.gouv.fr/ig/fhir/dmp/StructureDefinition/"
PROFIL_ACTIF: Final = "urn:espace-sante-ouvert:profil-active"
ETAT_AUTORISATION: Final = "urn:espace-sante-ouvert:etat-autorisation"
_TYPES: Final = {OID_NIR: "INS-NIR", OID_NIA: "INS-NIA", OID_TEST: "INS-NIR-TEST", OID_DEMO: "INS-NIR-DEMO"}
_SEXES: Final = {"M": "male", "F": "female"}
_AUTORISATIONS: Final = {
    EtatConsentement.VALIDE: "valide",
    EtatConsentement.EXPIREE: "expiree",
    EtatConsentement.INEXISTANTE: "absente",
}


def ressource(e: Existence) -> dict[str, Any]:
    """The Patient resource. Traits are for comparison only: software must not show them (FHR-47)."""
    t = e.titulaire
    extensions: list[dict[str, Any]] = [
        {"url": PROFIL_ACTIF, "valueBoolean": e.active},
        {"url": f"{_DMP}dmp-rattachement-mes", "valueBoolean": e.ouvert},
        # Nobody can be declared médecin traitant in this edition: the flag says so truly.
        {"url": f"{_DMP}dmp-medecin-traitant", "valueBoolean": False},
        {"url": ETAT_AUTORISATION, "valueCode": _AUTORISATIONS[e.autorisation]},
    ]
    if not e.ouvert and e.ferme_le is not None:
        extensions.append({"url": f"{_DMP}dmp-fermeture", "extension": _fermeture(e)})
    prenoms = t.traits.prenoms.split(" ")
    corps: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(e.dossier_id),
        "meta": {
            "lastUpdated": e.maj_le.isoformat(),
            "profile": ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient"],
        },
        "extension": extensions,
        "identifier": [
            {
                "use": "temp" if t.ins.oid == OID_NIA else "official",
                "type": {
                    "coding": [
                        {
                            "system": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203",
                            "code": _TYPES[t.ins.oid],
                        }
                    ]
                },
                "system": t.ins.urn,
                "value": t.ins.matricule,
            }
        ],
        "active": e.ouvert,
        "name": [
            {"use": "usual", "family": t.nom_affiche, "given": [t.prenom_affiche]},
            {"use": "official", "family": t.traits.nom_naissance, "given": prenoms},
        ],
        "gender": _SEXES.get(t.traits.sexe, "unknown"),
    }
    if t.traits.date_naissance and "-00" not in t.traits.date_naissance:
        corps["birthDate"] = t.traits.date_naissance
    return corps


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
