"""The checker itself: what it takes, what it says, how much, and `$validate` over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.interop.fhir.catalogue import toutes
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.profils.primitifs import FORMES, nombre_admis
from espace_sante.interop.profils.regles import RegleProfil, decrire
from espace_sante.interop.profils.verification import verifier
from espace_sante.interop.tests.fabrique import bundle, constats, fiche, lire_105, refus, simple
from espace_sante.interop.tests.lps import FHIR, Lps, entetes

_PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"


@pytest.mark.rule("FHR-08")
def test_codes_are_unique_and_new() -> None:
    codes = [r.code for r in RegleProfil]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {e.code for e in toutes()}
    assert all(r.phrase.endswith(".") for r in RegleProfil)


@pytest.mark.rule("FHR-08")
def test_a_finding_says_where_which_rule_and_what() -> None:
    lot = bundle()
    del fiche(lot)["custodian"]
    fiche(lot)["contained"] = [c for c in fiche(lot)["contained"] if c["id"] != "depositaire"]
    fiche(lot)["status"] = "entered-in-error"
    trouves = {(c.expression, c.diagnostic, c.texte) for c in verifier(lot)}
    assert trouves == {
        (
            "Bundle.entry[1].resource.custodian",
            "pdsm-comprehensive-document-reference#custodian",
            "« custodian » est attendu au moins 1 fois : trouvé 0 fois.",
        ),
        (
            "Bundle.entry[1].resource.status",
            "pdsm-comprehensive-document-reference#status",
            "« status » doit être un code du jeu DocumentReferenceStats : trouvé « entered-in-error ».",
        ),
    }


@pytest.mark.rule("FHR-09")
@pytest.mark.parametrize(
    "secret", ["279035121518989", "2 79 03 51", "Jeanne Martin", "MARTIN<script>", "é" * 30]
)
def test_no_identity_is_repeated(secret: str) -> None:
    ressource = simple()
    ressource["status"] = secret
    ressource["author"][0] = {"reference": f"Group/{secret}"}
    ressource[secret] = "x"
    ressource["masterIdentifier"]["use"] = secret
    constats = verifier(ressource)
    assert len(constats) >= 3
    for constat in constats:
        assert secret not in f"{constat.texte}{constat.expression}{constat.diagnostic}{constat.code}"


def test_what_was_found_is_described() -> None:
    assert decrire("entered-in-error") == "« entered-in-error »"
    assert decrire("279035121518989") == "un texte de 15 caractères"
    assert decrire([1, 2]) == "une liste de 2 éléments"
    assert decrire({"coding": [{"code": "10"}]}) == "un texte de 2 caractères"
    assert decrire({"code": "SA01"}) == "« SA01 »"
    assert decrire(None) == "null"
    assert decrire(True) == "un booléen"


@pytest.mark.rule("FHR-10")
def test_at_most_one_hundred_findings() -> None:
    ressource = simple()
    ressource["author"] = [{f"inconnu{rang}": rang} for rang in range(5000)]
    assert len(verifier(ressource)) == 100


@pytest.mark.rule("FHR-07")
def test_a_very_deep_resource_is_refused() -> None:
    profonde: dict[str, Any] = {"url": "urn:x", "valueCode": "a"}
    for _ in range(5000):
        profonde = {"url": "urn:x", "extension": [profonde]}
    ressource = simple() | {"extension": [profonde]}
    assert Erreur.TROP_PROFOND.code in {c.code for c in verifier(ressource)}


@pytest.mark.parametrize(
    "ressource", [None, 3, "x", [], {}, {"resourceType": "Nimporte"}, {"resourceType": 4}]
)
def test_what_is_no_resource(ressource: Any) -> None:
    (constat,) = verifier(ressource)
    assert (constat.code, constat.expression) == ("profil-ressource", "Resource")


@pytest.mark.rule("FHR-05")
def test_unknown_profiles_and_extensions_are_no_fault() -> None:
    ressource = simple()
    ressource["meta"]["profile"].append("https://example.org/StructureDefinition/autre")
    ressource["extension"] = [{"url": "https://example.org/inconnue", "valueRange": {"low": {"value": 1.5}}}]
    (constat,) = verifier(ressource)
    assert (constat.code, constat.gravite) == ("profil-non-verifie", "information")
    ressource["extension"][0]["valueRange"]["low"]["value"] = "1.5"
    assert [c.expression for c in verifier(ressource) if c.refuse] == [
        "DocumentReference.extension[0].valueRange.low.value"
    ]


@pytest.mark.rule("FHR-05")
def test_extensions_of_primitives() -> None:
    ressource = simple()
    absent = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
    }
    del ressource["date"]
    ressource["_date"] = absent
    praticien = next(c for c in ressource["contained"] if c["resourceType"] == "PractitionerRole")
    praticien |= {
        "resourceType": "Practitioner",
        "name": [{"given": [None, "Anne"], "_given": [absent, None]}],
    }
    for cle in ("practitioner", "organization", "code", "specialty"):
        praticien.pop(cle, None)
    assert verifier(ressource) == []
    del praticien["name"][0]["_given"]
    assert [(c.code, c.expression) for c in verifier(ressource)] == [
        ("profil-vide", "DocumentReference.contained[0].name[0].given")
    ]
    ressource["_date"] = {"autre": 1}
    assert ("profil-type", "DocumentReference._date") in [(c.code, c.expression) for c in verifier(ressource)]


@pytest.mark.parametrize(
    ("type_", "bons", "mauvais"),
    [
        ("instant", ["2026-06-12T10:00:00Z", "2026-06-12T10:00:00.123+02:00"], ["2026-06-12", "2026-06-12T10:00:00"]),
        ("dateTime", ["2026", "2026-06", "2026-06-12", "2026-06-12T10:00:00-05:00"], ["2026-13", "26", "2026-06-12T10:00Z"]),
        ("date", ["2026", "2026-02"], ["2026-06-12T10:00:00Z", "2026-6"]),
        ("code", ["a", "a b"], ["", " a", "a  b", "a "]),
        ("id", ["a-1.B"], ["a_b", "x" * 65, ""]),
        ("oid", ["urn:oid:1.2.250"], ["1.2.250", "urn:oid:3.1", "urn:oid:1.02"]),
        ("uuid", ["urn:uuid:01931a2b-0000-7000-8000-0123456789ab"], ["urn:uuid:x"]),
        ("uri", ["urn:x", "a/b"], ["a b", ""]),
        ("base64Binary", ["AAAA", "QQ==", "AA\nAA"], ["A", "QQ=", "A-_A"]),
        ("string", ["x"], ["", "  \n"]),
        ("xhtml", ["<div>x</div>"], ["x"]),
    ],
)  # fmt: skip
def test_primitive_shapes(type_: str, bons: list[str], mauvais: list[str]) -> None:
    assert all(FORMES[type_](b) for b in bons)
    assert not any(FORMES[type_](m) for m in mauvais)


def test_numbers() -> None:
    assert nombre_admis("integer", -5)
    assert nombre_admis("decimal", 1.5)
    assert not nombre_admis("positiveInt", 0)
    assert not nombre_admis("unsignedInt", 2**31)
    assert not nombre_admis("integer", 1.0)
    assert not nombre_admis("integer", True)


def _valider(
    client: Client, corps: object, chemin: str = "/fhir/DocumentReference/$validate", **plus: str
) -> Any:
    lps = Lps(client, professionnel())
    brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
    return client.post(chemin, brut, content_type=FHIR, headers=entetes(lps.acteur, **plus))


def _issues(reponse: Any) -> list[tuple[str, str]]:
    assert reponse.status_code == 200, reponse.content
    return [(i["severity"], i["details"]["coding"][0]["code"]) for i in json.loads(reponse.content)["issue"]]


@pytest.mark.rule("FHR-08", "FHR-10")
@pytest.mark.django_db
def test_validate(client: Client) -> None:
    assert _issues(_valider(client, simple())) == [("information", "profil-conforme")]
    fautif = simple()
    del fautif["subject"], fautif["date"]
    reponse = _valider(client, fautif)
    assert _issues(reponse) == [("error", "profil-absent")] * 2
    issue = json.loads(reponse.content)["issue"][0]
    assert issue["expression"] == ["DocumentReference.subject"]
    assert issue["diagnostics"] == "pdsm-simplified-publish#subject"
    assert issue["details"]["coding"][0]["system"] == f"{settings.ES_BASE_URL}/fhir/CodeSystem/erreur-mes"
    assert verifier(json.loads(reponse.content)) == []
    assert _issues(_valider(client, bundle(), "/fhir/Bundle/$validate")) == [
        ("information", "profil-conforme")
    ]


@pytest.mark.django_db
def test_validate_against_a_named_profile(client: Client) -> None:
    sans = simple()
    del sans["meta"]
    profil = f"{_PDSM}/pdsm-comprehensive-document-reference"
    codes = [
        ("error", c)
        for _, c in _issues(_valider(client, sans, f"/fhir/DocumentReference/$validate?profile={profil}"))
    ]
    assert ("error", "profil-interdit") in codes
    parametres = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": sans}, {"name": "profile", "valueUri": profil}],
    }
    assert [("error", c) for _, c in _issues(_valider(client, parametres))] == codes
    assert _issues(_valider(client, sans)) == [("information", "profil-conforme")]


@pytest.mark.rule("FHR-07", "FHR-17", "FHR-19")
@pytest.mark.django_db
def test_validate_and_bad_input(client: Client) -> None:
    assert _issues(_valider(client, {"resourceType": "List"})) == [("error", "profil-ressource")]
    assert _issues(_valider(client, [])) == [("error", "profil-ressource")]
    for corps, statut, code in (
        (b"{", 400, "json-illisible"),
        (b"\xff", 400, "utf8-invalide"),
        (b'{"a":1,"a":2}', 400, "cle-en-double"),
        (b'{"a":NaN}', 400, "json-illisible"),
        (b"[" * 200_000, 400, "json-trop-profond"),
        (b'"' + b"x" * 2_000_001 + b'"', 413, "requete-trop-grande"),
    ):
        reponse = _valider(client, corps)
        assert reponse.status_code == statut
        assert json.loads(reponse.content)["issue"][0]["details"]["coding"][0]["code"] == code
    assert client.get("/fhir/Bundle/$validate").status_code == 405
    assert client.post("/fhir/Bundle/$validate", b"{}", content_type=FHIR).status_code == 401
    acteur = replace(Lps(client, professionnel()).acteur, portees=frozenset({"ITI-67"}))
    etroit = client.post("/fhir/Bundle/$validate", b"{}", content_type=FHIR, headers=entetes(acteur))
    assert etroit.status_code == 403


@pytest.mark.rule("FHR-04")
@pytest.mark.django_db
def test_validate_in_xml(client: Client) -> None:
    corps = b'<DocumentReference xmlns="http://hl7.org/fhir"><status value="faux"/></DocumentReference>'
    lps = Lps(client, professionnel())
    reponse = client.post(
        "/fhir/DocumentReference/$validate",
        corps,
        content_type="application/fhir+xml",
        headers=entetes(lps.acteur),
    )
    assert _issues(reponse) == [("error", "profil-code"), ("error", "profil-absent")]
    lue = client.post(
        "/fhir/DocumentReference/$validate", corps, content_type="application/fhir+xml",
        headers=entetes(lps.acteur, Accept="application/fhir+xml"),
    )  # fmt: skip
    assert b"<OperationOutcome xmlns" in lue.content


@pytest.mark.rule("FHR-09")
def test_the_door_does_not_repeat_a_number_given_as_a_key() -> None:
    refuse = refus(lambda: lire_105(simple() | {"279035121518989": 1}))
    assert constats(refuse) == [("element-inconnu", "DocumentReference")]


@pytest.mark.rule("FHR-04")
@pytest.mark.django_db
def test_codes_are_public(client: Client) -> None:
    codes = {c["code"] for c in json.loads(client.get("/fhir/CodeSystem/erreur-mes").content)["concept"]}
    assert {r.code for r in RegleProfil} <= codes
