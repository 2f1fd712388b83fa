"""Existence of a record (TD0.2), capabilities, and what is not offered."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, ins, professionnel
from espace_sante.identite.portees import ALIMENTATION
from espace_sante.interop import formats
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes, logiciel, ressources
from espace_sante.interop.views import publiques
from espace_sante.kernel.codes import EtatProfil

pytestmark = pytest.mark.django_db


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


@pytest.mark.rule("FHR-41", "FHR-43", "FHR-45", "FHR-46", "FHR-48", "FHR-44")
@pytest.mark.parametrize(
    ("etat", "trouve", "actif", "active"),
    [
        (EtatProfil.ACTIVE, 1, True, True),
        (EtatProfil.CREE_AUTO, 1, True, False),
        (EtatProfil.CLOTURE, 1, False, False),
        (EtatProfil.OPPOSE, 0, False, False),
        (EtatProfil.NOTIFIE, 0, False, False),
        (None, 0, False, False),
    ],
)
def test_existence(medecin: Lps, etat: EtatProfil | None, trouve: int, actif: bool, active: bool) -> None:
    numero = dossier(3, etat=etat)[1] if etat else ins(3)
    chemin = f"/fhir/Patient?{urlencode({'identifier': f'{numero.urn}|{numero.matricule}'})}"
    reponse = medecin.get(chemin)
    patients = ressources(reponse)
    assert json.loads(reponse.content)["total"] == len(patients) == trouve
    if not trouve:
        # Opposed and unknown are the same answer.
        assert reponse.content == medecin.get(chemin).content
        return
    (patient,) = patients
    extensions = {e["url"].rpartition("/")[2].rpartition(":")[2]: e for e in patient["extension"]}
    assert patient["active"] is actif
    assert extensions["profil-active"]["valueBoolean"] is active
    assert extensions["etat-autorisation"]["valueCode"] == "absente"
    assert {"dmp-rattachement-mes", "dmp-medecin-traitant"} <= extensions.keys()
    assert patient["identifier"][0]["value"] == numero.matricule
    assert patient["identifier"][0]["use"] == "official"
    assert patient["identifier"][0]["type"]["coding"][0]["code"] == "INS-NIR-TEST"
    assert numero.matricule not in patient["id"]
    assert json.loads(medecin.get(f"/fhir/Patient/{patient['id']}").content) == patient


@pytest.mark.rule("FHR-42", "FHR-50")
def test_existence_by_anything_else(medecin: Lps) -> None:
    _, numero = dossier()
    for criteres in (
        {"identifier": numero.matricule},
        {"identifier": f"{numero.urn}|{numero.matricule[:5]}*"},
        {"identifier": f"urn:oid:1.2.3|{numero.matricule}"},
        {},
    ):
        assert medecin.get(f"/fhir/Patient?{urlencode(criteres)}").status_code == 400
    fausse = f"{numero.matricule[:13]}{(int(numero.matricule[13:]) + 1) % 97:02d}"
    reponse = medecin.get(f"/fhir/Patient?{urlencode({'identifier': f'{numero.urn}|{fausse}'})}")
    assert json.loads(reponse.content)["total"] == 0
    avis = json.loads(reponse.content)["entry"][0]["resource"]["issue"]
    assert avis[0]["details"]["coding"][0]["code"] == "ins-cle"
    noms = medecin.get("/fhir/Patient?family=MARTIN")
    assert ressources(noms) == []
    assert medecin.get("/fhir/Patient?family=MARTIN", Prefer="handling=strict").status_code == 400
    for inconnu in ("1", str(uuid.uuid4()), numero.matricule):
        assert medecin.get(f"/fhir/Patient/{inconnu}").status_code == 404


def test_feeding_software_may_test_existence_but_not_read(client: Client) -> None:
    _, numero = dossier()
    etroit = replace(logiciel(professionnel()), portees=ALIMENTATION)
    criteres = urlencode({"identifier": f"{numero.urn}|{numero.matricule}"})
    assert client.get(f"/fhir/Patient?{criteres}", headers=entetes(etroit)).status_code == 200
    assert client.get("/fhir/DocumentReference?patient=1", headers=entetes(etroit)).status_code == 403
    assert client.get(f"/fhir/Binary/{'0' * 64}", headers=entetes(etroit)).status_code == 403


@pytest.mark.rule("FHR-02", "FHR-03")
def test_the_capability_statement_is_public_and_true(client: Client) -> None:
    reponse = client.get("/fhir/metadata")
    assert reponse.status_code == 200
    lu = json.loads(reponse.content)
    assert lu["resourceType"] == "CapabilityStatement"
    assert lu["format"] == [FHIR, "application/fhir+xml", "json", "xml"]
    assert client.get("/fhir/metadata", headers={"Accept": "text/html"}).status_code == 406
    for ressource in lu["rest"][0]["resource"]:
        for interaction in ressource["interaction"]:
            chemin = f"/fhir/{ressource['type']}"
            methode = {
                "create": client.post,
                "read": client.get,
                "vread": client.get,
                "history-instance": client.get,
                "search-type": client.get,
                "patch": client.patch,
                "update": client.put,
                "delete": client.delete,
            }[interaction["code"]]
            if interaction["code"] in ("read", "patch", "update", "delete"):
                chemin += "/1"
            elif interaction["code"] in ("vread", "history-instance"):
                chemin += "/1/_history" + ("/1" if interaction["code"] == "vread" else "")
            # Offered: what misses is a token.
            assert methode(chemin).status_code == 401, (chemin, interaction)
    assert client.post("/fhir").status_code == 401
    assert json.loads(client.get("/fhir/CodeSystem/erreur-mes").content)["resourceType"] == "CodeSystem"


@pytest.mark.rule("FHR-03", "FHR-19", "FHR-08")
def test_what_is_not_offered(client: Client) -> None:
    for chemin in ("/fhir/Encounter/1", "/fhir/x/y/z", "/fhir/DocumentReference/1/$autre"):
        reponse = client.get(chemin)
        assert (reponse.status_code, codes_refus(reponse)) == (404, ["ressource-non-offerte"])
    fil = "0" * 64
    for methode in (client.delete, client.put, client.patch):
        for chemin in (f"/fhir/DocumentReference/{fil}", f"/fhir/Binary/{fil}", "/fhir/Patient/1", "/fhir"):
            if methode == client.patch and "DocumentReference" in chemin:
                continue
            reponse = methode(chemin)
            assert (reponse.status_code, codes_refus(reponse)) == (405, ["methode-non-offerte"])
            assert reponse["Allow"]


@pytest.mark.rule("FHR-12")
def test_request_id(client: Client) -> None:
    numero = str(uuid.uuid4())
    assert client.get("/fhir/metadata", headers={"X-Request-Id": numero})["X-Request-Id"] == numero


@pytest.mark.rule("FHR-09")
def test_our_own_fault_says_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def casser(*_: object) -> None:
        raise ValueError("secret 279035121518989 /srv/chemin")

    monkeypatch.setattr(publiques, "exiger_format", casser)
    reponse = client.get("/fhir/metadata")
    assert (reponse.status_code, codes_refus(reponse)) == (500, ["panne"])
    assert b"secret" not in reponse.content
    assert b"Traceback" not in reponse.content


@pytest.mark.rule("FHR-04")
@pytest.mark.parametrize(
    ("accept", "admis"),
    [
        ("", ("*/*",)),
        ("application/fhir+json;q=0.9, text/html", ("text/html", "application/fhir+json")),
        ("application/fhir+json;q=0, */*", ("*/*",)),
    ],
)
def test_accept_header(rf: Any, accept: str, admis: tuple[str, ...]) -> None:
    entetes = {"Accept": accept} if accept else {}
    assert formats.medias_acceptes(rf.get("/fhir", headers=entetes)) == admis
