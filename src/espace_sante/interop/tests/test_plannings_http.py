"""Schedules and slots: absent by default; kept, searched and booked where they are switched on (FHR-158, FHR-159)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.agenda.models import Creneau, Planning
from espace_sante.interop.fhir.planning import DISPONIBILITE, DUREE
from espace_sante.interop.fhir.rendez_vous_recherche import vrai_nom
from espace_sante.interop.tests.agenda import Programme, lps, rendez_vous
from espace_sante.interop.tests.lps import codes_refus, ressources

pytestmark = pytest.mark.django_db
JSON_PATCH = "application/json-patch+json"
# Decorated names of Slot in the guide.
_PLANNINGS = {
    "GAP_Slot_earliestStart": "earliestStart",
    "GAP_Slot_latestStart": "latestStart",
    "GAP_Schedule_Actor": "schedule.actor",
    "Schedule-actor": "schedule.actor",
}


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(87)


@pytest.fixture
def tenus(settings: Any) -> None:
    settings.ES_AGENDA_CRENEAUX = True


def _plage(debut: str, fin: str, genre: str = "free") -> dict[str, Any]:
    return {
        "url": DISPONIBILITE,
        "extension": [
            {"url": "type", "valueCoding": {"code": genre}},
            {"url": "start", "valueDateTime": debut},
            {"url": "end", "valueDateTime": fin},
        ],
    }


def _duree(minutes: object = 30, unite: str = "min") -> dict[str, Any]:
    return {
        "url": DUREE,
        "extension": [
            {"url": "serviceType", "valueCodeableConcept": {"coding": [{"system": "urn:t", "code": "1"}]}},
            {"url": "duration", "valueDuration": {"value": minutes, "code": unite}},
        ],
    }  # fmt: skip


def planning(numero: str = "1", **autres: Any) -> dict[str, Any]:
    """Two hours free, in slots of thirty minutes."""
    return {
        "resourceType": "Schedule",
        "identifier": [{"system": "urn:planning", "value": numero}],
        "actor": [{"reference": "Practitioner/1", "display": "Dr Langdon"}],
        "extension": [_plage("2030-03-05T09:00:00Z", "2030-03-05T11:00:00Z"), _duree()],
        **autres,
    }


def _patch(lui: Programme, id_: str, operations: object) -> Any:
    return lui.client.patch(
        f"/fhir/Schedule/{id_}", json.dumps(operations), content_type=JSON_PATCH, headers=lui.en_tetes
    )


def _creneaux(lui: Programme, **criteres: str) -> list[dict[str, Any]]:
    return ressources(lui.client.get("/fhir/Slot", criteres, headers=lui.en_tetes))


@pytest.mark.rule("FHR-158", "FHR-03")
def test_by_default_there_is_no_such_thing(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    for reponse in (
        lui.post(planning(), "/fhir/Schedule"), lui.get("/fhir/Slot"), lui.get("/fhir/Slot/1"),
        lui.put(planning(), chemin="/fhir/Schedule/1"), client.delete("/fhir/Schedule/1"), lui.get("/fhir/Schedule/1"),
    ):  # fmt: skip
        assert (reponse.status_code, codes_refus(reponse)) == (404, ["ressource-non-offerte"])
    types = {r["type"] for r in json.loads(client.get("/fhir/metadata").content)["rest"][0]["resource"]}
    assert types & {"Appointment", "Schedule", "Slot"} == {"Appointment"}
    ailleurs = rendez_vous(scene.ins, slot=[{"reference": "Slot/00000000-0000-0000-0000-000000000001"}])
    assert lui.post(ailleurs).status_code == 201, "a slot is kept as it came, without effect"


@pytest.mark.rule("FHR-158", "FHR-02")
def test_where_it_is_on_it_is_told_and_asks_for_a_token(client: Client, tenus: None) -> None:
    lues = json.loads(client.get("/fhir/metadata").content)["rest"][0]["resource"]
    dites = {r["type"]: {i["code"] for i in r["interaction"]} for r in lues}
    assert dites["Schedule"] == {"create", "update", "patch", "delete"}
    assert dites["Slot"] == {"read", "search-type"}
    for verbe in (client.put, client.patch, client.delete):
        assert verbe("/fhir/Schedule/1").status_code == 401
    assert client.post("/fhir/Schedule").status_code == 401
    assert client.get("/fhir/Slot").status_code == client.get("/fhir/Slot/1").status_code == 401


@pytest.mark.rule("FHR-158")
def test_a_schedule_is_put_changed_patched_and_taken_away(client: Client, scene: Scene, tenus: None) -> None:
    lui = lps(client, scene.medecin)
    mis = lui.post(planning(), "/fhir/Schedule")
    assert mis.status_code == 201, mis.content
    recu = json.loads(mis.content)
    assert mis["Location"].endswith(f"/fhir/Schedule/{recu['id']}")
    assert [c["start"] for c in _creneaux(lui)] == [
        f"2030-03-05T{h}:00.000Z" for h in ("09:00", "09:30", "10:00", "10:30")
    ]
    plus_long = planning(extension=[_plage("2030-03-05T09:00:00Z", "2030-03-05T11:00:00Z"), _duree(1, "h")])
    assert lui.put(plus_long, chemin=f"/fhir/Schedule/{recu['id']}").status_code == 200
    assert len(_creneaux(lui)) == 2
    pause = _plage("2030-03-06T09:00:00Z", "2030-03-06T09:30:00Z", "busy-unavailable")
    fait = _patch(lui, recu["id"], [
        {"op": "test", "path": "/identifier/0/value", "value": "1"},
        {"op": "add", "path": "/extension/-", "value": pause},
        {"op": "replace", "path": "/actor/0/display", "value": "Dr L."},
    ])  # fmt: skip
    assert (fait.status_code, fait["ETag"]) == (200, 'W/"3"'), fait.content
    assert [c["status"] for c in _creneaux(lui)] == ["free", "free", "busy-unavailable"]
    assert _patch(lui, recu["id"], [{"op": "add", "path": "/active", "value": False}]).status_code == 200
    assert _creneaux(lui) == []
    assert client.delete(f"/fhir/Schedule/{recu['id']}", headers=lui.en_tetes).status_code == 204
    assert client.delete(f"/fhir/Schedule/{recu['id']}", headers=lui.en_tetes).status_code == 404
    assert not Planning.objects.exists()
    assert not Creneau.objects.exists()


@pytest.mark.rule("FHR-158")
def test_only_its_source_changes_it(client: Client, scene: Scene, tenus: None) -> None:
    lui, autre = lps(client, scene.medecin), lps(client, scene.confrere)
    id_ = json.loads(lui.post(planning(), "/fhir/Schedule").content)["id"]
    for refus in (
        autre.put(planning(), chemin=f"/fhir/Schedule/{id_}"),
        _patch(autre, id_, [{"op": "add", "path": "/active", "value": False}]),
        client.delete(f"/fhir/Schedule/{id_}", headers=autre.en_tetes),
    ):
        assert (refus.status_code, codes_refus(refus)) == (403, ["planning-interdit"])
    double = lui.post(planning(), "/fhir/Schedule")
    assert (double.status_code, codes_refus(double)) == (409, ["planning-en-double"])
    assert autre.post(planning(), "/fhir/Schedule").status_code == 201
    assert len(_creneaux(autre)) == 8, "availabilities are for every program that books"


@pytest.mark.rule("FHR-158")
@pytest.mark.parametrize(
    ("autres", "statut", "code"),
    [
        ({"actor": [{"display": "Dr"}]}, 422, "planning-invalide"),
        ({"extension": [_plage("2030-03-05T11:00:00Z", "2030-03-05T09:00:00Z")]}, 422, "planning-invalide"),
        ({"extension": [_plage("hier", "2030-03-05T09:00:00Z")]}, 422, "planning-invalide"),
        ({"extension": [_duree(0)]}, 422, "planning-invalide"),
        ({"extension": [_duree("x")]}, 422, "planning-invalide"),
        ({"extension": [_duree(5, "a")]}, 422, "planning-invalide"),
        ({"extension": [_plage("2030-01-01", "2040-01-01"), _duree(1)]}, 422, "planning-trop-grand"),
        ({"inconnu": 1}, 400, "element-inconnu"),
    ],
)
def test_schedules_that_cannot_be_kept(
    client: Client, scene: Scene, tenus: None, autres: dict[str, Any], statut: int, code: str
) -> None:
    refus = lps(client, scene.medecin).post(planning(**autres), "/fhir/Schedule")
    assert (refus.status_code, codes_refus(refus)) == (statut, [code])
    assert not Planning.objects.exists()


@pytest.mark.rule("FHR-158")
@pytest.mark.parametrize(
    ("operations", "statut"),
    [
        ({}, 400), ([], 400), ([1], 400), ([{"op": "move", "path": "/a", "from": "/b"}], 400),
        ([{"op": "replace", "path": "/id", "value": "x"}], 422), ([{"op": "remove", "path": "/absent"}], 422),
        ([{"op": "remove", "path": "/actor"}], 422), ([{"op": "add", "path": "/actor/9", "value": {}}], 422),
        ([{"op": "test", "path": "/identifier/0/value", "value": "2"}], 422),
        ([{"op": "replace", "path": "/actor/x/display", "value": "y"}], 422),
        ([{"op": "add", "path": "/zzz", "value": 1}], 400),
    ],
)  # fmt: skip
def test_patches_that_change_nothing(
    client: Client, scene: Scene, tenus: None, operations: object, statut: int
) -> None:
    lui = lps(client, scene.medecin)
    id_ = json.loads(lui.post(planning(), "/fhir/Schedule").content)["id"]
    assert _patch(lui, id_, operations).status_code == statut
    assert Planning.objects.get().version == 1


@pytest.mark.rule("FHR-158")
@pytest.mark.parametrize(
    ("criteres", "attendus"),
    [
        ({}, 4), ({"status": "free"}, 4), ({"status": "busy"}, 0), ({"status": "free,busy"}, 4),
        ({"start": "2030-03-05T09:30:00Z"}, 1), ({"start": "ge2030-03-05T10:00:00Z"}, 2),
        ({"earliestStart": "2030-03-05T09:30:00Z", "latestStart": "2030-03-05T10:00:00Z"}, 2),
        ({"GAP_Slot_earliestStart": "2030-03-05T10:30:00Z"}, 1), ({"GAP_Slot_latestStart": "2030-03-04"}, 0),
        ({"schedule.actor": "Practitioner/1"}, 4), ({"GAP_Schedule_Actor": "Practitioner/2"}, 0),
        ({"Schedule-actor": "Practitioner/1"}, 4), ({"schedule": "Schedule/x"}, 0), ({"identifier": "x"}, 0),
    ],
)  # fmt: skip
def test_searching_slots(
    client: Client, scene: Scene, tenus: None, criteres: dict[str, str], attendus: int
) -> None:
    lui = lps(client, scene.medecin)
    id_ = json.loads(lui.post(planning(), "/fhir/Schedule").content)["id"]
    assert len(_creneaux(lui, **criteres)) == attendus
    assert len(
        _creneaux(lui, schedule=f"Schedule/{id_}", **criteres if "schedule" not in criteres else {})
    ) in (attendus, 4)
    un = _creneaux(lui)[0]
    assert _creneaux(lui, identifier=f"urn:ietf:rfc:3986|urn:uuid:{un['id']}") == [un]
    assert json.loads(lui.get(f"/fhir/Slot/{un['id']}").content) == un
    page = json.loads(lui.client.get("/fhir/Slot", {"_count": "3"}, headers=lui.en_tetes).content)
    (suite,) = [x["url"] for x in page["link"] if x["relation"] == "next"]
    assert len(ressources(lui.get(suite[suite.index("/fhir") :]))) == 1
    for faux in ({"start": "x"}, {"_suite": "!!"}, {"_count": "-1"}):
        assert lui.client.get("/fhir/Slot", faux, headers=lui.en_tetes).status_code == 400


@pytest.mark.rule("FHR-159")
def test_a_booked_slot_is_given_back_by_a_cancellation(client: Client, scene: Scene, tenus: None) -> None:
    lui, autre = lps(client, scene.medecin), lps(client, scene.confrere)
    lui.post(planning(), "/fhir/Schedule")
    creneau = _creneaux(lui)[0]["id"]
    prendre: dict[str, Any] = {"slot": [{"reference": f"Slot/{creneau}"}]}
    demande = rendez_vous(scene.ins, "0", status="proposed", **prendre)
    assert lui.post(demande).status_code == 201
    assert len(_creneaux(lui, status="free")) == 4, "a wish takes nothing"
    assert lui.post(rendez_vous(scene.ins, **prendre)).status_code == 201
    assert [c["id"] for c in _creneaux(lui, status="busy")] == [creneau]
    pris = autre.post(rendez_vous(scene.ins, **prendre))
    assert (pris.status_code, codes_refus(pris)) == (409, ["creneau-pris"])
    assert autre.chercher(scene.ins).json()["total"] == 0, "nothing of the refused one is kept"
    assert lui.put(rendez_vous(scene.ins, description="Le même", **prendre)).status_code == 200
    inconnu = rendez_vous(scene.ins, "5", slot=[{"reference": f"Slot/{scene.dossier_id}"}])
    refus = lui.post(inconnu)
    assert (refus.status_code, codes_refus(refus)) == (422, ["creneau-inconnu"])
    assert lui.put(rendez_vous(scene.ins, status="cancelled", **prendre)).status_code == 200
    assert len(_creneaux(lui, status="free")) == 4
    assert autre.post(rendez_vous(scene.ins, **prendre)).status_code == 201
    assert scene.ins.matricule.encode() not in lui.get(f"/fhir/Slot/{creneau}").content


@pytest.mark.rule("FHR-154", "FHR-155", "FHR-158")
def test_the_published_examples(client: Client, scene: Scene, tenus: None, vectors: Path) -> None:
    """The guide's Appointment has no INS: refused until it has; its Schedule is kept and cut; its Slot is not a writing."""
    dossier = vectors / "fhir" / "gestion-agendas-partages"
    lui = lps(client, scene.medecin)
    demande = json.loads((dossier / "Appointment-example-req-appointment.json").read_text())
    refus = lui.post(demande)
    assert (refus.status_code, codes_refus(refus)) == (422, ["rendez-vous-patient"])
    demande["participant"][0]["actor"]["identifier"] = {"system": scene.ins.urn, "value": scene.ins.matricule}
    mis = lui.post(demande)
    assert mis.status_code == 201, mis.content
    recu = json.loads(mis.content)
    assert {c: v for c, v in recu.items() if c not in ("id", "meta")} == {
        c: v for c, v in demande.items() if c not in ("id", "meta")
    }
    assert recu["meta"]["profile"] == demande["meta"]["profile"]
    assert (
        len(
            ressources(
                lui.chercher(scene.ins, identifier="http://example.org/sampleappointment-identifier|123")
            )
        )
        == 1
    )
    assert (
        lui.post(json.loads((dossier / "Schedule-example.json").read_text()), "/fhir/Schedule").status_code
        == 201
    )
    assert len(_creneaux(lui)) == 48, "twelve hours, by fifteen minutes"
    creneau = json.loads((dossier / "Slot-example.json").read_text())
    assert lui.post(creneau, "/fhir/Slot").status_code == 405
    assert lui.post(creneau).status_code == 400


