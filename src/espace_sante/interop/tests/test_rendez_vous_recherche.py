"""Searching appointments: every parameter and its alias, pages, leaks (FHR-157)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.interop.tests.agenda import SYSTEME, Programme, lps, rendez_vous
from espace_sante.interop.tests.lps import codes_refus, ressources

pytestmark = [pytest.mark.django_db, pytest.mark.rule("FHR-157")]


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(81)


@pytest.fixture
def lui(client: Client, scene: Scene) -> Programme:
    """Three appointments that differ in everything."""
    lui = lps(client, scene.medecin)
    patient = rendez_vous(scene.ins)["participant"][0]
    kine = {
        "actor": {"reference": "PractitionerRole/k-2", "type": "PractitionerRole", "display": "Kiné"},
        "status": "needs-action",
    }
    salle = {"actor": {"reference": "Location/salle", "display": "Salle 2"}, "status": "accepted"}
    for corps in (
        rendez_vous(scene.ins, "1"),
        rendez_vous(
            scene.ins, "2", status="pending", priority=1, description="Été : séance",
            start="2030-06-01T08:00:00Z", end="2030-06-01T09:00:00Z", created="2030-01-01T10:00:00Z",
            serviceType=[{"coding": [{"system": "urn:autre", "code": "k"}]}],
            supportingInformation=[{"reference": "DocumentReference/42"}], participant=[patient, kine, salle],
        ),
        rendez_vous(
            scene.ins, "3", status="proposed", start=None, end=None, priority=None, description=None, created=None,
            requestedPeriod=[{"start": "2031-01-04T09:15:00Z"}], participant=[patient, salle],
        ),
    ):  # fmt: skip
        assert lui.post(corps).status_code == 201
    return lui


def numeros(reponse: Any) -> list[str]:
    return [r["identifier"][0]["value"] for r in ressources(reponse)]


@pytest.mark.parametrize(
    ("criteres", "attendus"),
    [
        ({}, "123"),
        ({"status": "booked"}, "1"),
        ({"status": "booked,pending"}, "12"),
        ({"status": "http://hl7.org/fhir/appointmentstatus|proposed"}, "3"),
        ({"status": "urn:autre|proposed"}, ""),
        ({"date": "2030-03-05"}, "1"),
        ({"date": "ge2030-03-05"}, "123"),
        ({"date": "gt2030-03-05"}, "23"),
        ({"start": "lt2030-06-01T08:00:00Z"}, "1"),
        ({"start": "le2030-06"}, "12"),
        ({"earliestStart": "2030-06-01"}, "23"),
        ({"latestStart": "2030-06-01"}, "12"),
        ({"earliestStart": "2030-05-01", "latestStart": "2030-12-31"}, "2"),
        ({"GAP_Appointment_earliestStart": "2030-05-01", "GAP_Appointment_latestStart": "2030-12-31"}, "2"),
        ({"created": "2029-11"}, "1"),
        ({"GAP_Appointment_created": "ge2030-01-01T00:00:00Z", "status": "pending"}, "2"),
        ({"identifier": f"{SYSTEME}|2"}, "2"),
        ({"identifier": "3"}, "3"),
        ({"identifier": "urn:autre|2"}, ""),
        ({"identifier": f"{SYSTEME}|1,{SYSTEME}|3"}, "13"),
        ({"service-type": "1"}, "13"),
        ({"service-type": "http://example.org/types|1"}, "13"),
        ({"service-type": "urn:autre|k"}, "2"),
        ({"service-type": "urn:autre|1"}, ""),
        ({"priority": "5"}, "1"),
        ({"GAP_Appointment_priority": "1"}, "2"),
        ({"description": "consultation"}, "1"),
        ({"description": "été"}, "2"),
        ({"GAP_Appointment_description": "séance"}, ""),
        ({"actor": "Practitioner/12"}, "1"),
        ({"actor": "https://agenda.exemple.test/Practitioner/12"}, "1"),
        ({"actor": "urn:oid:1.2.250.1.71.4.2.1|899000000001"}, "1"),
        ({"GAP_Appointment_Actor": "Location/salle"}, "23"),
        ({"actor": "ocation/salle"}, ""),
        ({"practitioner": "Location/salle"}, ""),
        ({"practitioner": "PractitionerRole/k-2"}, "2"),
        ({"supporting-info": "DocumentReference/42"}, "2"),
        ({"supporting-info": "DocumentReference/4"}, ""),
        ({"status": "booked", "date": "ge2031"}, ""),
        ({"_sort": "-date"}, "321"),
        ({"_id": "0" * 64}, ""),
    ],
)
def test_each_parameter(lui: Programme, scene: Scene, criteres: dict[str, str], attendus: str) -> None:
    assert "".join(numeros(lui.chercher(scene.ins, **criteres))) == attendus
    compte = json.loads(lui.chercher(scene.ins, **{**criteres, "_count": "0"}).content)["total"]
    assert compte == len(attendus)


def test_the_patient_by_reference_and_by_post(lui: Programme, scene: Scene) -> None:
    assert len(numeros(lui.chercher(None, patient=f"Patient/{scene.dossier_id}"))) == 3
    assert len(numeros(lui.chercher(None, actor=f"Patient/{scene.dossier_id}"))) == 3
    par_formulaire = lui.client.post(
        "/fhir/Appointment/_search",
        f"patient.identifier={scene.ins.urn}%7C{scene.ins.matricule}&status=booked",
        content_type="application/x-www-form-urlencoded",
        headers=lui.en_tetes,
    )
    assert numeros(par_formulaire) == ["1"]
    refus = lui.chercher(None)
    assert (refus.status_code, codes_refus(refus)) == (400, ["critere-patient"])
    autre, _ = dossier(82)
    deux = lui.chercher(scene.ins, patient=f"Patient/{autre}")
    assert json.loads(deux.content)["total"] == 0


@pytest.mark.parametrize(
    "criteres",
    [{"date": "hier"}, {"date": "ne2030-01-01"}, {"_count": "x"}, {"start": "2030-01-01,2030-02-01"},
     {"status": ""}, {"patient": "1"}, {"_curseur": "AAAA"}, {"created": "ge"}],
)  # fmt: skip
def test_what_cannot_be_read(lui: Programme, scene: Scene, criteres: dict[str, str]) -> None:
    assert lui.chercher(scene.ins, **criteres).status_code == 400


def test_unknown_parameters(lui: Programme, scene: Scene) -> None:
    assert len(numeros(lui.chercher(scene.ins, couleur="bleu"))) == 3
    strict = lui.get(
        f"/fhir/Appointment?patient=Patient/{scene.dossier_id}&couleur=bleu", Prefer="handling=strict"
    )
    assert strict.status_code == 400


@pytest.mark.rule("FHR-23", "FHR-24", "FHR-25")
def test_pages_whatever_is_sealed(client: Client, scene: Scene) -> None:
    """Hundreds, one in three fits what is sealed: each once, in order; the link is the caller's own."""
    lui = lps(client, scene.medecin)
    for n in range(24):
        corps = rendez_vous(
            scene.ins, str(n), priority=n % 3, start=f"2030-03-{n % 5 + 1:02d}T09:00:00Z",
            end=f"2030-03-{n % 5 + 1:02d}T10:00:00Z",
        )  # fmt: skip
        assert lui.post(corps).status_code == 201
    vus: list[str] = []
    reponse = lui.chercher(scene.ins, priority="1", _count="3")
    for _ in range(10):
        assert len(ressources(reponse)) <= 3
        vus += [r["start"] + r["identifier"][0]["value"] for r in ressources(reponse)]
        suite = [x["url"] for x in json.loads(reponse.content)["link"] if x["relation"] == "next"]
        if not suite:
            break
        assert scene.ins.matricule not in suite[0]
        chemin = suite[0].removeprefix(settings.ES_BASE_URL)
        assert lps(client, scene.confrere).get(chemin).status_code == 403
        reponse = lui.get(chemin)
    assert len(vus) == len(set(vus)) == 8
    assert [v[:20] for v in vus] == sorted(v[:20] for v in vus)


def test_no_search_leaks_another_record(client: Client, lui: Programme, scene: Scene) -> None:
    autre, numero = dossier(83)
    voisin = lps(client, professionnel("99000000083"), "voisin")
    assert voisin.post(rendez_vous(numero, "1", description="Voisin")).status_code == 201
    for criteres in (
        {},
        {"identifier": f"{SYSTEME}|1"},
        {"description": "Voisin"},
        {"_id": f"{autre.hex}{'0' * 32}"},
    ):
        reponse = lui.chercher(scene.ins, **criteres)
        assert "Voisin" not in str(ressources(reponse))
        assert ressources(voisin.chercher(scene.ins, **criteres)) == []
