"""A request sent again after a lost answer, and the order of the checks (FHR-62, FHR-91)."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.models import Document, Lot
from espace_sante.interop.fhir.cda import comparer, examiner_contenu
from espace_sante.interop.tests.atelier import Atelier
from espace_sante.interop.tests.fabrique import REGLES, bundle, fiche, metadonnees, octets, simple
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes
from espace_sante.interop.tests.test_listes_http import lot_avec
from espace_sante.platform import antivirus
from espace_sante.platform.antivirus import AntivirusInjoignable, FichierInfecte
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


def _poster(lps: Lps, corps: object, numero: str, chemin: str = "/fhir") -> Any:
    brut = corps if isinstance(corps, bytes) else octets(corps)
    return lps.client.post(
        chemin, brut, content_type=FHIR, headers=entetes(lps.acteur, **{"X-Request-Id": numero})
    )


def _rangs(atelier: Atelier) -> tuple[int, int, int]:
    with portee(atelier.scene.dossier_id):
        traces = Trace.objects.filter(action__in=["depot", "remplacement"]).count()
        return Document.objects.count(), Lot.objects.count(), traces


@pytest.mark.rule("FHR-91", "FHR-12")
def test_the_same_request_gets_the_same_answer(atelier: Atelier) -> None:
    numero, corps = str(uuid.uuid4()), lot_avec(atelier.scene.ins)
    premiere = _poster(atelier.auteur, corps, numero)
    assert premiere.status_code == 200, premiere.content
    avant = _rangs(atelier)
    seconde = _poster(atelier.auteur, corps, numero)
    assert (seconde.status_code, json.loads(seconde.content)) == (200, json.loads(premiere.content))
    assert _rangs(atelier) == avant
    assert seconde["X-Request-Id"] == numero
    # Another request, another program's person, or a day later: a mere duplicate.
    assert codes_refus(_poster(atelier.auteur, corps, str(uuid.uuid4()))) == ["duplicate"]
    assert _poster(atelier.confrere, corps, numero).status_code in (403, 409)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert codes_refus(_poster(atelier.auteur, corps, numero)) == ["duplicate"]


@pytest.mark.rule("FHR-91")
def test_the_same_number_with_another_body(atelier: Atelier) -> None:
    numero = str(uuid.uuid4())
    assert _poster(atelier.auteur, bundle(ins=atelier.scene.ins), numero).status_code == 200
    avant = _rangs(atelier)[:2]
    autre = _poster(atelier.auteur, bundle(ins=atelier.scene.ins), numero)
    assert (autre.status_code, codes_refus(autre)) == (409, ["requete-differente"])
    assert _rangs(atelier)[:2] == avant


def _changements() -> dict[str, Any]:
    """What the body may say otherwise with the same uniqueIds and contents."""

    def liste(c: Any) -> Any:
        return c["entry"][0]["resource"]

    def classeur(c: Any) -> Any:
        return next(
            e["resource"] for e in c["entry"] if e["resource"].get("code") and "title" in e["resource"]
        )

    return {
        "titre": lambda c: fiche(c)["content"][0]["attachment"].update(title="Autre titre"),
        "description": lambda c: fiche(c).update(description="Autre"),
        "étiquette": lambda c: fiche(c)["securityLabel"][0]["coding"][0].update(code="R"),
        "date": lambda c: fiche(c).update(date="2020-01-01T00:00:00Z"),
        "auteur": lambda c: fiche(c)["contained"][0].update(language="fr"),
        "titre du lot": lambda c: liste(c).update(title="Autre lot"),
        "titre du classeur": lambda c: classeur(c).update(title="Autre classeur"),
    }


@pytest.mark.rule("FHR-91")
@pytest.mark.parametrize("nom", list(_changements()))
def test_the_same_documents_told_otherwise_are_another_body(atelier: Atelier, nom: str) -> None:
    numero, corps = str(uuid.uuid4()), json.loads(json.dumps(lot_avec(atelier.scene.ins)))
    assert _poster(atelier.auteur, corps, numero).status_code == 200
    avant = _rangs(atelier)[:2]
    autre = json.loads(json.dumps(corps))
    _changements()[nom](autre)
    assert autre != corps
    reponse = _poster(atelier.auteur, autre, numero)
    assert (reponse.status_code, codes_refus(reponse)) == (409, ["requete-differente"])
    assert _rangs(atelier)[:2] == avant
    assert _poster(atelier.auteur, corps, numero).status_code == 200


@pytest.mark.rule("FHR-91", "FHR-60", "FHR-04")
def test_the_same_body_in_another_order_is_the_same(atelier: Atelier) -> None:
    numero, corps = str(uuid.uuid4()), json.loads(json.dumps(lot_avec(atelier.scene.ins)))
    # No uniqueId for the set: the server makes one, and finds it again.
    corps["entry"][0]["resource"].pop("identifier", None)
    premiere = _poster(atelier.auteur, corps, numero)
    assert premiere.status_code == 200, premiere.content
    avant = _rangs(atelier)
    seconde = _poster(atelier.auteur, {**corps, "entry": corps["entry"][::-1]}, numero)
    assert seconde.status_code == 200, seconde.content
    lieux = [[e["response"]["location"] for e in json.loads(r.content)["entry"]] for r in (premiere, seconde)]
    assert lieux[0] == lieux[1][::-1]
    assert _rangs(atelier) == avant


@pytest.mark.rule("FHR-91", "FHR-92")
def test_a_simplified_deposit_sent_again(atelier: Atelier) -> None:
    numero, corps = str(uuid.uuid4()), simple(ins=atelier.scene.ins)
    corps["context"] = fiche(bundle(ins=atelier.scene.ins))["context"]
    del corps["context"]["sourcePatientInfo"]
    premiere = _poster(atelier.auteur, corps, numero, "/fhir/DocumentReference")
    assert premiere.status_code == 201, premiere.content
    seconde = _poster(atelier.auteur, corps, numero, "/fhir/DocumentReference")
    assert (seconde.status_code, seconde["Location"]) == (201, premiere["Location"])
    assert json.loads(seconde.content)["id"] == json.loads(premiere.content)["id"]
    corps["description"] = "Autre"
    assert codes_refus(_poster(atelier.auteur, corps, numero, "/fhir/DocumentReference")) == [
        "requete-differente"
    ]


@pytest.mark.rule("FHR-62", "FHR-11")
def test_checks_come_in_their_order(atelier: Atelier) -> None:
    """Each step adds one fault of an earlier kind, and that one decides."""
    etranger = bundle(ins=atelier.scene.ins)
    source = etranger["entry"][0]["resource"]["contained"][0]
    etranger["entry"][0]["resource"]["contained"][0] = json.loads(
        json.dumps(source).replace("899000000001", "899000000009").replace("1990000001", "1990000009")
    )

    def reponse(corps: object, type_: str = FHIR) -> tuple[int, str]:
        brut = corps if isinstance(corps, bytes) else octets(corps)
        r = atelier.auteur.client.post(
            "/fhir", brut, content_type=type_, headers=entetes(atelier.auteur.acteur)
        )
        return r.status_code, codes_refus(r)[0]

    assert reponse(etranger) == (403, "source-non-credible")
    fiche(etranger)["content"][0]["attachment"]["size"] = 1
    assert reponse(etranger) == (400, "taille-differente")
    fiche(etranger)["type"]["coding"][0]["code"] = "inconnu"
    assert reponse(etranger) == (400, "type-inconnu")
    etranger["entry"][1]["resource"]["inconnu"] = 1
    assert reponse(etranger) == (400, "element-inconnu")
    assert reponse(octets(etranger)[:-1]) == (400, "json-illisible")
    assert reponse(octets(etranger)[:-1], "text/plain") == (415, "format-non-lu")


@pytest.mark.rule("FHR-77", "FHR-61", "DOC-18")
@pytest.mark.parametrize(
    ("panne", "attendu"),
    [
        (FichierInfecte("fichier_infecte", "x"), (422, ["contenu-dangereux"])),
        (AntivirusInjoignable("antivirus_injoignable", "x"), (503, ["antivirus-indisponible"])),
    ],
)
def test_a_content_is_scanned_before_it_is_stored(
    atelier: Atelier, monkeypatch: pytest.MonkeyPatch, panne: Exception, attendu: tuple[int, list[str]]
) -> None:
    def examiner(_contenu: bytes) -> bool:
        raise panne

    monkeypatch.setattr(antivirus, "examiner", examiner)
    avant = _rangs(atelier)[:2]
    reponse = _poster(atelier.auteur, bundle(ins=atelier.scene.ins), str(uuid.uuid4()))
    assert (reponse.status_code, codes_refus(reponse)) == attendu
    assert _rangs(atelier)[:2] == avant


@pytest.mark.rule("FHR-104")
def test_the_document_that_a_cda_says_it_replaces() -> None:
    """A warning when it is another one; the deposit goes on, and relatesTo wins."""
    examen = examiner_contenu(cda(), "text/xml", "", "x", REGLES)
    assert examen.entete is not None
    parent = examen.entete.remplace
    assert parent
    for remplace, averti in ((parent, False), ("urn:oid:1.2.3", True), ("", True), ("0" * 64, False)):
        avis = [
            c for c in comparer(examen, metadonnees(remplace=remplace), "d") if c.code == "cda-remplacement"
        ]
        assert [(c.gravite, c.expression) for c in avis] == ([("warning", "d.relatesTo")] if averti else [])
