"""Measures written over HTTP by a paired service (FHR-141 to FHR-148, FHR-153)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique_appairage import SOLUTION_OID
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.tests.lps import codes_refus
from espace_sante.interop.tests.mesures import (
    TOUS,
    Service,
    appareil,
    il_y_a,
    jours,
    lot,
    moment,
    nombre,
    observation,
    quantite,
    refuse,
    trouves,
)
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.models import Appareil

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(71)


@pytest.fixture
def service(client: Client, scene: Scene) -> Service:
    return Service(client, scene, *TOUS)


@pytest.mark.rule("FHR-141")
@pytest.mark.parametrize("genre", [g for g in genres() if genres()[g].ecriture])
def test_each_kind_of_the_table_is_written_and_read_again(service: Service, scene: Scene, genre: str) -> None:
    valeur = {"igg": 7.1, "hba1c": 6.9, "douleur": 4, "temperature": 37.2, "perimetre_cranien": 50}.get(
        genre, 100
    )
    reponse = service.envoyer(lot(observation(scene.ins, genre, valeur)))
    assert reponse.status_code == 200, reponse.content
    assert [e["response"]["status"] for e in json.loads(reponse.content)["entry"]] == ["201 Created"]
    g = genres()[genre]
    (lue,) = trouves(service.chercher(g.code))
    assert lue["code"]["coding"][0] == {"system": g.systeme, "code": g.code}
    if g.compose:
        assert [c["valueQuantity"]["value"] for c in lue["component"]] == [120, 80]
    else:
        assert lue["valueQuantity"] == quantite(valeur, g.unite)


@pytest.mark.rule("FHR-141")
def test_the_instrument_is_created_once_for_a_service(service: Service, scene: Scene) -> None:
    premier = json.loads(service.envoyer(lot(observation(scene.ins), appareil())).content)
    second = json.loads(service.envoyer(lot(observation(scene.ins, valeur=72), appareil())).content)
    assert [e["response"]["status"] for e in premier["entry"]] == ["201 Created", "201 Created"]
    assert [e["response"]["status"] for e in second["entry"]] == ["200 OK", "201 Created"]
    lieux = [e["response"]["location"] for e in (*premier["entry"], *second["entry"])]
    assert lieux[0] == lieux[2] and lieux[0].startswith("Device/")
    assert nombre(scene, Appareil) == 1
    (lue, _) = trouves(service.chercher())
    assert lue["device"]["reference"] == lieux[0]
    appareil_lu = json.loads(service.appeler("GET", lieux[0]).content)
    assert appareil_lu["deviceName"][0]["name"] == "Ma balance"


@pytest.mark.rule("FHR-141")
def test_the_instrument_of_one_service_is_not_the_one_of_another(client: Client, scene: Scene) -> None:
    lieux = []
    for nom in ("service-a", "service-b"):
        s = Service(client, scene, "mesures.poids:ecrire", "mesures.taille:lire", client_id=nom)
        lieux.append(json.loads(s.envoyer(lot(observation(scene.ins), appareil())).content)["entry"][0])
    assert [x["response"]["status"] for x in lieux] == ["201 Created", "201 Created"]
    # B wrote a weight but may read none: A's instrument does not exist for it.
    assert s.appeler("GET", lieux[0]["response"]["location"]).status_code == 404
    assert s.appeler("GET", lieux[1]["response"]["location"]).status_code == 200


@pytest.mark.rule("FHR-141", "FHR-148")
@pytest.mark.parametrize("faute", ["sans_lien", "sans_identifiant", "autre_condition"])
def test_an_instrument_badly_joined_is_refused(service: Service, scene: Scene, faute: str) -> None:
    d, code = appareil(), "identifiant-appareil"
    corps = lot(observation(scene.ins), d)
    if faute == "sans_lien":
        del corps["entry"][1]["resource"]["device"]
        code = "lien-appareil"
    elif faute == "sans_identifiant":
        del d["identifier"]
    else:
        corps["entry"][0]["request"]["ifNoneExist"] = "identifier=urn:oid:1.2|autre"
    refuse(service.envoyer(corps), 422, code)
    assert nombre(scene) == nombre(scene, Appareil) == 0


@pytest.mark.rule("FHR-141")
@pytest.mark.parametrize("faute", ["type", "deux", "deux_appareils", "methode", "vide"])
def test_a_bundle_that_is_no_measure_is_refused(service: Service, scene: Scene, faute: str) -> None:
    corps = lot(observation(scene.ins))
    if faute == "type":
        corps["type"] = "batch"
    elif faute == "deux":
        corps["entry"].append(lot(observation(scene.ins, valeur=70))["entry"][0])
    elif faute == "deux_appareils":
        corps = lot(observation(scene.ins), appareil())
        corps["entry"].append(lot(observation(scene.ins), appareil("autre"))["entry"][0])
    elif faute == "methode":
        corps["entry"][0]["request"]["method"] = "PUT"
    else:
        del corps["entry"]
    refuse(service.envoyer(corps), 422, "lot-de-mesure")
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-142", "FHR-10")
def test_all_that_is_missing_is_told_together(service: Service, scene: Scene) -> None:
    corps = observation(
        scene.ins,
        status="preliminary",
        category=None,
        effectiveDateTime=None,
        subject={"reference": "Patient/1"},
    )
    reponse = service.envoyer(lot(corps))
    refuse(reponse, 422, "valeur-fixe", "valeur-fixe", "element-obligatoire", "element-obligatoire")
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-142", "MES-31")
@pytest.mark.parametrize(
    ("genre", "autres", "code"),
    [
        ("poids", {"valueQuantity": None}, "mesure-sans-valeur"),
        ("poids", {"valueQuantity": {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}},
         "mesure-sans-valeur"),
        ("poids", {"valueQuantity": None, "valueString": "70 kg"}, "mesure-forme-valeur"),
        ("poids", {"component": [{"code": {"text": "x"}}]}, "mesure-forme-valeur"),
        ("pression_arterielle", {"component": None}, "mesure-sans-valeur"),
        ("pression_arterielle", {"valueQuantity": quantite(120, "mm[Hg]")}, "mesure-forme-valeur"),
        ("poids", {"code": {"coding": [{"system": "http://loinc.org", "code": "2708-6"}]}}, "mesure-inconnue"),
        ("poids", {"code": {"coding": [{"system": "urn:oid:1.2.3", "code": "29463-7"}]}}, "mesure-inconnue"),
        ("poids", {"derivedFrom": [{"reference": "Observation/1"}]}, "element-non-garde"),
        ("poids", {"contained": [{"resourceType": "Patient", "id": "p"}]}, "element-non-garde"),
    ],
)  # fmt: skip
def test_what_is_no_measure_is_refused(
    service: Service, scene: Scene, genre: str, autres: dict[str, Any], code: str
) -> None:
    reponse = service.envoyer(lot(observation(scene.ins, genre, **autres)))
    assert reponse.status_code == 422, reponse.content
    assert code in codes_refus(reponse)
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-142")
@pytest.mark.parametrize("valeurs", [(80, 120), (120, 120), (500, 80), (120.5, 80)])
def test_a_blood_pressure_that_cannot_be_is_refused(
    service: Service, scene: Scene, valeurs: tuple[float, float]
) -> None:
    reponse = service.envoyer(lot(observation(scene.ins, "pression_arterielle", valeurs)))
    assert reponse.status_code == 422
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-143")
def test_a_bmi_is_never_written(service: Service, scene: Scene) -> None:
    refuse(service.envoyer(lot(observation(scene.ins, "imc", 22.5))), 422, "mesure-calculee")
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-143")
def test_the_bmi_is_that_of_the_last_weight_and_height(service: Service) -> None:
    assert trouves(service.chercher("39156-5")) == []
    service.ecrire("taille", 180, effectiveDateTime=il_y_a(40))
    service.ecrire("poids", 81, effectiveDateTime=il_y_a(30))
    service.ecrire("poids", 90, effectiveDateTime=il_y_a(2))
    derniere, premiere = trouves(service.chercher("39156-5"))
    assert (derniere["valueQuantity"]["value"], premiere["valueQuantity"]["value"]) == (27.8, 25.0)
    assert derniere["valueQuantity"]["code"] == "kg/m2"
    assert "id" not in derniere
    (seule,) = trouves(service.chercher("39156-5", ("_sort", "-date"), ("_count", "1")))
    assert seule["valueQuantity"]["value"] == 27.8


@pytest.mark.rule("FHR-144")
@pytest.mark.parametrize(
    ("genre", "extensions", "codes"),
    [
        ("glycemie", None, ["mesure-moment-requis"]),
        ("glycemie", [jours()], ["mesure-moment-requis", "mesure-jours-interdits"]),
        ("glycemie", [moment(), jours()], ["mesure-jours-interdits"]),
        ("glycemie", [{"url": moment()["url"], "valueString": "au réveil"}], ["mesure-moment-requis"]),
        ("glucose_interstitiel", None, ["mesure-jours-requis"]),
        ("glucose_interstitiel", [moment(), jours()], ["mesure-moment-interdit"]),
        ("igg", [moment()], ["mesure-moment-interdit", "mesure-jours-requis"]),
        ("hba1c", [moment()], ["mesure-moment-interdit"]),
        ("hba1c", [jours()], ["mesure-jours-interdits"]),
        ("poids", [{"url": moment()["url"], "valueString": "au réveil"}], ["mesure-moment-interdit"]),
        ("glycemie", [moment("16915-2")], ["mesure-code-hors-jeu"]),
        ("glycemie", [moment(systeme="http://exemple.test")], ["mesure-code-hors-jeu"]),
        ("igg", [jours("GEN-999")], ["mesure-code-hors-jeu"]),
    ],
)  # fmt: skip
def test_moment_and_days_go_with_their_kinds(
    service: Service, scene: Scene, genre: str, extensions: list[dict[str, Any]] | None, codes: list[str]
) -> None:
    valeur = 7 if genre in ("igg", "hba1c") else 100
    refuse(service.envoyer(lot(observation(scene.ins, genre, valeur, extension=extensions))), 422, *codes)
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-145")
@pytest.mark.parametrize("quantite_", [
    quantite(71000, "g"), quantite(71, "Kg"), {"value": 71, "unit": "kg"},
    {"value": 71, "system": "http://autre.test", "code": "kg"},
])  # fmt: skip
def test_another_unit_is_refused_and_never_converted(
    service: Service, scene: Scene, quantite_: dict[str, Any]
) -> None:
    refuse(service.envoyer(lot(observation(scene.ins, valueQuantity=quantite_))), 422, "mesure-unite")
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-146")
@pytest.mark.parametrize(
    ("valeur", "code"),
    [(0.1, "mesure-hors-bornes"), (601, "mesure-hors-bornes"), (71.1234, "mesure-decimales")],
)
def test_bounds_and_decimals_are_told(service: Service, scene: Scene, valeur: float, code: str) -> None:
    refuse(service.envoyer(lot(observation(scene.ins, valeur=valeur))), 422, code)
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-146", "MES-06")
def test_a_measure_is_between_birth_and_now(service: Service, scene: Scene) -> None:
    demain = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    refuse(service.envoyer(lot(observation(scene.ins, effectiveDateTime=demain))), 422, "mesure-date-future")
    refuse(
        service.envoyer(lot(observation(scene.ins, effectiveDateTime="1901-01-01"))),
        422,
        "mesure-avant-naissance",
    )
    refuse(service.envoyer(lot(observation(scene.ins, effectiveDateTime="hier"))), 422, "date-invalide")
    assert nombre(scene) == 0
    assert service.envoyer(lot(observation(scene.ins, effectiveDateTime="2022-11-06"))).status_code == 200


@pytest.mark.rule("FHR-147")
def test_method_and_site_are_of_their_value_sets(service: Service, scene: Scene) -> None:
    emdn = {"coding": [{"system": "urn:oid:1.2.250.1.213.2.68", "code": "V030210"}]}
    poignet = {"coding": [{"system": "http://snomed.info/sct", "code": "8205005", "display": "poignet"}]}
    assert service.envoyer(lot(observation(scene.ins, method=emdn))).status_code == 200
    assert (
        service.envoyer(lot(observation(scene.ins, "pression_arterielle", bodySite=poignet))).status_code
        == 200
    )
    for genre, autres in (
        ("taille", {"method": emdn}),
        ("poids", {"bodySite": poignet}),
        ("tour_de_taille", {"method": emdn}),
        ("pression_arterielle", {"bodySite": {"text": "bras"}}),
    ):
        refuse(
            service.envoyer(lot(observation(scene.ins, genre, 100, **autres))), 422, "mesure-code-hors-jeu"
        )
    assert nombre(scene) == 2


@pytest.mark.rule("FHR-148")
def test_the_source_is_the_solution(service: Service, scene: Scene) -> None:
    propre = f"urn:oid:{SOLUTION_OID}"
    for rang, (donnee, attendue) in enumerate(
        [(None, propre), (propre, propre), (SOLUTION_OID, propre), (f"{propre}.7", f"{propre}.7")]
    ):
        meta = {"profile": ["https://exemple.test/p"]} | ({"source": donnee} if donnee else {})
        fil = service.ecrire(valeur=60 + rang, meta=meta)
        assert json.loads(service.appeler("GET", f"Observation/{fil}").content)["meta"]["source"] == attendue
    for autre in ("urn:oid:1.2.250.1.999.2", f"{propre}7", "https://exemple.test"):
        corps = observation(scene.ins, valeur=80, meta={"source": autre})
        refuse(service.envoyer(lot(corps)), 409, "mesure-source")
    assert nombre(scene) == 4


@pytest.mark.rule("FHR-153")
def test_the_same_measure_sent_twice_is_stored_once(service: Service, client: Client, scene: Scene) -> None:
    corps = observation(scene.ins)
    premier, second = (json.loads(service.envoyer(lot(corps)).content)["entry"][0]["response"] for _ in "ab")
    assert (premier["status"], second["status"]) == ("201 Created", "200 OK")
    assert premier["location"] == second["location"]
    memes = {**corps, "valueQuantity": quantite(71.0, "kg")}
    assert json.loads(service.envoyer(lot(memes)).content)["entry"][0]["response"]["status"] == "200 OK"
    assert nombre(scene) == 1
    autre = Service(client, scene, "mesures.poids:ecrire", client_id="autre-service")
    assert json.loads(autre.envoyer(lot(corps)).content)["entry"][0]["response"]["status"] == "201 Created"
    for change in ({"effectiveDateTime": il_y_a(3)}, {"valueQuantity": quantite(71.5, "kg")}):
        reponse = json.loads(service.envoyer(lot({**corps, **change})).content)
        assert reponse["entry"][0]["response"]["status"] == "201 Created"
    assert nombre(scene) == 4


@pytest.mark.rule("MES-28", "FHR-141")
def test_the_other_code_of_glucose_is_read_as_the_one_of_the_table(service: Service, scene: Scene) -> None:
    service.ecrire(
        "glycemie",
        95,
        code={"coding": [{"system": "http://loinc.org", "code": "2339-0", "display": "Glucose"}]},
    )
    for code in ("2345-7", "2339-0", "http://loinc.org|2345-7"):
        (lue,) = trouves(service.chercher(code))
        assert [c["code"] for c in lue["code"]["coding"]] == ["2345-7"]


@pytest.mark.rule("FHR-05", "FHR-04")
def test_precision_and_foreign_extensions_survive_in_both_formats(service: Service, scene: Scene) -> None:
    corps = json.dumps(
        lot(observation(
            scene.ins, extension=[{"url": "https://exemple.test/x", "valueDecimal": 1.5}],
            interpretation=[{"text": "normal"}], note=[{"text": "À jeun"}],
        ))
    ).replace('"value": 71,', '"value": 71.50,')  # fmt: skip
    reponse = service.envoyer(vers_xml(corps.encode()), "application/fhir+xml", Accept="application/fhir+xml")
    assert reponse.status_code == 200, reponse.content
    assert reponse["Content-Type"].startswith("application/fhir+xml")
    brut = service.chercher().content
    assert b'"value":71.50' in brut
    (lue,) = trouves(service.chercher())
    assert lue["extension"] == [{"url": "https://exemple.test/x", "valueDecimal": 1.5}]
    assert (lue["interpretation"], lue["note"]) == ([{"text": "normal"}], [{"text": "À jeun"}])
    en_xml = service.appeler("GET", f"Observation/{lue['id']}", Accept="application/fhir+xml")
    assert json.loads(vers_json(en_xml.content))["valueQuantity"]["value"] == 71.5
    assert b'value="71.50"' in en_xml.content


@pytest.mark.parametrize(
    ("corps", "statut"),
    [
        (b"{", 400),
        (b'{"resourceType":"Bundle","resourceType":"Bundle"}', 400),
        (b'{"resourceType":"Bundle","inconnu":1}', 400),
        (b'{"resourceType":"Patient"}', 400),
        (b'{"resourceType":"Bundle","type":"transaction","entry":[' + b"{}," * 40_000 + b"{}]}", 413),
    ],
)  # fmt: skip
@pytest.mark.rule("FHR-07", "FHR-17")
def test_a_bad_body_leaves_nothing(service: Service, scene: Scene, corps: bytes, statut: int) -> None:
    assert service.envoyer(corps).status_code == statut
    assert nombre(scene) == 0


def test_odd_numbers_are_refused(service: Service, scene: Scene) -> None:
    for valeur in ('"71"', "1e999999999", "-71", "true", "71.00000000000000000001", "{}", "1E+3"):
        corps = json.dumps(lot(observation(scene.ins))).replace('"value": 71,', f'"value": {valeur},')
        assert service.envoyer(corps.encode()).status_code in (400, 422), valeur
    assert nombre(scene) == 0