@pytest.mark.rule("FHR-157", "FHR-158", "FHR-02")
def test_the_published_statements_of_the_guide_are_met(client: Client, tenus: None, vectors: Path) -> None:
    """What the guide asks of the keeper of an agenda, and what its declarers and consumers call, is offered."""
    dossier = vectors / "fhir" / "gestion-agendas-partages"
    offertes = {r["type"]: r for r in json.loads(client.get("/fhir/metadata").content)["rest"][0]["resource"]}
    lues = {
        f.stem.removeprefix("CapabilityStatement-"): json.loads(f.read_text())
        for f in dossier.glob("Cap*.json")
    }
    assert set(lues) == {"GAP-Consommateur", "GAP-DeclarantRDV", "GAP-GestionnaireAgenda", "GAP-GestionnaireRessources",
                         "Gap-Declarant"}  # fmt: skip
    for nom in ("GAP-GestionnaireAgenda", "GAP-DeclarantRDV"):
        for voulue in (r for x in lues[nom]["rest"] for r in x["resource"]):
            offerte = offertes[voulue["type"]]
            assert {i["code"] for i in voulue["interaction"]} <= {
                i["code"] for i in offerte["interaction"]
            }, nom
            noms = {
                _PLANNINGS.get(vrai_nom(s["name"]), vrai_nom(s["name"]))
                for s in voulue.get("searchParam", ())
            }
            assert noms <= {p["name"] for p in offerte.get("searchParam", ())} | {
                "earliestStart",
                "latestStart",
            }, nom
    # People, places and equipment are kept by directories, not here.
    ressources = {r["type"] for x in lues["GAP-GestionnaireRessources"]["rest"] for r in x["resource"]}
    assert not ressources & {"Appointment", "Schedule", "Slot"}
