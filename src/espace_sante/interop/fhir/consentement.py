"""Consent of TD0.3 ↔ an authorisation of the caller on a record (FHR-52 to FHR-54). Pure.

No published form says how the consent was got: three extensions of our own do (FHR-52, open point of part K).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
from msgspec import UnsetType

from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat, RefusFhir, lever_si_refus
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.patients import Designation, lire_designation
from espace_sante.interop.fhir.structs_consent import LIRE_CONSENT, Consent, ConsentProvision
from espace_sante.interop.fhir.valeurs import lire_id, present
from espace_sante.kernel.identifiants import OID_PS

MODE: Final = "urn:espace-sante-ouvert:mode-recueil"
CODE: Final = "urn:espace-sante-ouvert:code-acces"
INFORME: Final = "urn:espace-sante-ouvert:information-donnee"
MODES: Final = ("oral", "ecrit", "numerique", "code_acces")
SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
_SYSTEMES_PS: Final = frozenset({f"urn:oid:{OID_PS}", "https://rpps.esante.gouv.fr"})


@dataclass(frozen=True, slots=True, repr=False)
class Demande:
    """An authorisation asked for: on whom, how the holder agreed. `repr` shows nothing of it.

    `pour` is the national id of who it serves, empty for a care team (`equipe_id`).
    """

    patient: Designation
    pour: str
    equipe_id: UUID | None
    mode: str
    code: str = ""
    informe: bool = False


def lire_consent(corps: bytes, *, fictifs: bool) -> Demande:
    """Read a Consent. Raises RefusFhir 400 with every finding."""
    c = lire(corps, LIRE_CONSENT, Consent)
    constats: list[Constat] = []

    def fixe(chemin: str, lu: str, attendu: str) -> None:
        if lu != attendu:
            constats.append(Erreur.VALEUR_FIXE.constat(chemin, element=chemin, attendu=attendu))

    fixe("Consent.status", present(c.status), "active")
    portees = (
        [] if isinstance(c.scope, UnsetType) or isinstance(c.scope.coding, UnsetType) else c.scope.coding
    )
    fixe(
        "Consent.scope", next((present(p.code) for p in portees if p.system == SCOPE), ""), "patient-privacy"
    )
    patient: Designation | Erreur = Erreur.PATIENT_FORME
    if isinstance(c.patient, structs.Reference):
        patient = lire_designation(c.patient, lambda _: None, fictifs=fictifs)
    if isinstance(patient, Erreur):
        constats.append(patient.constat("Consent.patient"))
    provision = c.provision if isinstance(c.provision, ConsentProvision) else ConsentProvision()
    fixe("Consent.provision.type", present(provision.type), "permit")
    pour, equipe_id = _acteur(provision, constats)
    valeurs = _extensions(c, constats)
    mode = valeurs.get(MODE)
    if mode not in MODES:
        constats.append(Erreur.MODE_RECUEIL.constat("Consent.extension"))
    if (mode == "code_acces") != isinstance(valeurs.get(CODE), str) or (equipe_id and mode == "code_acces"):
        constats.append(Erreur.CODE_ACCES_FORME.constat("Consent.extension"))
    lever_si_refus(constats)
    if isinstance(patient, Erreur):
        raise RefusFhir([patient.constat("Consent.patient")])
    return Demande(
        patient, pour, equipe_id, str(mode), str(valeurs.get(CODE, "")), valeurs.get(INFORME) is True
    )


def _acteur(provision: ConsentProvision, constats: list[Constat]) -> tuple[str, UUID | None]:
    """Whom it serves: one professional by his national id, or one care team."""
    acteurs = [] if isinstance(provision.actor, UnsetType) else provision.actor
    reference = acteurs[0].reference if len(acteurs) == 1 else None
    if isinstance(reference, structs.Reference):
        texte = present(reference.reference)
        if texte.startswith("CareTeam/") and (equipe := lire_id(texte.removeprefix("CareTeam/"))):
            return "", equipe
        identifiant = reference.identifier
        if isinstance(identifiant, structs.Identifier) and present(identifiant.system) in _SYSTEMES_PS:
            valeur = present(identifiant.value)
            return (
                valeur if valeur.startswith("8") and len(valeur) > len("12345678901") else f"8{valeur}"
            ), None
    constats.append(Erreur.BENEFICIAIRE.constat("Consent.provision.actor"))
    return "", None


def _extensions(c: Consent, constats: list[Constat]) -> dict[str, Any]:
    """Our own extensions; another one would not be kept, and is refused."""
    valeurs: dict[str, Any] = {}
    for rang, brute in enumerate([] if isinstance(c.extension, UnsetType) else c.extension):
        lue = msgspec.json.decode(brute)
        url = lue.get("url") if isinstance(lue, dict) else None
        cles = [k for k in lue if k.startswith("value")] if isinstance(lue, dict) else []
        if url not in (MODE, CODE, INFORME) or len(cles) != 1 or url in valeurs:
            constats.append(Erreur.ELEMENT_INCONNU.constat(f"Consent.extension[{rang}]"))
        else:
            valeurs[url] = lue[cles[0]]
    return valeurs


def rendre(
    fil: str,
    dossier_id: UUID,
    pour: str,
    mode: str,
    depuis: datetime,
    jusqua: datetime,
    *,
    actif: bool = True,
) -> bytes:
    """The authorisation as a Consent; never the code that opened it."""
    return orjson.dumps(
        {
            "resourceType": "Consent",
            "id": fil,
            "meta": {"versionId": "1" if actif else "2"},
            "extension": [{"url": MODE, "valueCode": mode}],
            "status": "active" if actif else "inactive",
            "scope": {"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": {"reference": f"Patient/{dossier_id}"},
            "dateTime": depuis,
            "policyRule": {"text": "Code de la santé publique, articles L1111-17 et R1111-46"},
            "provision": {
                "type": "permit",
                "period": {"start": depuis, "end": jusqua},
                "actor": [
                    {
                        "role": {"text": "Professionnel autorisé"},
                        "reference": {"identifier": {"system": f"urn:oid:{OID_PS}", "value": pour}}
                        if pour.isdigit()
                        else {"reference": pour},
                    }
                ],
            },
        }
    )
