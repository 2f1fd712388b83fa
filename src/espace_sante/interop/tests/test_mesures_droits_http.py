"""Who may read, change and delete measures over HTTP, and what is left of it (FHR-150 to FHR-152)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import Client

from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.interop.tests.lps import Lps, entetes
from espace_sante.interop.tests.mesures import (
    TOUS,
    Service,
    lot,
    nombre,
    observation,
    refuse,
    trouves,
)
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.profil_medical.models import Mesure
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(71)


@pytest.fixture
def service(client: Client, scene: Scene) -> Service:
    return Service(client, scene, *TOUS)


@pytest.mark.rule("FHR-150", "FHR-152")
def test_each_kind_and_each_way_needs_its_consent(client: Client, scene: Scene) -> None:
    plein = Service(client, scene, *TOUS, client_id="plein")
    fil = plein.ecrire()
    plein.ecrire("taille", 180)
    lecteur = Service(client, scene, "mesures.poids:lire", client_id="lecteur")
    assert len(trouves(lecteur.chercher())) == 1
    refuse(lecteur.chercher("8302-2"), 403, "accord-absent")
    refuse(lecteur.chercher("39156-5"), 403, "accord-absent")
    assert lecteur.envoyer(lot(observation(scene.ins))).status_code == 403
    ecrivain = Service(client, scene, "mesures.poids:ecrire", "mesures.taille:lire", client_id="ecrivain")
    refuse(ecrivain.chercher(), 403, "accord-absent")
    refuse(ecrivain.appeler("GET", f"Observation/{fil}"), 403, "accord-absent")
    refuse(ecrivain.envoyer(lot(observation(scene.ins, "taille", 180))), 403, "accord-absent")
    refuse(ecrivain.appeler("DELETE", f"Observation/{fil}"), 403, "accord-absent")
    assert nombre(scene) == 2


@pytest.mark.rule("FHR-150")
def test_a_service_changes_and_deletes_what_it_wrote(service: Service, client: Client, scene: Scene) -> None:
    fil = service.ecrire()
    corps = {**observation(scene.ins, valeur=72), "id": fil}
    reponse = service.appeler("PUT", f"Observation/{fil}", corps)
    assert (reponse.status_code, reponse["ETag"]) == (200, 'W/"2"')
    assert json.loads(reponse.content)["valueQuantity"]["value"] == 72
    assert service.appeler("GET", f"Observation/{fil}", **{"If-None-Match": 'W/"2"'}).status_code == 304
    refuse(
        service.appeler("PUT", f"Observation/{fil}", corps, **{"If-Match": 'W/"1"'}),
        412,
        "mesure-version-perimee",
    )
    refuse(
        service.appeler("PUT", f"Observation/{fil}", {**observation(scene.ins, "taille", 180), "id": fil}),
        422, "mesure-autre-genre",
    )  # fmt: skip
    refuse(service.appeler("PUT", f"Observation/{fil}", observation(scene.ins)), 400, "valeur-fixe")
    autre = Service(client, scene, *TOUS, client_id="autre-service")
    refuse(autre.appeler("PUT", f"Observation/{fil}", corps), 403, "mesure-non-auteur")
    refuse(autre.appeler("DELETE", f"Observation/{fil}"), 403, "mesure-non-auteur")
    second = service.ecrire(valeur=90)
    refuse(service.appeler("PUT", f"Observation/{second}", {**corps, "id": second}), 409, "mesure-en-double")
    assert nombre(scene) == 2
    assert service.appeler("DELETE", f"Observation/{fil}", **{"If-Match": 'W/"1"'}).status_code == 412
    assert service.appeler("DELETE", f"Observation/{fil}").status_code == 204
    assert service.appeler("GET", f"Observation/{fil}").status_code == 404
    assert service.appeler("DELETE", f"Observation/{fil}").status_code == 404
    assert nombre(scene) == 1


@pytest.mark.rule("FHR-152", "REG-16")
def test_a_token_opens_one_record_only(service: Service, client: Client, scene: Scene) -> None:
    voisin = ouvrir_scene(72)
    chez_lui = Service(client, voisin, *TOUS, client_id="chez-lui")
    fil = chez_lui.ecrire(valeur=99)
    assert trouves(service.chercher()) == []
    refuse(service.chercher(numero=voisin.ins), 403, "autre-titulaire")
    refuse(service.envoyer(lot(observation(voisin.ins))), 403, "autre-titulaire")
    inconnu = Ins.lire("1" + "0" * 12 + "97", scene.ins.oid, verifier_cle=False)
    refuse(service.chercher(numero=inconnu), 403, "autre-titulaire")
    assert service.appeler("GET", f"Observation/{fil}").status_code == 404
    assert service.appeler("DELETE", f"Observation/{fil}").status_code == 404
    assert (
        service.appeler("PUT", f"Observation/{fil}", {**observation(scene.ins), "id": fil}).status_code == 404
    )
    assert nombre(voisin) == 1 and nombre(scene) == 0


@pytest.mark.rule("FHR-151")
def test_professionals_have_no_right_on_measures(service: Service, client: Client, scene: Scene) -> None:
    fil = service.ecrire()
    lps = Lps(client, scene.medecin)
    qui = f"subject.identifier={scene.ins.urn}|{scene.ins.matricule}"
    refuse(lps.get(f"/fhir/Observation?code=29463-7&{qui}"), 403, "mesures-reservees")
    refuse(lps.get(f"/fhir/Observation/{fil}"), 403, "mesures-reservees")
    refuse(client.delete(f"/fhir/Observation/{fil}", headers=entetes(lps.acteur)), 403, "mesures-reservees")
    reponse = client.post("/fhir", json.dumps(lot(observation(scene.ins))), content_type="application/fhir+json",
                          headers=entetes(lps.acteur))  # fmt: skip
    assert reponse.status_code == 400
    assert nombre(scene) == 1


@pytest.mark.rule("FHR-152")
def test_each_token_is_judged(service: Service, client: Client, scene: Scene) -> None:
    corps = lot(observation(scene.ins))
    for entetes_, statut in (
        ({}, 401),
        ({**service.entetes, "Authorization": "Bearer faux"}, 401),
        ({"Authorization": service.entetes["Authorization"]}, 400),
        ({**service.entetes, "X-Id-Token": "faux"}, 400),
    ):
        for appel in (
            lambda h: client.post(
                "/fhir", json.dumps(corps), content_type="application/fhir+json", headers=h
            ),
            lambda h: client.get("/fhir/Observation?code=29463-7", headers=h),
        ):
            assert appel(entetes_).status_code == statut, (entetes_, statut)
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-150")
def test_the_holder_reads_all_and_writes_his_own(service: Service, client: Client, scene: Scene) -> None:
    fil = service.ecrire()
    portees = {f"patient/Observation.{x}" for x in "crus"}
    moi = replace(Lps(client, scene.medecin).acteur, genre=scene.moi.genre, rpps="", structure_id="",
                  dossier_id=scene.dossier_id, portees=frozenset(portees))  # fmt: skip
    h = entetes(moi)
    qui = f"subject.identifier={scene.ins.urn}|{scene.ins.matricule}"
    assert len(trouves(client.get(f"/fhir/Observation?code=29463-7&{qui}", headers=h))) == 1
    refuse(client.delete(f"/fhir/Observation/{fil}", headers=h), 403, "mesure-non-auteur")
    reponse = client.post("/fhir", json.dumps(lot(observation(scene.ins))), content_type="application/fhir+json",
                          headers=h)  # fmt: skip
    assert reponse.status_code == 200, reponse.content
    mien = json.loads(reponse.content)["entry"][0]["response"]["location"]
    refuse(service.appeler("DELETE", mien), 403, "mesure-non-auteur")
    assert client.delete(f"/fhir/{mien}", headers=h).status_code == 204


@pytest.mark.rule("AUD-01", "FHR-40")
def test_every_act_is_in_the_holders_history_without_any_value(service: Service, scene: Scene) -> None:
    fil = service.ecrire()
    service.chercher()
    service.appeler("PUT", f"Observation/{fil}", {**observation(scene.ins, valeur=73.25), "id": fil})
    service.appeler("DELETE", f"Observation/{fil}")
    with portee(scene.dossier_id):
        traces = list(
            Trace.objects.filter(dossier_id=scene.dossier_id, action__startswith="mesure").order_by("id")
        )
    assert [t.action for t in traces] == [
        "mesure_ajoutee",
        "mesures_lues",
        "mesure_changee",
        "mesure_supprimee",
    ]
    assert {(t.document_titre, t.acteur_nom, t.acteur_genre) for t in traces} == {
        ("Poids", "Carnet de tension", "service")
    }
    assert not any("73" in t.document_titre + t.motif for t in traces)


@pytest.mark.rule("REG-18")
def test_what_was_measured_is_sealed(service: Service, scene: Scene) -> None:
    service.ecrire(valeur=71.25, note=[{"text": "secret"}])
    with portee(scene.dossier_id):
        mesure = Mesure.objects.get(dossier_id=scene.dossier_id)
    assert b"71.25" not in bytes(mesure.scelle) and b"secret" not in bytes(mesure.scelle)
