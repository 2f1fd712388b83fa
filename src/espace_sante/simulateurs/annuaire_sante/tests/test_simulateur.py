"""The fictitious directory as the demonstration serves it (ANN-13): its people, its interface, its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from espace_sante.identite import professions
from espace_sante.simulateurs.annuaire_sante import views
from espace_sante.simulateurs.annuaire_sante.ressources import Ressources, ecrire, ressources
from espace_sante.simulateurs.annuaire_sante.serveur import Panne
from espace_sante.simulateurs.population.professionnels import annuaire

BASE = "/simulateurs/annuaire/fhir/v2"


@pytest.fixture
def lues(settings: Any, tmp_path: Path) -> Iterator[Ressources]:
    settings.ES_DATA = tmp_path
    faites = ressources(annuaire(7).professionnels)
    ecrire(tmp_path / "simulateurs", faites)
    views.serveur.cache_clear()
    yield faites
    views.serveur.cache_clear()


def lire(client: Client, chemin: str, cle: str = "k") -> Any:
    return client.get(f"{BASE}/{chemin}", headers={"ESANTE-API-KEY": cle} if cle else {})


@pytest.mark.rule("ANN-13")
def test_enough_people_of_every_kind_and_none_who_exists(lues: Ressources) -> None:
    gens = lues["Practitioner"]
    assert len(gens) >= 30
    assert len(lues["Organization"]) >= 10
    assert any(not p["active"] for p in gens)
    numeros = {i["value"] for p in gens for i in p["identifier"] if "rpps" in i["system"]}
    assert len(numeros) == len(gens)
    assert all(n.startswith("990") and len(n) == 11 for n in numeros)
    metiers = {
        c["code"]
        for p in gens
        for q in p["qualification"]
        for c in q["code"]["coding"]
        if "TRE_G15" in c["system"]
    }
    assert {"10", "21", "40", "50", "60", "70"} <= metiers
    assert all(professions.existe("TRE_G15", m) for m in metiers)
    lieux = [r["practitioner"]["reference"] for r in lues["PractitionerRole"] if r["active"]]
    assert any(lieux.count(x) == 2 for x in lieux), "one person with two activities"
    boites = [t for r in (*gens, *lues["Organization"]) for t in r["telecom"] if t["system"] == "email"]
    genres = {
        x["valueCodeableConcept"]["coding"][0]["code"]
        for b in boites for e in b["extension"] for x in e.get("extension", ()) if x["url"] == "type"
    }  # fmt: skip
    assert genres == {"PER", "CAB", "ORG", "APP"}
    assert all(b["value"].endswith(".example") for b in boites)


@pytest.mark.rule("ANN-13", "ANN-01")
def test_served_through_the_interface_of_the_real_one(
    client: Client, lues: Ressources, vectors: Path
) -> None:
    assert lire(client, "Practitioner", cle="").status_code == 401
    assert json.loads(lire(client, "metadata").content)["fhirVersion"] == "4.0.1"
    lot = json.loads(lire(client, "Practitioner?family=morel").content)
    assert (lot["type"], lot["total"]) == ("searchset", 1)
    un = json.loads(lire(client, f"Practitioner/{lot['entry'][0]['resource']['id']}").content)
    assert un["name"][0]["family"] == "Morel"
    poste = client.post(
        f"{BASE}/Organization/_search", "address-city=montcendr%C3%A9",
        content_type="application/x-www-form-urlencoded", headers={"ESANTE-API-KEY": "k"},
    )  # fmt: skip
    assert json.loads(poste.content)["total"] == 2
    assert lire(client, "Medication").status_code == 404
    # Every type that the published statement serves is known here, with the elements of the published examples.
    statement = json.loads(
        (vectors / "fhir/annuaire/CapabilityStatement-AsServerDPCapabilityStatement.json").read_bytes()
    )
    assert {r["type"] for r in statement["rest"][0]["resource"]} == set(lues)
    for genre, exemple in (
        ("Practitioner", "Practitioner-334081DP"), ("PractitionerRole", "PractitionerRole-1578230DP"),
        ("Organization", "Organization-158480DP"),
    ):  # fmt: skip
        publie = json.loads((vectors / f"fhir/annuaire/{exemple}.json").read_bytes())
        optionnels = {"text", "meta", "extension", "organization"}
        assert all(set(publie) - optionnels <= set(r) for r in lues[genre])


def test_a_fault_is_asked_for_and_meets_the_next_call(client: Client, lues: Ressources) -> None:
    assert client.post("/simulateurs/annuaire/pannes/500").status_code == 204
    assert lire(client, "Practitioner").status_code == 500
    assert lire(client, "Practitioner").status_code == 200
    inconnue = client.post("/simulateurs/annuaire/pannes/incendie")
    assert (inconnue.status_code, Panne.TRONQUEE.value in inconnue.content.decode()) == (400, True)
    assert [lire(client, "Practitioner").status_code for _ in range(20)][-1] == 429, "the published rate"


@pytest.mark.rule("ANN-12")
def test_the_published_write_endpoint_patches_what_we_patch(vectors: Path) -> None:
    statement = json.loads(
        (
            vectors
            / "fhir/api-messagerie-securisee-sante/CapabilityStatement-AsMssServerCapabilityStatement.json"
        ).read_bytes()
    )
    (praticien,) = [r for r in statement["rest"][0]["resource"] if r["type"] == "Practitioner"]
    assert [i["code"] for i in praticien["interaction"]] == ["patch"]
    assert [p["name"] for p in praticien["searchParam"]] == ["identifier"]
