"""Subscriptions over HTTP: made, read, changed, ended, refused (FHR-168, FHR-170)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces import controle
from espace_sante.acces.abonnements.demande import PAR_DOSSIER
from espace_sante.acces.models import Abonnement, Consentement, EnvoiAbonnement, SuiviAbonnement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
HOTE = "lps.example:8443"
ADRESSE = f"https://{HOTE}/avis"


def abonnement(numero: Ins, adresse: str = ADRESSE, **plus: Any) -> dict[str, Any]:
    canal = {"type": "rest-hook", "endpoint": adresse, **plus.pop("canal", {})}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Suivi du patient",
        "criteria": f"DocumentReference?patient.identifier={numero.urn}|{numero.matricule}{plus.pop('suite', '')}",
        "channel": canal,
        **plus,
    }


def inscrire(hote: str = HOTE) -> None:
    Logiciel.objects.filter(client_id="lps").update(hotes_notification=[hote])


def poster(lps: Lps, corps: object, acteur: Acteur | None = None, /, **plus: str) -> Any:
    brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
    media = plus.pop("media", FHIR)
    return lps.client.post(
        "/fhir/Subscription", brut, content_type=media, headers=entetes(acteur or lps.acteur, **plus)
    )


def changer(lps: Lps, lu: dict[str, Any], acteur: Acteur | None = None, /, **plus: str) -> Any:
    return lps.client.put(
        f"/fhir/Subscription/{lu['id']}", json.dumps(lu).encode(), content_type=FHIR,
        headers=entetes(acteur or lps.acteur, **plus),
    )  # fmt: skip


def finir(lps: Lps, fil: str, acteur: Acteur | None = None) -> Any:
    return lps.client.delete(f"/fhir/Subscription/{fil}", headers=entetes(acteur or lps.acteur))


def nombre(scene: Scene) -> int:
    with portee(scene.dossier_id):
        return Abonnement.objects.filter(dossier_id=scene.dossier_id).count()


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


@pytest.fixture
def medecin(client: Client, scene: Scene) -> Lps:
    lps = Lps(client, scene.medecin)
    inscrire()
    return lps


@pytest.mark.rule("FHR-168")
def test_made_read_changed_ended(medecin: Lps, scene: Scene) -> None:
    reponse = poster(medecin, abonnement(scene.ins, suite="&type=11488-4"))
    assert reponse.status_code == 201, reponse.content
    lu = json.loads(reponse.content)
    assert (lu["status"], lu["channel"]["endpoint"]) == ("active", ADRESSE)
    assert lu["criteria"].endswith("&type=11488-4")
    assert reponse["Location"].endswith(f"/Subscription/{lu['id']}/_history/1")
    assert json.loads(medecin.get(f"/fhir/Subscription/{lu['id']}").content) == lu
    change = changer(medecin, {**lu, "status": "off", "reason": "Terminé"}, **{"If-Match": 'W/"1"'})
    assert change.status_code == 200, change.content
    assert (json.loads(change.content)["status"], change["ETag"]) == ("off", 'W/"2"')
    assert not SuiviAbonnement.objects.filter(dossier_id=scene.dossier_id).exists()
    assert changer(medecin, lu, **{"If-Match": 'W/"1"'}).status_code == 412
    assert json.loads(changer(medecin, {**lu, "status": "active"}).content)["status"] == "active"
    assert SuiviAbonnement.objects.filter(dossier_id=scene.dossier_id).count() == 1
    fini = finir(medecin, lu["id"])
    assert (fini.status_code, fini.content) == (204, b"")
    assert medecin.get(f"/fhir/Subscription/{lu['id']}").status_code == 404
    assert finir(medecin, lu["id"]).status_code == 404
    assert (nombre(scene), SuiviAbonnement.objects.count(), EnvoiAbonnement.objects.count()) == (0, 0, 0)
    assert [t.motif for t in scene.traces("abonnement")] == [
        "cree",
        "change",
        "version_perimee",
        "change",
        "supprime",
    ]


@pytest.mark.rule("FHR-168", "FHR-04")
def test_in_xml_too(medecin: Lps, scene: Scene) -> None:
    corps = vers_xml(json.dumps(abonnement(scene.ins)).encode())
    reponse = poster(medecin, corps, media="application/fhir+xml", Accept="application/fhir+xml")
    assert reponse.status_code == 201, reponse.content
    assert json.loads(vers_json(reponse.content))["status"] == "active"


@pytest.mark.rule("FHR-168")
def test_what_was_asked_is_sealed_and_the_lookup_names_nobody(medecin: Lps, scene: Scene) -> None:
    assert poster(medecin, abonnement(scene.ins)).status_code == 201
    with portee(scene.dossier_id):
        garde = Abonnement.objects.get(dossier_id=scene.dossier_id)
    assert scene.ins.matricule.encode() not in bytes(garde.demande_scellee)
    assert b"lps.example" not in bytes(garde.demande_scellee)
    champs = {f.name for f in SuiviAbonnement._meta.get_fields()} | {
        f.name for f in EnvoiAbonnement._meta.get_fields()
    }
    assert champs == {
        "pk", "dossier_id", "abonnement_id", "document_id", "depuis", "fin", "quand", "apres", "essais",
    }  # fmt: skip


@pytest.mark.rule("FHR-168")
@pytest.mark.parametrize(
    "criteres",
    [
        "DocumentReference", "DocumentReference?", "Patient?patient.identifier={p}", "DocumentReference?patient={p}",
        "DocumentReference?patient.identifier={p}&author=x",
        "DocumentReference?patient.identifier={p}&patient.identifier={p}",
        "DocumentReference?patient.identifier={p}&type=zzz", "DocumentReference?patient.identifier={p}&type=",
        "DocumentReference?patient.identifier={p}&type=http://x|11488-4", "DocumentReference?type=11488-4",
        "DocumentReference?patient.identifier=123", "DocumentReference?patient.identifier={p}&type=a&type=b",
        "DocumentReference?subject.identifier={p}", "/DocumentReference?patient.identifier={p}",
        "DocumentReference?patient.identifier={p}&_count=1", "DocumentReference?patient.identifier:exact={p}",
    ],
)  # fmt: skip
def test_only_the_documents_of_one_patient_may_be_asked(medecin: Lps, scene: Scene, criteres: str) -> None:
    p = f"{scene.ins.urn}|{scene.ins.matricule}"
    reponse = poster(medecin, {**abonnement(scene.ins), "criteria": criteres.replace("{p}", p)})
    assert (reponse.status_code, codes_refus(reponse)) == (422, ["abonnement-criteres"])
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-168")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s: s["channel"].update(type="email"), "abonnement-canal"),
        (lambda s: s["channel"].update(type="websocket"), "abonnement-canal"),
        (lambda s: s["channel"].pop("endpoint"), "abonnement-canal"),
        (lambda s: s["channel"].update(endpoint="http://lps.example:8443/avis"), "abonnement-canal"),
        (lambda s: s["channel"].update(endpoint="https://a:b@lps.example:8443/avis"), "abonnement-canal"),
        (lambda s: s["channel"].update(endpoint="https://autre.example/avis"), "abonnement-hote"),
        (lambda s: s["channel"].update(endpoint="https://lps.example/avis"), "abonnement-hote"),
        (lambda s: s["channel"].update(header=["Authorization: Bearer x"]), "abonnement-entete"),
        (lambda s: s["channel"].update(payload="text/plain"), "abonnement-corps"),
        (lambda s: s.update(status="error"), "abonnement-statut"),
        (lambda s: s.update(error="x"), "abonnement-element"),
        (lambda s: s.update(extension=[{"url": "x", "valueCode": "y"}]), "abonnement-element"),
        (lambda s: s.update(end="2020-01-01T00:00:00Z"), "abonnement-fin"),
        (
            lambda s: s.update(end=(datetime.now(UTC) + timedelta(days=91)).isoformat(timespec="seconds")),
            "abonnement-fin",
        ),
    ],
)
def test_what_is_not_offered_is_422_and_leaves_nothing(
    medecin: Lps, scene: Scene, change: Callable[[dict[str, Any]], object], code: str
) -> None:
    corps = abonnement(scene.ins)
    change(corps)
    reponse = poster(medecin, corps)
    assert (reponse.status_code, codes_refus(reponse)) == (422, [code])
    assert nombre(scene) == 0
    assert SuiviAbonnement.objects.count() == 0


@pytest.mark.rule("FHR-168")
def test_its_end_is_ninety_days_ahead_at_most_and_by_default(medecin: Lps, scene: Scene) -> None:
    maintenant = datetime.now(UTC)
    lu = json.loads(poster(medecin, abonnement(scene.ins)).content)
    fin = datetime.fromisoformat(lu["end"])
    assert timedelta(days=90) - timedelta(minutes=1) < fin - maintenant <= timedelta(days=90, seconds=60)
    juste = (maintenant + timedelta(days=90)).isoformat(timespec="seconds")
    assert poster(medecin, abonnement(scene.ins, end=juste)).status_code == 201


@pytest.mark.rule("FHR-168", "ACC-02")
def test_only_with_a_valid_authorisation(medecin: Lps, scene: Scene) -> None:
    autre_id, autre = dossier(7)
    reponse = poster(medecin, abonnement(autre))
    assert (reponse.status_code, codes_refus(reponse)) == (403, ["dicah-c"])
    inconnu = poster(medecin, abonnement(ins(999)))
    assert (inconnu.status_code, codes_refus(inconnu)) == (403, ["dicah-d"])
    sans = poster(medecin, abonnement(scene.ins), **{"X-MES-Identite": "PROV"})
    assert codes_refus(sans) == ["dicah-i"]
    urgence = replace(medecin.acteur, finalite=ModeAcces.BRIS_DE_GLACE)
    assert codes_refus(poster(medecin, abonnement(scene.ins), urgence)) == ["abonnement-interdit"]
    portee_autre = replace(medecin.acteur, portees=frozenset({"user/Patient.r"}))
    assert codes_refus(poster(medecin, abonnement(scene.ins), portee_autre)) == ["insufficient_scope"]
    with portee(autre_id):
        assert not Abonnement.objects.filter(dossier_id=autre_id).exists()
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-168")
def test_nobody_reads_changes_or_ends_what_is_somebody_elses(
    client: Client, medecin: Lps, scene: Scene
) -> None:
    """Leak test: another user, another software, another record: it is not there."""
    lu = json.loads(poster(medecin, abonnement(scene.ins)).content)
    confrere = Lps(client, scene.confrere)
    Logiciel.objects.create(client_id="autre", nom="Autre", hotes_notification=[HOTE])
    ailleurs = replace(medecin.acteur, client_id="autre")
    for acteur in (confrere.acteur, ailleurs):
        lecture = medecin.client.get(f"/fhir/Subscription/{lu['id']}", headers=entetes(acteur))
        assert (lecture.status_code, codes_refus(lecture)) == (404, ["introuvable"])
        assert scene.ins.matricule not in lecture.content.decode()
        assert changer(medecin, lu, acteur).status_code == 404
        assert finir(medecin, lu["id"], acteur).status_code == 404
    autre_id, _ = dossier(8)
    for fil in (autre_id.hex + lu["id"][32:], uuid.uuid4().hex + lu["id"][32:], "x", "0" * 64):
        assert medecin.get(f"/fhir/Subscription/{fil}").status_code == 404
        assert finir(medecin, fil).status_code == 404
    assert nombre(scene) == 1


@pytest.mark.rule("FHR-168")
def test_an_update_keeps_the_patient_and_the_id(medecin: Lps, scene: Scene) -> None:
    lu = json.loads(poster(medecin, abonnement(scene.ins)).content)
    _, autre = dossier(7)
    ailleurs = changer(medecin, {**lu, "criteria": abonnement(autre)["criteria"]})
    assert (ailleurs.status_code, codes_refus(ailleurs)) == (422, ["abonnement-autre-patient"])
    sans_id = medecin.client.put(
        f"/fhir/Subscription/{lu['id']}", json.dumps(abonnement(scene.ins)).encode(), content_type=FHIR,
        headers=entetes(medecin.acteur),
    )  # fmt: skip
    assert codes_refus(sans_id) == ["abonnement-identifiant"]
    autre_hote = {**lu, "channel": {**lu["channel"], "endpoint": "https://x.example/"}}
    assert codes_refus(changer(medecin, autre_hote)) == ["abonnement-hote"]
    assert json.loads(medecin.get(f"/fhir/Subscription/{lu['id']}").content) == lu


@pytest.mark.rule("FHR-168")
def test_so_many_by_user_and_record_and_no_more(medecin: Lps, scene: Scene) -> None:
    for _ in range(PAR_DOSSIER):
        assert poster(medecin, abonnement(scene.ins)).status_code == 201
    reponse = poster(medecin, abonnement(scene.ins))
    assert (reponse.status_code, codes_refus(reponse)) == (422, ["abonnement-nombre"])


@pytest.mark.rule("FHR-170")
@pytest.mark.parametrize("cause", ["retrait", "fin", "blocage", "structure", "fermeture"])
def test_read_after_the_right_ended_it_is_off(medecin: Lps, scene: Scene, cause: str) -> None:
    from espace_sante.dossier.models import Dossier

    lu = json.loads(poster(medecin, abonnement(scene.ins)).content)
    with portee(scene.dossier_id):
        siens = Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=scene.medecin.rpps)
        if cause == "retrait":
            siens.update(retire_le=datetime.now(UTC))
        if cause == "fin":
            siens.update(expire_le=datetime.now(UTC) - timedelta(seconds=1))
        if cause == "fermeture":
            Dossier.objects.filter(dossier_id=scene.dossier_id).update(etat="CLOTURE")
    if cause in ("blocage", "structure"):
        with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
            if cause == "blocage":
                controle.bloquer(espace, "professionnel", scene.medecin.rpps)
            else:
                controle.bloquer(espace, "structure", scene.medecin.structure_id)
    relu = json.loads(medecin.get(f"/fhir/Subscription/{lu['id']}").content)
    assert (relu["status"], relu["meta"]["versionId"]) == ("off", "2")
    assert SuiviAbonnement.objects.count() == 0
    if cause != "fermeture":
        assert scene.traces("abonnement")[-1].motif == "eteint"


def test_an_unsubscribed_colleague_of_the_same_structure_gets_nothing_more(
    medecin: Lps, scene: Scene
) -> None:
    autre = Lps(medecin.client, professionnel("99000000009"))
    reponse = poster(autre, abonnement(scene.ins))
    assert codes_refus(reponse) == ["dicah-c"]
