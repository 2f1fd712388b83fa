"""The examples of the public guide (IG-fhir-mesures-de-sante), as published: accepted, or refused with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.tests.scene import ouvrir_scene
from espace_sante.interop.tests.lps import codes_refus
from espace_sante.interop.tests.mesures import BASE, NOS, UCUM, Service, lot, observation, trouves

pytestmark = pytest.mark.django_db
DROITS = [
    f"mesures.{g}:{s}"
    for g in ("poids", "pression_arterielle", "hba1c", "douleur")
    for s in ("lire", "ecrire")
]
LOINC = "http://loinc.org"
NORMAL = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "N"}]
}


@pytest.fixture
def service(client: Client) -> Service:
    return Service(client, ouvrir_scene(73), *DROITS)


def publie(scene: Service, **elements: Any) -> dict[str, Any]:
    """The common part of the guide's examples, with a person of ours."""
    return {
        "resourceType": "Observation",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Pierre Durand</p></div>'},
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                  "code": "vital-signs"}]}],
        "subject": {"identifier": {"system": scene.ins.urn, "value": scene.ins.matricule}, "display": "Pierre Durand"},
        **elements,
    }  # fmt: skip


@pytest.mark.rule("FHR-141", "FHR-142")
def test_the_weight_with_its_scales(service: Service) -> None:
    """Bundle-bundle-example: the Device comes first, without ifNoneExist."""
    balance = {
        "resourceType": "Device",
        "id": "d36bfdb6-b1b1-4efd-9cb9-d217a8696575",
        "meta": {"profile": ["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"]},
        "identifier": [{
            "type": {"coding": [{"system": "http://hl7.org/fhir/uv/phd/CodeSystem/ContinuaDeviceIdentifiers",
                                 "code": "SYSID"}]},
            "system": "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680",
            "value": "FE-ED-AB-AA-DE-AD-77-C5",
        }],
        "manufacturer": "OMRONHEALTHCARE",
        "deviceName": [{"name": "Ma balance", "type": "patient-reported-name"}],
        "modelNumber": "HEM-9200T",
        "type": {"coding": [{"system": "urn:iso:std:iso:11073:10101", "code": "65573"}]},
        "specialization": [{
            "systemType": {"coding": [{"system": "urn:iso:std:iso:11073:10101", "code": "528457"}]}, "version": "2.3",
        }],
    }  # fmt: skip
    mesure = publie(
        service,
        id="5138af77-df7e-4b9d-ba17-07ba3ebb950a",
        meta={"profile": [f"{BASE}/mesures-fr-observation-body-weight"]},
        extension=[{"url": f"{BASE}/mesures-reason-for-measurement", "valueString": "Mon nouveau poids !"}],
        code={"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight"}]},
        effectiveDateTime="2022-08-22T01:56:16+01:00",
        valueQuantity={"value": 71, "unit": "kg", "system": UCUM, "code": "kg"},
    )
    corps = lot(mesure, balance)
    del corps["entry"][0]["request"]["ifNoneExist"]
    reponse = service.envoyer(corps)
    assert reponse.status_code == 200, reponse.content
    (lue,) = trouves(service.chercher())
    assert lue["effectiveDateTime"] == "2022-08-22T01:56:16+01:00"
    assert lue["extension"] == mesure["extension"] and lue["meta"]["profile"] == mesure["meta"]["profile"]
    # The narrative and the names that came with it are told to nobody.
    assert "Durand" not in json.dumps(lue)


@pytest.mark.rule("FHR-142", "FHR-147")
def test_the_blood_pressure_at_the_wrist(service: Service) -> None:
    """Observation-ExampleMesFrObservationBP001: a day, a site, interpretations."""
    composants = [
        {
            "code": {"coding": [{"system": LOINC, "code": code, "display": nom}]},
            "valueQuantity": {"value": valeur, "unit": "mm[Hg]", "system": UCUM, "code": "mm[Hg]"},
            "interpretation": [NORMAL],
        }
        for code, nom, valeur in (
            ("8480-6", "Systolic blood pressure", 107), ("8462-4", "Diastolic blood pressure", 60),
        )
    ]  # fmt: skip
    mesure = publie(
        service,
        meta={"profile": [f"{BASE}/mesures-fr-observation-bp"]},
        code={"coding": [{"system": LOINC, "code": "85354-9"}]},
        effectiveDateTime="2012-09-17",
        performer=[{"reference": "Practitioner/ExampleFrPractitionner001", "display": "Jean Dupont"}],
        bodySite={"coding": [{"system": "http://snomed.info/sct", "code": "8205005", "display": "poignet"}]},
        component=composants,
    )
    assert service.envoyer(lot(mesure)).status_code == 200
    (lue,) = trouves(service.chercher("85354-9"))
    for element in ("component", "bodySite", "performer", "effectiveDateTime"):
        assert lue[element] == mesure[element]


