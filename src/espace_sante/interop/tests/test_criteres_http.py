"""Search parameters that look into the resource, and how results are shown (FHR-27, FHR-108)."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.documents.models import Document
from espace_sante.interop.tests.atelier import Atelier
from espace_sante.interop.tests.fabrique import bundle, fiche
from espace_sante.interop.tests.lps import codes_refus, ressources
from espace_sante.platform.postgres.rls import portee

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


def _auteurs(atelier: Atelier, contenues: list[dict[str, Any]], auteurs: list[dict[str, Any]]) -> str:
    """A document whose authors are these; the person who vouches for it is not one of them."""
    lot = bundle(ins=atelier.scene.ins)
    document = fiche(lot)
    gardes = [c for c in document["contained"] if c["resourceType"] == "Patient"]
    temoin = {
        "resourceType": "Practitioner",
        "id": "temoin",
        "name": [{"family": "TÉMOIN", "given": ["Zoé"]}],
    }
    document["contained"] = [*gardes, temoin, *contenues]
    document["author"] = auteurs
    document["authenticator"] = {"reference": "#temoin"}
    document.pop("custodian", None)
    lieu: str = atelier.auteur.deposer(lot)["entry"][1]["response"]["location"]
    return lieu.partition("/")[2]


@pytest.mark.rule("FHR-108")
def test_every_author_is_found_by_his_own_names(atelier: Atelier) -> None:
    """Not only the main one: contained, by a role, or said by name; family and given name are not mixed."""
    premier = {"resourceType": "Practitioner", "id": "a", "name": [{"family": "MOREL", "given": ["Anne"]}]}
    second = {
        "resourceType": "Practitioner", "id": "b",
        "name": [{"family": "Île-Dieu", "given": ["Jean", "Éloi"]}, {"family": "Nom d’usage"}],
    }  # fmt: skip
    par_role = {"resourceType": "PractitionerRole", "id": "c", "practitioner": {"reference": "#b"}}
    dit = {"resourceType": "PractitionerRole", "id": "d", "practitioner": {"display": "Paul Durand"}}
    structure = {
        "resourceType": "Device", "id": "e", "deviceName": [{"name": "Clinique", "type": "user-friendly-name"}],
    }  # fmt: skip
    idnat = {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "899000000007"}
    deux = _auteurs(atelier, [premier, second], [{"reference": "#a"}, {"reference": "#b"}])
    role = _auteurs(atelier, [premier, second, par_role], [{"reference": "#a"}, {"reference": "#c"}])
    nomme = _auteurs(atelier, [premier, dit], [{"reference": "#a"}, {"reference": "#d"}])
    logique = _auteurs(atelier, [structure], [
        {"reference": "#e"}, {"identifier": idnat, "display": "Léa Martin-Roux"}
    ])  # fmt: skip
    tous = {deux, role, nomme, logique}

    def ids(**criteres: str) -> set[str]:
        return {r["id"] for r in ressources(atelier.auteur.chercher(atelier.scene.ins, **criteres))}

    for criteres, attendus in (
        ({"author.family": "ile-dieu"}, {deux, role}), ({"author.given": "eloi"}, {deux, role}),
        ({"author.family": "nom d’us"}, {deux, role}), ({"author.given": "ile"}, set()),
        ({"author.family": "anne"}, set()), ({"author.given": "morel"}, set()),
        ({"author.family": "durand"}, {nomme}), ({"author.given": "léa"}, {logique}),
        ({"author.family": "morel"}, {deux, role, nomme}), ({"author.given": "ANNE", "author.family": "île"}, {deux, role}),
        ({"author.family": "durand,ile"}, {deux, role, nomme}), ({"author.family": "roux"}, set()),
        ({"author.family": "clinique"}, set()), ({"author.family": "témoin"}, set()), ({"author.given": "zoe"}, set()),
        ({"author.family": "%"}, set()), ({"author.family": "$.x"}, set()),
    ):  # fmt: skip
        assert ids(**criteres) & tous == attendus, criteres


@pytest.mark.rule("FHR-108")
def test_commas_mean_or_in_texts_too(atelier: Atelier) -> None:
    fil = _deposer(atelier)

    def ids(**criteres: str) -> set[str]:
        return {r["id"] for r in ressources(atelier.auteur.chercher(atelier.scene.ins, **criteres))}

    assert ids(description="radio,echo") == {fil}
    assert ids(description="radio,irm") == set()


@pytest.mark.rule("FHR-108", "FHR-110")
def test_a_name_finds_nothing_that_is_hidden(atelier: Atelier) -> None:
    autre = {"resourceType": "Practitioner", "id": "a", "name": [{"family": "RARE", "given": ["Anne"]}]}
    fil = _auteurs(atelier, [autre], [{"reference": "#a"}])
    assert atelier.scene.ligne(uuid.UUID(fil[32:]))
    with portee(atelier.scene.dossier_id):
        Document.objects.filter(id=uuid.UUID(fil[32:])).update(masque_ps=True)
    criteres = {"author.family": "rare"}
    assert len(ressources(atelier.auteur.chercher(atelier.scene.ins, **criteres))) == 1, "his own"
    assert ressources(atelier.confrere.chercher(atelier.scene.ins, **criteres)) == []


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
