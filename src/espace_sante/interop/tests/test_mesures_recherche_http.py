"""Measures searched over HTTP by a paired service (FHR-149)."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.sujets import sujet
from espace_sante.interop.tests.mesures import (
    TOUS,
    Service,
    appareil,
    lot,
    observation,
    refuse,
    trouves,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(71)


@pytest.fixture
def service(client: Client, scene: Scene) -> Service:
    return Service(client, scene, *TOUS)


@pytest.mark.rule("FHR-149")
def test_code_and_person_are_required_and_bounds_go_by_two(service: Service, scene: Scene) -> None:
    qui = ("subject.identifier", f"{scene.ins.urn}|{scene.ins.matricule}")
    poids = ("code", "29463-7")
    for criteres, codes in (
        ([qui], ["critere-code"]),
        ([poids], ["critere-subject-identifier"]),
        ([], ["critere-code", "critere-subject-identifier"]),
        ([qui, poids, ("date", "ge2022-01-01")], ["bornes-requises"]),
        ([qui, poids, ("date", "le2022-01-01")], ["bornes-requises"]),
        ([qui, poids, ("date", "lundi")], ["date-invalide"]),
        ([qui, ("code", "0000-0")], ["critere-code-inconnu"]),
        ([qui, poids, ("code", "8302-2")], ["critere-code"]),
        ([qui, poids, ("_count", "x")], ["count-invalide"]),
        ([qui, poids, ("_sort", "value")], ["parametre-invalide"]),
        ([qui, poids, ("_offset", "-1")], ["parametre-invalide"]),
        ([qui, poids, ("_include", "Observation:subject")], ["parametre-invalide"]),
        ([("subject.identifier", f"{scene.ins.urn}|12"), poids], ["ins-forme"]),
    ):
        adresse = f"/fhir/Observation?{urlencode(criteres)}"
        refuse(service.client.get(adresse, headers=service.entetes), 400, *codes)


@pytest.mark.rule("FHR-149")
def test_an_interval_the_last_one_and_pages(service: Service, scene: Scene) -> None:
    for jour in range(1, 8):
        service.ecrire(valeur=60 + jour, effectiveDateTime=f"2025-03-0{jour}T10:00:00+01:00")
    service.envoyer(lot(observation(scene.ins, valeur=70), appareil()))

    def valeurs(*criteres: tuple[str, str]) -> list[int]:
        return [o["valueQuantity"]["value"] for o in trouves(service.chercher("29463-7", *criteres))]

    assert valeurs(("date", "ge2025-03-02"), ("date", "le2025-03-04")) == [64, 63, 62]
    assert valeurs(("date", "gt2025-03-02"), ("date", "lt2025-03-04")) == [63]
    assert valeurs(("date", "2025-03-05")) == [65]
    assert valeurs(("_sort", "-date"), ("_count", "1")) == [70]
    assert valeurs(("_count", "3"), ("_offset", "1")) == [65, 64, 63]
    assert valeurs(("_count", "3"), ("_offset", "9")) == []
    reponse = service.chercher("29463-7", ("_count", "3"), ("_include", "Observation:device"))
    lot_ = json.loads(reponse.content)
    assert lot_["total"] == 8
    assert [e["resource"]["resourceType"] for e in lot_["entry"] if e["search"]["mode"] == "include"] == [
        "Device"
    ]
    liens = {x["relation"]: x["url"] for x in lot_["link"]}
    assert set(liens) == {"self", "next"}
    assert scene.ins.matricule not in json.dumps(liens)
    adresse = urlsplit(liens["next"])
    suite = service.client.get(f"{adresse.path}?{adresse.query}", headers=service.entetes)
    assert [o["valueQuantity"]["value"] for o in trouves(suite)] == [65, 64, 63]
    assert {x["relation"] for x in json.loads(suite.content)["link"]} == {"self", "next", "previous"}


@pytest.mark.rule("FHR-149", "FHR-21")
def test_pages_are_of_fifty_and_a_hundred_at_most(service: Service, scene: Scene) -> None:
    for rang in range(101):
        service.ecrire(valeur=60, effectiveDateTime=f"2025-01-01T00:{rang // 60:02d}:{rang % 60:02d}Z")
    assert len(trouves(service.chercher())) == 50
    assert len(trouves(service.chercher("29463-7", ("_count", "500")))) == 100
    assert trouves(service.chercher("29463-7", ("_count", "0"))) == []
    inconnu = json.loads(service.chercher("29463-7", ("component-code", "1"), ("_count", "1")).content)
    assert inconnu["entry"][-1]["search"]["mode"] == "outcome"


@pytest.mark.rule("OID-29", "FHR-149")
def test_the_person_may_be_named_by_the_pairing(service: Service, scene: Scene, client: Client) -> None:
    service.ecrire()
    sien = sujet("carnet-de-tension", scene.dossier_id)
    adresse = f"/fhir/Observation?code=29463-7&subject.identifier={settings.ES_BASE_URL}|"
    (lue,) = trouves(client.get(adresse + sien, headers=service.entetes))
    assert lue["subject"]["identifier"] == {"system": settings.ES_BASE_URL, "value": sien}
    assert scene.ins.matricule not in json.dumps(lue)
    reponse = client.get(adresse + sujet("autre", scene.dossier_id), headers=service.entetes)
    refuse(reponse, 403, "autre-titulaire")
