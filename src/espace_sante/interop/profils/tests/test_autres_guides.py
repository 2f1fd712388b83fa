"""The published files of the other guides follow R4, but for the faults that are told here (issue 4, Done when)."""

from __future__ import annotations

from pathlib import Path

import pytest

from espace_sante.interop.profils.tests.test_vecteurs import charger
from espace_sante.interop.profils.verification import verifier

GUIDES: dict[str, str] = {
    "annuaire": """CapabilityStatement-AsServerDPCapabilityStatement Organization-158480 Organization-158480DP
        Organization-481677 Organization-481677DP Organization-548812 Organization-548812DP
        Organization-example-organization-fictive Organization-example-organization-nancy Person-pp16dr-person
        Person-pp19dr-person Practitioner-334081 Practitioner-334081DP Practitioner-3719500 Practitioner-3719500DP
        PractitionerRole-1578230 PractitionerRole-1578230DP PractitionerRole-1738459 PractitionerRole-1738459DP
        PractitionerRole-5015602 PractitionerRole-5015602DP""",
    "api-messagerie-securisee-sante": """Bundle-mss-bundle-bal-per-elements Bundle-mss-bundle-bal-per-full
        CapabilityStatement-AsMssServerCapabilityStatement Practitioner-mss-practitioner-bal-per-dupont-elements
        Practitioner-mss-practitioner-bal-per-dupont Practitioner-mss-practitioner-bal-per-martin-elements
        Practitioner-mss-practitioner-bal-per-martin""",
    "cercle-de-soins": """Bundle-cds-bundle-transaction-creation-example CapabilityStatement-CDSConsommateur
        CapabilityStatement-CDSCreateurRestful CapabilityStatement-CDSCreateurTransaction
        CapabilityStatement-CDSGestionnaire CareTeam-cds-careteam-example Organization-cds-organization-example
        Patient-cds-patient-example RelatedPerson-cds-relatedperson-example""",
    "gestion-agendas-partages": """Appointment-example-req-appointment CapabilityStatement-GAP-Consommateur
        CapabilityStatement-GAP-DeclarantRDV CapabilityStatement-GAP-GestionnaireAgenda
        CapabilityStatement-GAP-GestionnaireRessources CapabilityStatement-Gap-Declarant Schedule-example
        Slot-example""",
    "notification-evenements": """CapabilityStatement-NdE-Emetteur
        CapabilityStatement-NdE-GestionnaireDAbonnements CapabilityStatement-NdE-GestionnaireDeNotifications
        CapabilityStatement-NdE-Souscripteur CommunicationRequest-com1 CommunicationRequest-com2""",
    "tracabilite-evenements": """AuditEvent-TDEAuditEventExample-2 AuditEvent-TDEAuditEventExample
        Bundle-TDEBundleResultatReponseRechercheTracesExample CapabilityStatement-TdEConsommateur
        CapabilityStatement-TdEGestionnaire CapabilityStatement-TdESource Device-DeviceExample
        Practitioner-PractitionerExample""",
}
# Translations without their text: an extension « content » that is empty or has no value.
_SANS_VALEUR = {("profil-invariant", "Extension#ext-1")}
_VALEUR_VIDE = {("profil-vide", "Extension#value[x]")}
FAUTES = {
    "Bundle-cds-bundle-transaction-creation-example": _VALEUR_VIDE,
    "CareTeam-cds-careteam-example": _VALEUR_VIDE,
    "Organization-cds-organization-example": _VALEUR_VIDE,
    "CapabilityStatement-CDSConsommateur": _SANS_VALEUR,
    "CapabilityStatement-CDSCreateurRestful": _SANS_VALEUR,
    "CapabilityStatement-CDSCreateurTransaction": _SANS_VALEUR,
    "CapabilityStatement-CDSGestionnaire": _SANS_VALEUR,
}
_FICHIERS = [(guide, nom) for guide, noms in GUIDES.items() for nom in noms.split()]


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_every_file_has_its_use(vectors: Path, guide: str) -> None:
    presents = {f.stem for f in (vectors / "fhir" / guide).iterdir() if f.is_file()}
    assert presents == set(GUIDES[guide].split())


@pytest.mark.rule("FHR-05")
@pytest.mark.parametrize(("guide", "nom"), _FICHIERS, ids=[nom for _, nom in _FICHIERS])
def test_a_published_file_follows_r4(vectors: Path, guide: str, nom: str) -> None:
    constats = verifier(charger(vectors, f"{guide}/{nom}.json"))
    assert {(c.code, c.diagnostic) for c in constats if c.refuse} == FAUTES.get(nom, set())
