"""Search parameters that look into the resource, and how results are shown (FHR-27, FHR-108)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.interop.tests.atelier import Atelier
from espace_sante.interop.tests.fabrique import bundle, fiche
from espace_sante.interop.tests.lps import codes_refus, ressources

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


def _deposer(atelier: Atelier, remplace: str = "") -> str:
    lot = bundle(ins=atelier.scene.ins, langue="fr-CH")
    document = fiche(lot)
    document["description"] = "Échographie 100 % normale"
    document["context"]["related"] = [{"identifier": {"system": "urn:oid:1.2.3", "value": "ORDO-7"}}]
    if remplace:
        document["relatesTo"] = [
            {"code": "replaces", "target": {"reference": f"DocumentReference/{remplace}"}}
        ]
    lieu: str = atelier.auteur.deposer(lot)["entry"][1]["response"]["location"]
    return lieu.partition("/")[2]


@pytest.mark.rule("FHR-108", "FHR-99")
def test_each_criterion_of_the_table(atelier: Atelier) -> None:
    atelier.deposer()
    ancien = _deposer(atelier)
    nouveau = _deposer(atelier, ancien)
    deux = {ancien, nouveau}

    def ids(**criteres: str) -> set[str]:
        return {r["id"] for r in ressources(atelier.auteur.chercher(atelier.scene.ins, **criteres))}

    for nom, valeur, attendus in (
        ("language", "fr-CH", deux),
        ("language", "de", set()),
        ("description", "echographie 100 %", deux),
        ("description", "100", set()),
        ("description", "_", set()),
        ("relation", "replaces", {nouveau}),
        ("relation", "signs", set()),
        ("relatesto", f"DocumentReference/{ancien}", {nouveau}),
        ("relatesto", f"DocumentReference/{nouveau}", set()),
        ("relatesto", "DocumentReference/1", set()),
        ("related:identifier", "urn:oid:1.2.3|ORDO-7", deux),
        ("related:identifier", "ORDO-8", set()),
        ("related", "ServiceRequest/1", set()),
        ("author", "Practitioner/1", set()),
        ("author.family", "zzz", set()),
        ("contenttype", "image/png", set()),
    ):
        assert ids(**{nom: valeur}) == attendus, (nom, valeur)
    assert ids(**{"author.family": "MOREL", "author.given": "anne"}) >= deux
    assert ids(contenttype="application/PDF") >= deux
    # A quotation mark or a brace of the caller's stays a text.
    assert ids(**{"related:identifier": '"}]}} OR 1=1 --'}) == set()


@pytest.mark.rule("FHR-27")
def test_summary_elements_total(atelier: Atelier) -> None:
    fil = _deposer(atelier)
    atelier.deposer()

    def lu(**criteres: str) -> dict[str, Any]:
        reponse = atelier.auteur.chercher(atelier.scene.ins, **criteres)
        assert reponse.status_code == 200, reponse.content
        resultat: dict[str, Any] = json.loads(reponse.content)
        return resultat

    (resume,) = (e["resource"] for e in lu(_summary="true", language="fr-CH")["entry"])
    assert resume["id"] == fil
    assert resume["meta"]["tag"] == [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    ]
    assert {"content", "author", "contained", "securityLabel"} <= set(resume)
    assert not {"context", "custodian", "authenticator"} & set(resume)
    (choisi,) = (e["resource"] for e in lu(_elements="type,date", language="fr-CH")["entry"])
    assert set(choisi) == {"resourceType", "id", "meta", "type", "date", "status", "content"}
    (texte,) = (e["resource"] for e in lu(_summary="text", language="fr-CH")["entry"])
    assert set(texte) == {"resourceType", "id", "meta", "status", "content"}
    compte = lu(_summary="count")
    assert (compte["total"], "entry" in compte) == (2, False)
    sans = lu(_total="none", _count="1")
    assert "total" not in sans
    suite = next(li["url"] for li in sans["link"] if li["relation"] == "next")
    assert "_total=none" in suite
    assert "total" not in json.loads(atelier.auteur.get(suite).content)
    assert lu(_total="accurate")["total"] == 2
    for nom, valeur in (("_summary", "bref"), ("_total", "x"), ("_elements", "a;b")):
        refuse = atelier.auteur.chercher(atelier.scene.ins, **{nom: valeur})
        assert codes_refus(refuse) == ["parametre-invalide"]


@pytest.mark.rule("FHR-27", "FHR-21")
def test_the_patient_comes_with_the_documents(atelier: Atelier) -> None:
    atelier.deposer()
    lot = json.loads(atelier.auteur.chercher(atelier.scene.ins, _include="DocumentReference:subject").content)
    assert [(e["search"]["mode"], e["resource"]["resourceType"]) for e in lot["entry"]] == [
        ("match", "DocumentReference"),
        ("include", "Patient"),
    ]
    assert lot["entry"][1]["resource"]["id"] == str(atelier.scene.dossier_id)
    autre = json.loads(
        atelier.auteur.chercher(atelier.scene.ins, _include="DocumentReference:encounter").content
    )
    assert [e["search"]["mode"] for e in autre["entry"]] == ["match", "outcome"]
    criteres = urlencode({"patient": str(atelier.scene.dossier_id), "_include": "X:y"})
    strict = atelier.auteur.get(f"/fhir/DocumentReference?{criteres}", Prefer="handling=strict")
    assert codes_refus(strict) == ["parametre-inconnu"]
