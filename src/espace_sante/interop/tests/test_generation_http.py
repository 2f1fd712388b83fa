"""ITI-106, and the options of deposit switched off (FHR-97, FHR-98)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from espace_sante.documents.models import Document
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.tests.atelier import Atelier
from espace_sante.interop.tests.fabrique import bundle, octets, simple
from espace_sante.interop.tests.lps import FHIR, codes_refus, entetes
from espace_sante.interop.views import depots
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
ADRESSE = "/fhir/DocumentReference/$generate-metadata"


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


def _poster(atelier: Atelier, corps: object, type_: str = FHIR, adresse: str = ADRESSE) -> Any:
    brut = corps if isinstance(corps, bytes) else octets(corps)
    return atelier.auteur.client.post(
        adresse, brut, content_type=type_, headers=entetes(atelier.auteur.acteur)
    )


def _binaire(contenu: bytes, mime: str = "text/xml") -> dict[str, Any]:
    return {"resourceType": "Binary", "contentType": mime, "data": base64.b64encode(contenu).decode()}


@pytest.mark.rule("FHR-97", "CDA-31")
def test_the_resource_that_a_cda_would_get(
    atelier: Atelier, vectors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contenu = (vectors / "cda/samples/IMG_CR_IMG_2024.01.xml").read_bytes()
    essais: list[str] = []
    monkeypatch.setattr(depots, "noter_sans_depot", lambda _acteur, motif, **_: essais.append(motif))
    for corps, type_ in (
        (octets(_binaire(contenu)), FHIR),
        (vers_xml(octets(_binaire(contenu))), "application/fhir+xml"),
    ):
        reponse = _poster(atelier, corps, type_)
        assert reponse.status_code == 200, reponse.content
        fiche = json.loads(reponse.content)
        assert (fiche["resourceType"], fiche["status"]) == ("DocumentReference", "current")
        attachement = fiche["content"][0]["attachment"]
        assert attachement["size"] == len(contenu)
        assert "data" not in attachement
        assert fiche["subject"]["identifier"]["value"]
        assert fiche["context"]["facilityType"]["coding"][0]["code"]
        assert "id" not in fiche
    assert essais == ["essai"] * 2
    with portee(atelier.scene.dossier_id):
        assert not Document.objects.exists()


def _document(**composition: object) -> dict[str, Any]:
    """A FHIR document of a record's patient, with authors of three kinds."""
    urls = {n: f"urn:uuid:bbbbbbbb-0000-4000-8000-00000000000{n}" for n in range(1, 6)}
    tete: dict[str, Any] = {
        "resourceType": "Composition", "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5", "display": "Synthèse médicale"}]},
        "subject": {"reference": urls[2]}, "date": "2024-11-20T11:00:00+01:00", "title": "Synthèse",
        "author": [{"reference": urls[3]}, {"reference": "Organization/o"}], "confidentiality": "R",
        "attester": [{"mode": "legal", "party": {"reference": urls[3]}}], "custodian": {"reference": urls[4]},
        "event": [{"period": {"start": "2024-11-01", "end": "2024-11-20"}}],
        "section": [{"title": "Synthèse", "entry": [{"reference": urls[5]}]}], **composition,
    }  # fmt: skip
    ressources = {
        urls[1]: {k: v for k, v in tete.items() if v is not None},
        urls[2]: {"resourceType": "Patient", "identifier": [
            {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "279035121518989"}]},
        urls[3]: {"resourceType": "Practitioner", "name": [{"family": "MOREL", "given": ["Anne"]}], "identifier": [
            {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "899700218896"}]},
        urls[4]: {"resourceType": "Organization", "name": "Cabinet du Port"},
        "https://ailleurs.test/fhir/Organization/o": {"resourceType": "Organization", "name": "Hôpital"},
        urls[5]: {"resourceType": "Observation", "status": "final", "code": {"text": "x"}},
    }  # fmt: skip
    return {
        "resourceType": "Bundle", "type": "document", "timestamp": "2024-11-20T12:00:00+01:00",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.250.1.999.202"},
        "entry": [{"fullUrl": u, "resource": r} for u, r in ressources.items()],
    }  # fmt: skip


@pytest.mark.rule("FHR-97", "FHR-88")
def test_the_resource_that_a_fhir_document_would_get(atelier: Atelier) -> None:
    document = _document()
    envois = (
        (octets(document), FHIR),
        (vers_xml(octets(document)), "application/fhir+xml"),
        (octets(_binaire(octets(document), FHIR)), FHIR),
        (octets(_binaire(vers_xml(octets(document)), "application/fhir+xml")), FHIR),
    )
    for corps, type_ in envois:
        reponse = _poster(atelier, corps, type_)
        assert reponse.status_code == 200, reponse.content
        fiche = json.loads(reponse.content)
        assert fiche["masterIdentifier"]["value"] == "urn:oid:1.2.250.1.999.202"
        assert fiche["type"]["coding"][0]["code"] == "60591-5"
        assert fiche["category"][0]["coding"][0]["code"] == "11"
        assert fiche["subject"]["identifier"]["value"] == "279035121518989"
        assert fiche["securityLabel"][0]["coding"][0]["code"] == "R"
        contenues = {c["id"]: c for c in fiche["contained"]}
        assert contenues["auteur1"]["identifier"][0]["value"] == "899700218896"
        assert contenues["auteur2"]["name"] == "Hôpital"
        assert contenues["depositaire"]["name"] == "Cabinet du Port"
        assert contenues["authentificateur"]["name"][0]["family"] == "MOREL"
        piece = fiche["content"][0]["attachment"]
        # No canonical bytes: neither size nor hash.
        assert set(piece) == {"contentType", "language", "title", "creation"}
        assert (piece["contentType"], piece["title"]) == ("application/fhir+json", "Synthèse")
        assert fiche["context"]["period"]["start"] < fiche["context"]["period"]["end"] < piece["creation"]
    with portee(atelier.scene.dossier_id):
        assert not Document.objects.exists()


