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