@pytest.mark.rule("FHR-144", "FHR-145")
def test_the_glycated_haemoglobin_in_milligrams(service: Service) -> None:
    """Observation-ExampleMesObservationGlucose001 contradicts the rules of its own interface: each fault is told."""
    extensions = [
        {
            "url": f"{BASE}/mesures-{nom}",
            "valueCodeableConcept": {"coding": [{"system": f"{NOS}/{s}", "code": c}]},
        }
        for nom, s, c in (
            ("moment-of-measurement", "TRE_A04-Loinc/FHIR/TRE-A04-Loinc", "16915-1"),
            ("number-of-days", "TRE_R308-TAASIP/FHIR/TRE-R308-TAASIP", "GEN-275"),
            ("diabetis-type", "TRE_R311-CIM10Atih/FHIR/TRE-R311-CIM10Atih", "E11.x0"),
        )
    ]
    mesure = publie(
        service,
        extension=extensions,
        code={"coding": [{"system": f"{NOS}/TRE_A04-Loinc/FHIR/TRE-A04-Loinc", "code": "4548-4"}]},
        effectiveDateTime="2022-11-06",
        valueQuantity={"value": 92, "unit": "milligramme par décilitre", "system": UCUM, "code": "mg/dL"},
    )
    reponse = service.envoyer(lot(mesure))
    assert reponse.status_code == 422
    assert codes_refus(reponse) == ["mesure-unite", "mesure-moment-interdit", "mesure-jours-interdits"]


@pytest.mark.rule("FHR-145", "FHR-147")
def test_the_pain_and_the_scales_of_another_terminology(service: Service) -> None:
    """The pain of the guide has the unit "Level" and the UCUM code 1; its scales are of CLADIMED, which J145 is not."""
    douleur = publie(
        service,
        code={"coding": [{"system": LOINC, "code": "72514-3"}]},
        effectiveDateTime="2022-11-06",
        valueQuantity={"value": 5, "unit": "Level", "system": UCUM, "code": "1"},
    )
    assert service.envoyer(lot(douleur)).status_code == 200
    cladimed = {"coding": [{"system": f"{NOS}/TRE_R306-CLADIMED/FHIR/TRE-R306-CLADIMED", "code": "K50BI02"}]}
    reponse = service.envoyer(lot(observation(service.ins, method=cladimed)))
    assert (reponse.status_code, codes_refus(reponse)) == (422, ["mesure-code-hors-jeu"])


@pytest.mark.rule("FHR-149")
def test_the_searches_of_the_published_interface(service: Service, client: Client) -> None:
    """API Mesures 1.5.2, §2.3.2: bounds with gt and lt, pages from 0, `Observation.device` with a dot."""
    for jour in ("2022-09-05", "2022-09-06", "2022-09-24"):
        service.ecrire(effectiveDateTime=jour)
    qui = f"subject.identifier={service.ins.urn}%7C{service.ins.matricule}"
    toutes = client.get(
        f"/fhir/Observation?{qui}&code=29463-7&date=gt2022-09-04&date=lt2022-09-23&_offset=0&_count=2"
        "&_include=Observation.device",
        headers=service.entetes,
    )
    assert [o["effectiveDateTime"] for o in trouves(toutes)] == ["2022-09-06", "2022-09-05"]
    derniere = client.get(
        f"/fhir/Observation?{qui}&code=29463-7&_sort=-date&_count=1&_include=Observation.device",
        headers=service.entetes,
    )
    assert [o["effectiveDateTime"] for o in trouves(derniere)] == ["2022-09-24"]


@pytest.mark.rule("FHR-09")
def test_a_measure_is_checked_without_being_kept(service: Service) -> None:
    reponse = service.appeler("POST", "Observation/$validate", observation(service.ins))
    assert reponse.status_code == 200
    reponse = service.appeler("POST", "Observation/$validate", {"resourceType": "Observation"})
    assert {i["severity"] for i in json.loads(reponse.content)["issue"]} >= {"error"}
    assert trouves(service.chercher()) == []
