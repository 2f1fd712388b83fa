"""Deposits over HTTP: status, answers, and nothing half stored."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from espace_sante.acces.constats import noter_refus
from espace_sante.acces.tests.fabrique import dossier, professionnel
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import Logiciel, Structure
from espace_sante.identite.portees import CONSULTATION
from espace_sante.interop.client import depot_iti105, lot_de_documents, lot_iti65
from espace_sante.interop.tests.fabrique import PDF, SOURCE, bundle, fiche, metadonnees, octets, simple
from espace_sante.interop.views import depots
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action

FHIR = "application/fhir+json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def pro() -> Acteur:
    Logiciel.objects.get_or_create(client_id="lps", defaults={"nom": "LPS"})
    depots._enregistrement.cache_clear()
    Structure.objects.create(
        id="1990000001", nom="Centre de test", etablissement_code="SA01", cadre_code="AMBULATOIRE"
    )
    return replace(professionnel(), client_id="lps", portees=CONSULTATION)


def _entetes(acteur: Acteur, **autres: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {emettre_jeton(acteur)}", "X-MES-Identite": "VALI", **autres}


def _poster(client: Client, acteur: Acteur, corps: object, chemin: str = "/fhir", **entetes: str) -> Any:
    brut = corps if isinstance(corps, bytes) else octets(corps)
    return client.post(chemin, brut, content_type=FHIR, headers=_entetes(acteur, **entetes))


def _codes(reponse: Any) -> list[str]:
    ressource = json.loads(reponse.content)
    assert ressource["resourceType"] == "OperationOutcome"
    systeme = f"{settings.ES_BASE_URL}/fhir/CodeSystem/erreur-mes"
    assert all(i["details"]["coding"][0]["system"] == systeme for i in ressource["issue"])
    return [i["details"]["coding"][0]["code"] for i in ressource["issue"] if i["severity"] == "error"]


def _compter(dossier_id: Any) -> tuple[int, ...]:
    comptes = []
    tables = ("documents_document", "documents_lot", "documents_contenu", "documents_versiondocument")
    with portee(dossier_id), connection.cursor() as curseur:
        for table in (*tables, "documents_registre"):
            curseur.execute(f"SELECT count(*) FROM {table}")
            comptes.append(curseur.fetchone()[0])
    return tuple(comptes)


@pytest.mark.rule("FHR-57", "FHR-59")
def test_a_lot_is_stored(client: Client, pro: Acteur) -> None:
    dossier_id, ins = dossier()
    reponse = _poster(client, pro, bundle(ins=ins))
    assert reponse.status_code == 200, reponse.content
    assert reponse["Cache-Control"] == "no-store"
    ressource = json.loads(reponse.content)
    assert ressource["type"] == "transaction-response"
    reponses = [e["response"] for e in ressource["entry"]]
    assert [r["status"] for r in reponses] == ["201 Created"] * 3
    assert [r["location"].partition("/")[0] for r in reponses] == ["List", "DocumentReference", "Binary"]
    assert {r["etag"] for r in reponses} == {'W/"1"'}
    assert _compter(dossier_id) == (1, 1, 1, 1, 1)


@pytest.mark.rule("FHR-90")
def test_the_published_example_for_an_existing_person(client: Client, pro: Acteur, vectors: Path) -> None:
    dossier_id, ins = dossier()
    texte = (vectors / "fhir/pdsm4dmp/Bundle-example-td2-iti65-lot-soumission.json").read_text()
    texte = texte.replace("123456789012345", ins.matricule).replace("899700218896", f"8{pro.rpps}")
    reponse = _poster(client, pro, texte.encode())
    assert reponse.status_code == 200, reponse.content
    avis = json.loads(reponse.content)["entry"][0]["response"]["outcome"]
    assert {i["severity"] for i in avis["issue"]} == {"warning"}
    assert _compter(dossier_id)[0] == 1


@pytest.mark.rule("FHR-20")
def test_preferences_of_the_answer(client: Client, pro: Acteur) -> None:
    _, ins = dossier()
    complete = _poster(client, pro, bundle(ins=ins), Prefer="return=representation")
    ressource = json.loads(complete.content)["entry"][1]["resource"]
    assert ressource["content"][0]["attachment"]["url"].startswith(f"{settings.ES_BASE_URL}/fhir/Binary/")
    vide = _poster(client, pro, simple(ins=ins), "/fhir/DocumentReference", Prefer="return=minimal")
    assert (vide.status_code, vide.content) == (201, b"")


@pytest.mark.rule("FHR-92", "FHR-13")
def test_a_simplified_deposit(client: Client, pro: Acteur) -> None:
    dossier_id, ins = dossier()
    reponse = _poster(client, pro, simple(ins=ins), "/fhir/DocumentReference")
    assert reponse.status_code == 201, reponse.content
    ressource = json.loads(reponse.content)
    assert reponse["Location"] == f"{settings.ES_BASE_URL}/fhir/DocumentReference/{ressource['id']}"
    assert reponse["ETag"] == 'W/"1"'
    assert "data" not in ressource["content"][0]["attachment"]
    # Facility and setting come from the registration of the caller's structure (FHR-94).
    assert ressource["context"]["facilityType"]["coding"][0]["code"] == "SA01"
    assert _compter(dossier_id) == (1, 1, 1, 1, 1)


@pytest.mark.rule("FHR-61", "FHR-40", "FHR-75", "FHR-07", "FHR-78")
@pytest.mark.parametrize("cas", ["tronque", "latin1", "empreinte", "moitie", "personne", "ferme", "doublon"])
def test_a_refused_lot_leaves_nothing(
    cas: str, client: Client, pro: Acteur, monkeypatch: pytest.MonkeyPatch
) -> None:
    etat = EtatProfil.CLOTURE if cas == "ferme" else EtatProfil.ACTIVE
    dossier_id, ins = dossier(etat=etat)
    corps: object = bundle(ins=ins)
    attendu, code = 400, ""
    if cas == "tronque":
        corps, code = octets(corps)[:-40], "json-illisible"
    elif cas == "latin1":
        corps, code = octets(corps).replace(b"Compte", b"Compt\xe9"), "utf8-invalide"
    elif cas == "empreinte":
        fiche(corps)["content"][0]["attachment"]["hash"] = base64.b64encode(b"x" * 20).decode()  # type: ignore[arg-type]
        code = "empreinte-differente"
    elif cas == "moitie":
        corps = lot_de_documents([(PDF, metadonnees()), (PDF, metadonnees(titre=" "))], ins, SOURCE)
        code = "valeur-vide"
    elif cas == "personne":
        inconnu = Ins("1900101001001" + "26", ins.oid)
        corps, code = bundle(ins=inconnu), "patient-inconnu"
    elif cas == "ferme":
        attendu, code = 422, "dossier-inactif"
    else:
        m = metadonnees()
        corps = lot_de_documents([(PDF, m), (PDF, m)], ins, SOURCE)
        attendu, code = 409, "duplicate"
    avant = _compter(dossier_id)
    traces: list[str] = []

    def noter(acteur: Acteur, action: Action, motif: str, **autres: Any) -> None:
        traces.append(motif)
        noter_refus(acteur, action, motif, **autres)

    monkeypatch.setattr(depots, "noter_refus", noter)
    reponse = _poster(client, pro, corps)
    assert reponse.status_code == attendu, reponse.content
    assert _codes(reponse) == [code]
    assert _compter(dossier_id) == avant
    # What the gate itself refuses, it traces itself.
    assert traces == ([] if cas in ("personne", "ferme", "doublon") else [code])


@pytest.mark.rule("FHR-79")
def test_the_same_document_again(client: Client, pro: Acteur) -> None:
    dossier_id, ins = dossier()
    lot = bundle(ins=ins)
    premier = _poster(client, pro, lot)
    adresse = json.loads(premier.content)["entry"][1]["response"]["location"]
    lot["entry"][0]["resource"]["identifier"][0]["value"] = "urn:oid:2.25.1"
    encore = _poster(client, pro, lot)
    assert encore.status_code == 409
    assert json.loads(encore.content)["issue"][0]["diagnostics"] == adresse
    # The same number with other bytes tells nothing of the document that has it.
    autre = bundle(PDF + b" modifie", ins, unique_id=fiche(lot)["masterIdentifier"]["value"])
    refuse = _poster(client, pro, autre)
    assert refuse.status_code == 409
    assert "diagnostics" not in json.loads(refuse.content)["issue"][0]
    lot["entry"][1]["request"]["ifNoneExist"] = "identifier=urn:ietf:rfc:3986|x"
    deja = _poster(client, pro, lot)
    assert deja.status_code == 200
    assert json.loads(deja.content)["entry"][1]["response"]["location"] == adresse
    assert _compter(dossier_id)[0] == 1


@pytest.mark.rule("FHR-99", "FHR-101", "FHR-102")
def test_replacement(client: Client, pro: Acteur) -> None:
    _, ins = dossier()
    adresse = json.loads(_poster(client, pro, bundle(ins=ins)).content)["entry"][1]["response"]["location"]
    ancien = adresse.partition("/")[2]
    nouveau = lot_iti65(PDF, ins, SOURCE, metadonnees=metadonnees(), remplace=ancien)
    assert _poster(client, pro, nouveau).status_code == 200
    encore = _poster(client, pro, lot_iti65(PDF, ins, SOURCE, metadonnees=metadonnees(), remplace=ancien))
    assert (encore.status_code, _codes(encore)) == (422, ["deja-remplace"])
    inconnu = lot_iti65(PDF, ins, SOURCE, metadonnees=metadonnees(), remplace="0" * 64)
    reponse = _poster(client, pro, inconnu)
    assert (reponse.status_code, _codes(reponse)) == (400, ["remplace-inconnu"])


@pytest.mark.rule("FHR-80")
def test_the_source_must_be_the_caller(client: Client, pro: Acteur) -> None:
    _, ins = dossier()
    source = replace(SOURCE, idnat="899000000009", structure_idnat="1990000009")
    reponse = _poster(client, pro, lot_iti65(PDF, ins, source, metadonnees=metadonnees()))
    assert (reponse.status_code, _codes(reponse)) == (403, ["source-non-credible"])


@pytest.mark.rule("CDA-23", "FHR-66")
def test_a_document_of_somebody_else(client: Client, pro: Acteur, vectors: Path) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    dossier_id, ins = dossier()
    for chemin, corps, statut in (
        ("/fhir", lot_iti65(contenu, ins, SOURCE), 400),
        ("/fhir/DocumentReference", depot_iti105(contenu, ins), 422),
    ):
        reponse = _poster(client, pro, corps, chemin)
        assert (reponse.status_code, _codes(reponse)) == (statut, ["ins-different"])
    assert _compter(dossier_id)[0] == 0
    autre_id, autre = dossier(2)
    lot = bundle(ins=ins)
    fiche(lot)["subject"] = {"reference": f"Patient/{autre_id}"}
    assert autre != ins
    assert _codes(_poster(client, pro, lot)) == ["patients-differents"]


@pytest.mark.rule("FHR-17", "FHR-04")
def test_body_limits_and_types(client: Client, pro: Acteur, settings: Any) -> None:
    settings.ES_FHIR_MAX_REQUETE = 1000
    grand = _poster(client, pro, bundle())
    assert (grand.status_code, _codes(grand)) == (413, ["requete-trop-grande"])
    for type_ in (
        "text/plain",
        "application/fhir+json; charset=latin1",
        "application/fhir+xml; charset=utf-16",
    ):
        reponse = client.post("/fhir", b"{}", content_type=type_, headers=_entetes(pro))
        assert (reponse.status_code, _codes(reponse)) == (415, ["format-non-lu"])
    compresse = client.post(
        "/fhir", b"x", content_type=FHIR, headers=_entetes(pro, **{"Content-Encoding": "gzip"})
    )
    assert compresse.status_code == 415


@pytest.mark.rule("FHR-17")
def test_a_200_megabyte_body_is_not_read(client: Client, pro: Acteur) -> None:
    reponse = client.post(
        "/fhir", b"{}", content_type=FHIR, headers=_entetes(pro), CONTENT_LENGTH="200000000"
    )
    assert (reponse.status_code, _codes(reponse)) == (413, ["requete-trop-grande"])


@pytest.mark.rule("FHR-57")
@pytest.mark.parametrize("chemin", ["/fhir", "/fhir/DocumentReference"])
def test_tokens_and_scopes(client: Client, pro: Acteur, chemin: str) -> None:
    sans = client.post(chemin, b"{}", content_type=FHIR)
    assert sans.status_code == 401
    assert sans["WWW-Authenticate"].startswith("Bearer")
    faux = client.post(chemin, b"{}", content_type=FHIR, headers={"Authorization": "Bearer x.y.z"})
    assert faux.status_code == 401
    etroit = replace(pro, portees=frozenset({"ITI-67"}))
    reponse = _poster(client, etroit, {}, chemin)
    assert (reponse.status_code, _codes(reponse)) == (403, ["insufficient_scope"])
    assert 'error="insufficient_scope"' in reponse["WWW-Authenticate"]
