"""FHIR XML over HTTP: every resource served, in and out, and nothing stored of what is refused (FHR-04, FHR-05)."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel
from espace_sante.identite.models import Structure
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.fhir.xml.elements import FHIR
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.tests.atelier import Atelier, etiquette
from espace_sante.interop.tests.fabrique import PDF, bundle, octets, simple
from espace_sante.interop.tests.lps import Lps, entetes
from espace_sante.interop.tests.test_consent_http import consent
from espace_sante.interop.views import depots
from espace_sante.kernel.ins import Ins

XML = "application/fhir+xml"
JSON = "application/fhir+json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


@pytest.fixture
def numero(medecin: Lps) -> Ins:
    _, numero = dossier()
    recueillir_consentement(medecin.acteur, numero, contexte=CONTEXTE)
    return numero


def _poster(lps: Lps, corps: object, chemin: str = "/fhir", accept: str = XML, type_: str = XML) -> Any:
    brut = corps if isinstance(corps, bytes) else vers_xml(octets(corps))
    return lps.client.post(chemin, brut, content_type=type_, headers=entetes(lps.acteur, Accept=accept))


def lu(reponse: Any) -> Any:
    """Content of an XML answer, that our own hardened reading takes back."""
    assert reponse["Content-Type"] == f"{XML}; charset=utf-8", (reponse.status_code, reponse.content)
    assert not reponse.content.startswith(b"\xef\xbb\xbf")
    return json.loads(vers_json(reponse.content))


def _codes(reponse: Any) -> list[str]:
    issues = lu(reponse)["issue"]
    return [i["details"]["coding"][0]["code"] for i in issues if i["severity"] == "error"]


@pytest.mark.rule("FHR-04", "FHR-05", "FHR-57", "FHR-118")
def test_deposited_in_xml_found_and_read_in_both(medecin: Lps, numero: Ins) -> None:
    fait = _poster(medecin, bundle(ins=numero))
    assert fait.status_code == 200, fait.content
    entrees = lu(fait)["entry"]
    assert [e["response"]["status"] for e in entrees] == ["201 Created"] * 3
    lieu = entrees[1]["response"]["location"]
    en_xml, en_json = (medecin.get(f"/fhir/{lieu}", Accept=a) for a in (XML, JSON))
    assert lu(en_xml) == json.loads(en_json.content)
    assert en_xml["ETag"] == en_json["ETag"]
    trouves = lu(
        medecin.get(f"/fhir/DocumentReference?patient.identifier={numero.urn}|{numero.matricule}", Accept=XML)
    )
    assert (trouves["total"], trouves["entry"][0]["resource"]) == (1, json.loads(en_json.content))
    contenu = trouves["entry"][0]["resource"]["content"][0]["attachment"]["url"]
    assert medecin.get(contenu).content == PDF
    binaire = lu(medecin.get(contenu, Accept=XML))
    assert (binaire["resourceType"], base64.b64decode(binaire["data"])) == ("Binary", PDF)
    assert lu(medecin.get(f"{contenu}?_format=xml", Accept="application/pdf")) == binaire


@pytest.mark.rule("FHR-04", "FHR-05", "FHR-92")
def test_iti105_stored_from_xml_is_the_one_from_json(medecin: Lps, numero: Ins) -> None:
    depots._enregistrement.cache_clear()
    Structure.objects.filter(id="1990000001").update(etablissement_code="SA01", cadre_code="AMBULATOIRE")
    corps = simple(ins=numero)
    corps["extension"] = [{"url": "urn:inconnue", "valueDecimal": 1.5}]
    texte = octets(corps).replace(b"1.5}", b"1.500}")
    cree = _poster(medecin, vers_xml(texte), "/fhir/DocumentReference", accept=JSON)
    assert cree.status_code == 201, cree.content
    assert b'"valueDecimal":1.500' in cree.content
    relu = medecin.get(cree["Location"], Accept=XML)
    assert b'<valueDecimal value="1.500"/>' in relu.content
    assert lu(relu) == json.loads(cree.content)


@pytest.mark.rule("FHR-04", "FHR-16")
def test_the_format_asked_for(medecin: Lps, numero: Ins) -> None:
    adresse = f"/fhir/Patient?identifier={numero.urn}|{numero.matricule}"
    for accept in ("application/xml", "text/xml", f"{XML}, {JSON};q=0.5", f"{JSON};q=0.1, {XML}"):
        assert lu(medecin.get(adresse, Accept=accept))["total"] == 1
    for format_ in ("xml", "text/xml", "application/fhir%2Bxml", "application/fhir+xml"):
        assert lu(medecin.get(f"{adresse}&_format={format_}", Accept=JSON))["total"] == 1
    for accept in ("", "*/*", f"{XML};q=0.1, {JSON}"):
        assert json.loads(medecin.get(adresse, Accept=accept or "*/*").content)["total"] == 1
    assert json.loads(medecin.get(f"{adresse}&_format=json", Accept=XML).content)["total"] == 1
    formulaire = f"identifier={numero.urn}%7C{numero.matricule}&_format=xml"
    form = "application/x-www-form-urlencoded"
    assert lu(_poster(medecin, formulaire.encode(), "/fhir/Patient/_search", JSON, form))["total"] == 1
    assert _poster(medecin, b"_format=csv", "/fhir/Patient/_search", JSON, form).status_code == 406


@pytest.mark.rule("FHR-02", "FHR-04", "FHR-08")
def test_public_resources_and_errors(medecin: Lps, client: Client) -> None:
    entete = {"Accept": XML}
    assert lu(client.get("/fhir/metadata", headers=entete)) == json.loads(
        client.get("/fhir/metadata").content
    )
    assert lu(client.get("/fhir/CodeSystem/erreur-mes", headers=entete))["resourceType"] == "CodeSystem"
    assert _codes(client.get("/fhir/Inconnue", headers=entete)) == ["ressource-non-offerte"]
    assert _codes(client.put("/fhir/Patient", headers=entete)) == ["methode-non-offerte"]
    assert _codes(client.get("/fhir/Patient", headers=entete)) == ["jeton-absent"]
    assert _codes(medecin.get("/fhir/DocumentReference", Accept=XML)) == ["critere-patient"]
    assert _codes(medecin.get(f"/fhir/Binary/{'0' * 64}", Accept=XML)) == ["dicah-d"]


@pytest.mark.rule("FHR-04", "FHR-52")
def test_a_consent_in_xml(medecin: Lps) -> None:
    dossier()
    cree = _poster(medecin, consent(), "/fhir/Consent")
    assert cree.status_code == 201, cree.content
    assert lu(cree)["resourceType"] == "Consent"
    assert _codes(_poster(medecin, xml_mauvais("Consent"), "/fhir/Consent")) == ["element-inconnu"]


@pytest.mark.rule("FHR-04", "FHR-125")
def test_fhirpath_patch_in_xml(client: Client) -> None:
    atelier = Atelier(client)
    fil = atelier.deposer()
    parts = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "DocumentReference"},
        {"name": "name", "valueString": "securityLabel"},
        {"name": "value", "valueCodeableConcept": etiquette("MASQUE_PS")},
    ]
    corps = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    reponse = atelier.patch(atelier.auteur, fil, vers_xml(octets(corps)), XML, Accept=XML)
    assert lu(reponse)["securityLabel"][0]["coding"][0]["code"] == "MASQUE_PS"


@pytest.mark.rule("FHR-05", "FHR-88", "FHR-119")
def test_a_fhir_document_in_both_formats(medecin: Lps, numero: Ins) -> None:
    document = {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid.uuid4()}"},
        "type": "document",
        "timestamp": "2026-06-12T10:00:00Z",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Composition", "title": "Synthèse"}}
        ],
    }
    lot = bundle(ins=numero)
    entree = next(e for e in lot["entry"] if e["resource"]["resourceType"] == "Binary")
    entree["resource"], entree["request"]["url"] = document, "Bundle"
    attachement = lot["entry"][1]["resource"]["content"][0]["attachment"]
    attachement["contentType"] = XML
    del attachement["size"], attachement["hash"]
    fait = _poster(medecin, lot)
    assert fait.status_code == 200, fait.content
    adresse = f"/fhir/{lu(fait)['entry'][2]['response']['location']}"
    assert adresse.startswith("/fhir/Bundle/")
    assert json.loads(medecin.get(adresse, Accept=JSON).content) == document
    en_xml = medecin.get(adresse, Accept=XML)
    assert en_xml["Content-Type"] == XML
    assert json.loads(vers_json(en_xml.content)) == document


def xml_mauvais(ressource: str) -> bytes:
    return f'<{ressource} xmlns="{FHIR}"><inconnu value="1"/></{ressource}>'.encode()


@pytest.mark.rule("FHR-07", "FHR-61")
@pytest.mark.parametrize(
    ("avant", "apres", "code"),
    [
        (b"<Bundle", b"<!DOCTYPE Bundle><Bundle", "xml-dtd"),
        (b"</Bundle>", b"", "xml-illisible"),
        (b'<type value="transaction"/>', b'<type valeur="transaction"/>', "element-inconnu"),
        (b"<entry>", b"<entry><inconnu/>", "element-inconnu"),
        (b'<mode value="working"/>', b'<mode value="working"/><mode value="working"/>', "element-multiple"),
        (b'<status value="current"/>', b"", "element-obligatoire"),
    ],
)
def test_a_refused_xml_stores_nothing(
    medecin: Lps, numero: Ins, avant: bytes, apres: bytes, code: str
) -> None:
    bon = vers_xml(octets(bundle(ins=numero)))
    assert avant in bon
    reponse = _poster(medecin, bon.replace(avant, apres, 1))
    assert reponse.status_code == 400
    assert code in _codes(reponse)
    assert (
        lu(
            medecin.get(
                f"/fhir/DocumentReference?patient.identifier={numero.urn}|{numero.matricule}", Accept=XML
            )
        )["total"]
        == 0
    )


@pytest.mark.rule("FHR-07")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1000), st.integers(0, 30), st.text(max_size=6))
def test_any_broken_xml_is_refused_typed(medecin: Lps, ou: int, otes: int, mis: str) -> None:
    """No 500, and the answer is an OperationOutcome or a transaction-response, in XML."""
    bon = vers_xml(octets(bundle()))
    place = ou * len(bon) // 1000
    reponse = _poster(medecin, bon[:place] + mis.encode("utf-8", "replace") + bon[place + otes :])
    assert reponse.status_code < 500
    assert etree.fromstring(reponse.content).tag == f"{{{FHIR}}}OperationOutcome"