@pytest.mark.rule("FHR-97", "FHR-88")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": {"coding": [{"system": "x", "code": "0"}]}}, "type-inconnu"), ({"type": None}, "type-inconnu"),
        ({"title": None}, "element-obligatoire"), ({"date": "hier"}, "date-invalide"),
        ({"author": None}, "element-obligatoire"), ({"author": [{"reference": "urn:x"}]}, "reference-non-resolue"),
        ({"subject": None}, "element-obligatoire"), ({"subject": {"reference": "urn:uuid:y"}}, "reference-non-resolue"),
    ],
)  # fmt: skip
def test_a_fhir_document_that_could_not_be_deposited(atelier: Atelier, change: Any, code: str) -> None:
    reponse = _poster(atelier, _document(**change))
    assert (reponse.status_code, codes_refus(reponse)) == (422, [code])


@pytest.mark.rule("FHR-97", "FHR-88")
def test_a_bundle_that_is_no_document(atelier: Atelier) -> None:
    for change in ({"type": "collection"}, {"timestamp": None}, {"identifier": None}, {"entry": None}):
        corps = {k: v for k, v in (_document() | change).items() if v is not None}
        for envoi in (corps, _binaire(octets(corps), FHIR)):
            reponse = _poster(atelier, envoi)
            assert (reponse.status_code, codes_refus(reponse)) == (400, ["document-fhir"])
    sans_tete = _document()
    sans_tete["entry"][0]["resource"] = {"resourceType": "Observation", "code": {"text": "Composition"}}
    assert _poster(atelier, sans_tete).status_code == 400
    assert _poster(atelier, _binaire(b"{", FHIR)).status_code == 400


@pytest.mark.rule("FHR-97")
def test_the_published_fhir_document(atelier: Atelier, vectors: Path) -> None:
    corps = (vectors / "fhir/pdsm4dmp/Bundle-example-annexe-fhir-document.json").read_bytes()
    fiche = json.loads(_poster(atelier, corps.removeprefix(b"\xef\xbb\xbf")).content)
    assert fiche["resourceType"] == "DocumentReference"
    assert fiche["content"][0]["attachment"]["title"] == "Synthèse patient 20/11/2024"
    assert fiche["contained"][0]["identifier"][0]["value"] == "899700218896"


@pytest.mark.rule("FHR-97")
def test_what_is_no_readable_cda(atelier: Atelier) -> None:
    for contenu, mime in ((b"%PDF-1.4", "application/pdf"), (b"<a/>", "text/xml")):
        reponse = _poster(atelier, _binaire(contenu, mime))
        assert (reponse.status_code, codes_refus(reponse)) == (400, ["contenu-sans-entete"])
    assert _poster(atelier, {"resourceType": "Binary"}).status_code == 400
    assert _poster(atelier, {"resourceType": "Parameters"}).status_code == 400
    assert _poster(atelier, _binaire(b"<ClinicalDocument")).status_code == 400


@pytest.mark.rule("FHR-97", "CDA-03")
def test_a_cda_that_breaks_a_rule(atelier: Atelier, vectors: Path) -> None:
    contenu = (vectors / "cda/samples/IMG_CR_IMG_2024.01.xml").read_bytes()
    casse = contenu.replace(b'<realmCode code="FR"', b'<realmCode code="US"')
    assert casse != contenu
    assert _poster(atelier, _binaire(casse)).status_code == 422


@pytest.mark.rule("FHR-98", "FHR-03")
@pytest.mark.parametrize(
    ("transaction", "adresse"),
    [("ITI-65", "/fhir"), ("ITI-105", "/fhir/DocumentReference"), ("ITI-106", ADRESSE)],
)
def test_an_option_switched_off(atelier: Atelier, settings: Any, transaction: str, adresse: str) -> None:
    corps = bundle(ins=atelier.scene.ins) if transaction == "ITI-65" else simple(ins=atelier.scene.ins)
    assert transaction in atelier.auteur.client.get("/fhir/metadata").content.decode()
    settings.ES_FHIR_DEPOTS = settings.ES_FHIR_DEPOTS - {transaction}
    reponse = _poster(atelier, corps, adresse=adresse)
    assert (reponse.status_code, codes_refus(reponse)) == (405, ["methode-non-offerte"])
    assert f"{transaction} :" not in atelier.auteur.client.get("/fhir/metadata").content.decode()


@pytest.mark.rule("FHR-01", "FHR-02")
def test_one_root_and_one_version(atelier: Atelier, settings: Any) -> None:
    lu = json.loads(atelier.auteur.client.get("/fhir/metadata").content)
    assert (lu["fhirVersion"], lu["kind"]) == ("4.0.1", "instance")
    assert lu["implementation"]["url"] == f"{settings.ES_BASE_URL}/fhir"
    fil = atelier.deposer()
    trouvee = json.loads(atelier.auteur.get(f"/fhir/DocumentReference/{fil}").content)
    assert trouvee["content"][0]["attachment"]["url"].startswith(f"{settings.ES_BASE_URL}/fhir/Binary/")
    assert atelier.auteur.client.get("/fhir/R5/metadata").status_code == 404
