"""ITI-65: what makes a lot, and each way of breaking one."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.interop.client import lot_de_documents
from espace_sante.interop.fhir.lot import lire_lot
from espace_sante.interop.tests.fabrique import (
    DOSSIER,
    INS,
    PDF,
    REGLES,
    SOURCE,
    bundle,
    codes,
    constats,
    fiche,
    lire,
    metadonnees,
    octets,
    poser,
    refus,
)
from espace_sante.kernel.ins import OID_TEST, Ins, cle

_F = "Bundle.entry[1].resource"
_L = "Bundle.entry[0].resource"


@pytest.mark.rule("FHR-57", "FHR-59", "FHR-69")
def test_a_valid_lot() -> None:
    lot = bundle()
    lu = lire(lot)
    assert lu.ins == INS
    assert lu.avertissements == []
    depot = lu.a_deposer(DOSSIER)
    document = depot.documents[0]
    assert document.contenu == PDF
    assert document.metadonnees.unique_id == fiche(lot)["masterIdentifier"]["value"]
    assert document.metadonnees.titre == "Compte rendu de consultation"
    assert document.metadonnees.auteurs[0].idnat == SOURCE.idnat
    assert document.metadonnees.auteurs[0].structure_idnat == SOURCE.structure_idnat
    assert depot.auteur.idnat == SOURCE.idnat
    assert depot.source_id == "urn:oid:1.2.250.1.999.1"
    statuts = lu.reponses(DOSSIER)
    assert [s for s, _ in statuts] == ["201 Created"] * 3
    assert [lieu.partition("/")[0] for _, lieu in statuts] == ["List", "DocumentReference", "Binary"]


@pytest.mark.rule("FHR-112", "FHR-113", "FHR-05", "FHR-86")
def test_the_stored_resource() -> None:
    lot = bundle(masque_ps=True, invisible_patient=True)
    fiche(lot)["identifier"] = [
        {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:11111111-1111-1111-1111-111111111111"},
        {"system": "urn:oid:1.2.3", "value": "DOC-1"},
    ]
    extension = {"url": "https://exemple.fr/e", "valueDecimal": "@"}
    fiche(lot)["extension"] = [extension]
    corps = octets(lot).replace(b'"@"', b"1.10")
    lu = lire_lot(corps, REGLES)
    brut = lu.a_deposer(DOSSIER).documents[0].representation or b""
    ressource = json.loads(brut)
    document_id = lu.documents[0].id
    fil = DOSSIER.hex + document_id.hex
    assert ressource["id"] == fil
    assert ressource["meta"]["versionId"] == "1"
    assert ressource["content"][0]["attachment"]["url"] == f"Binary/{fil}"
    assert "data" not in ressource["content"][0]["attachment"]
    assert [(i.get("use"), i["value"]) for i in ressource["identifier"]] == [
        ("official", f"urn:uuid:{lu.documents[0].entree}"),
        ("secondary", f"urn:uuid:{lu.documents[0].entree}"),
        (None, "DOC-1"),
    ]
    assert [label["coding"][0]["code"] for label in ressource["securityLabel"]] == [
        "MASQUE_PS", "INVISIBLE_PATIENT", "N",
    ]  # fmt: skip
    assert ressource["subject"] == {"reference": f"Patient/{DOSSIER}"}
    # Extensions and contained resources come back word for word, decimal precision included.
    assert b'"valueDecimal": 1.10' in brut
    assert ressource["contained"] == fiche(lot)["contained"]


@pytest.mark.rule("FHR-66")
def test_two_patients_are_refused_wherever_the_second_is() -> None:
    base = "1900101001001"
    autre = Ins(base + cle(base), OID_TEST)
    for changer in (
        poser("entry.0.resource.subject.reference", f"Patient?identifier={autre.urn}|{autre.matricule}"),
        poser("entry.1.resource.subject.reference", f"Patient?identifier={autre.urn}|{autre.matricule}"),
        poser("entry.1.resource.contained.0.identifier.0.value", autre.matricule),
    ):
        lot = bundle()
        changer(lot)
        assert "patients-differents" in {c for c, _ in constats(refus(lambda lot=lot: lire(lot)))}


@pytest.mark.rule("FHR-66")
@pytest.mark.parametrize(
    "reference",
    [
        {"reference": f"Patient?identifier={INS.urn}|{INS.matricule}"},
        {"reference": f"Patient?identifier={INS.urn.replace(':', '%3A')}%7C{INS.matricule}"},
        {"reference": f"https://serveur.fr/fhir/Patient?identifier={INS.urn}|{INS.matricule}"},
        {"identifier": {"system": INS.urn, "value": INS.matricule}},
        {"reference": "urn:uuid:patient"},
    ],
)
def test_forms_of_the_patient(reference: dict[str, object]) -> None:
    lot = bundle()
    fiche(lot)["subject"] = reference
    lot["entry"].append(
        {
            "fullUrl": "urn:uuid:patient",
            "resource": {
                "resourceType": "Patient",
                "identifier": [{"system": INS.urn, "value": INS.matricule}],
            },
            "request": {"method": "POST", "url": "Patient"},
        }
    )
    lu = lire(lot)
    assert lu.ins == INS
    assert lu.reponses(DOSSIER)[3] == ("200 OK", "")


@pytest.mark.rule("FHR-66")
def test_the_patient_by_our_own_id() -> None:
    lot = bundle()
    for ressource in (fiche(lot), lot["entry"][0]["resource"]):
        ressource["subject"] = {"reference": f"Patient/{DOSSIER}"}
    lu = lire(lot)
    assert lu.dossier_id == DOSSIER
    # The source patient still names an INS: the door checks that both are one record.
    assert lu.ins == INS


@pytest.mark.rule("FHR-51")
def test_fictitious_numbers_are_refused_in_production() -> None:
    lot = bundle()
    refuse = refus(lambda: lire(lot, replace(REGLES, fictifs=False, production=True)))
    assert {c for c, _ in constats(refuse)} == {"ins-fictif"}
    assert refuse.statut == 400


@pytest.mark.rule("FHR-09")
def test_no_finding_says_a_number() -> None:
    lot = bundle()
    fiche(lot)["subject"] = {"reference": f"Patient?identifier={INS.urn}|{INS.matricule}9"}
    refuse = refus(lambda: lire(lot))
    assert INS.matricule not in repr(refuse.constats)
    assert INS.matricule not in str(refuse)


@pytest.mark.rule("FHR-70")
def test_custodian_and_authenticator_are_deduced_and_marked() -> None:
    lot = bundle(authentificateur=None, depositaire=None)
    lu = lire(lot)
    assert codes(lu.avertissements) == {"depositaire-deduit", "authentificateur-deduit"}
    document = lu.a_deposer(DOSSIER).documents[0]
    assert document.metadonnees.authentificateur == document.metadonnees.auteurs[0]
    assert document.metadonnees.depositaire is not None
    assert document.metadonnees.depositaire.structure_idnat == SOURCE.structure_idnat
    ressource = json.loads(document.representation or b"")
    for element in ("custodian", "authenticator"):
        assert ressource[element]["extension"] == [
            {"url": "urn:espace-sante-ouvert:valeur-deduite", "valueBoolean": True}
        ]
        local = ressource[element]["reference"].removeprefix("#")
        assert local in {c["id"] for c in ressource["contained"]}


@pytest.mark.rule("FHR-73", "FHR-74")
def test_class_and_codes_outside_the_sets_are_warnings() -> None:
    lot = bundle()
    fiche(lot)["category"][0]["coding"][0]["code"] = "11"
    fiche(lot)["context"]["facilityType"] = {
        "coding": [{"system": "http://snomed.info/sct", "code": "22232009"}]
    }
    lu = lire(lot)
    assert codes(lu.avertissements) == {"classe-type", "code-hors-jeu"}
    assert lu.a_deposer(DOSSIER).documents[0].metadonnees.classe.code == "11"


@pytest.mark.rule("FHR-86")
@pytest.mark.parametrize("idnat", ["299000000001", "799000000001"])
def test_ill_formed_author_identifier_is_a_warning(idnat: str) -> None:
    lot = bundle(auteurs=(replace(SOURCE, idnat=idnat, structure_idnat="", structure_nom=""),))
    assert "identifiant-acteur" in codes(lire(lot).avertissements)


@pytest.mark.rule("FHR-99", "FHR-101")
def test_replacement_targets() -> None:
    cible = UUID("01931a2b-0000-7000-8000-00000000000a")
    fil = DOSSIER.hex + cible.hex
    for forme, attendu in (
        ({"reference": f"DocumentReference/{fil}"}, str(cible)),
        ({"reference": f"https://serveur.fr/fhir/DocumentReference/{fil}"}, str(cible)),
        ({"identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}}, "urn:oid:1.2.3"),
        ({"identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{cible}"}}, f"urn:uuid:{cible}"),
    ):
        lot = bundle()
        fiche(lot)["relatesTo"] = [{"code": "replaces", "target": forme}]
        assert lire(lot).a_deposer(DOSSIER).documents[0].metadonnees.remplace == attendu


@pytest.mark.rule("FHR-105")
def test_other_relations_are_kept_with_a_warning() -> None:
    lot = bundle()
    fiche(lot)["relatesTo"] = [
        {"code": "transforms", "target": {"identifier": {"value": "urn:oid:1.2.3"}}},
        {"code": "appends", "target": {"identifier": {"value": "urn:oid:1.2.4"}}},
    ]
    lu = lire(lot)
    assert codes(lu.avertissements) == {"PartialTransformNotProcessed", "PartialAppendContentNotProcessed"}
    document = lu.a_deposer(DOSSIER).documents[0]
    assert document.metadonnees.remplace == ""
    assert len(json.loads(document.representation or b"")["relatesTo"]) == 2


def _patch(valeur: str = "superseded") -> dict[str, Any]:
    operation = {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "replace"},
            {"name": "path", "valueString": "DocumentReference.status"},
            {"name": "value", "valueCode": valeur},
        ],
    }
    return {
        "resource": {"resourceType": "Parameters", "parameter": [operation]},
        "request": {"method": "PATCH", "url": "DocumentReference/1"},
    }


@pytest.mark.rule("FHR-100")
def test_the_patch_of_a_replacement() -> None:
    lot = bundle()
    lot["entry"].append(_patch())
    assert {c for c, _ in constats(refus(lambda: lire(lot)))} == {"patch-sans-remplacement"}
    fiche(lot)["relatesTo"] = [{"code": "replaces", "target": {"identifier": {"value": "urn:oid:1.2.3"}}}]
    assert lire(lot).reponses(DOSSIER)[3] == ("200 OK", "")
    lot["entry"][3] = _patch("entered-in-error")
    assert {c for c, _ in constats(refus(lambda: lire(lot)))} == {"patch-invalide"}


@pytest.mark.rule("FHR-17")
def test_too_many_and_too_large() -> None:
    documents = [(PDF, metadonnees()) for _ in range(3)]
    lot = lot_de_documents(documents, INS, SOURCE)
    assert len(lire(lot).documents) == 3
    for regles, code in (
        (replace(REGLES, max_documents=2), "trop-de-documents"),
        (replace(REGLES, max_document=len(PDF) - 1), "trop-grand"),
    ):
        refuse = refus(lambda regles=regles: lire(lot, regles))
        assert code in {c for c, _ in constats(refuse)}
        assert refuse.statut == 413


@pytest.mark.rule("FHR-61")
def test_a_half_valid_lot_is_refused_whole_and_names_the_entry() -> None:
    lot = lot_de_documents([(PDF, metadonnees()), (PDF, metadonnees())], INS, SOURCE)
    fiche(lot, 2)["type"]["coding"][0]["code"] = "00000-0"
    assert constats(refus(lambda: lire(lot))) == [("type-inconnu", "Bundle.entry[2].resource.type")]


@pytest.mark.rule("FHR-60")
@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(hasard: random.Random) -> None:
    documents = [(PDF, metadonnees(titre=f"Compte rendu {n}")) for n in range(3)]
    lot = lot_de_documents(documents, INS, SOURCE)
    attendu = {d.metadonnees for d in lire(lot).a_deposer(DOSSIER).documents}
    hasard.shuffle(lot["entry"])
    lu = lire(lot)
    assert {d.metadonnees for d in lu.a_deposer(DOSSIER).documents} == attendu
    types = [e["resource"]["resourceType"] for e in lot["entry"]]
    assert [lieu.partition("/")[0] for _, lieu in lu.reponses(DOSSIER)] == types


@pytest.mark.rule("FHR-88", "CDA-09")
def test_a_fhir_document_keeps_its_bytes(vectors: Path) -> None:
    brut = (vectors / "fhir/pdsm4dmp/Bundle-example-annexe-fhir-document.json").read_bytes()
    lot = bundle()
    attachement = fiche(lot)["content"][0]["attachment"]
    attachement["contentType"] = "application/fhir+json"
    del attachement["size"], attachement["hash"]
    lot["entry"][2] = {
        "fullUrl": lot["entry"][2]["fullUrl"],
        "resource": "@",
        "request": {"method": "POST", "url": "Bundle"},
    }
    corps = octets(lot).replace(b'"@"', brut.strip())
    lu = lire_lot(corps, REGLES)
    assert lu.documents[0].contenu == brut.strip()
    assert lu.reponses(DOSSIER)[2][1].startswith("Bundle/")
    sans_composition = corps.replace(b'"Composition"', b'"Basic"')
    assert "document-fhir" in {c for c, _ in constats(refus(lambda: lire_lot(sans_composition, REGLES)))}


@pytest.mark.rule("FHR-90", "CDA-08")
def test_the_published_example_is_accepted_with_warnings(vectors: Path) -> None:
    brut = (vectors / "fhir/pdsm4dmp/Bundle-example-td2-iti65-lot-soumission.json").read_bytes()
    lu = lire_lot(brut, REGLES)
    assert lu.ins is not None
    assert {"depositaire-deduit", "classe-type", "code-hors-jeu"} <= codes(lu.avertissements)
    document = lu.a_deposer(DOSSIER).documents[0]
    assert len(document.contenu) == 80
    assert document.metadonnees.auteurs[0].idnat == "899700218896"


@pytest.mark.rule("FHR-79")
def test_conditional_creation_is_read() -> None:
    lot = bundle()
    assert not lire(lot).si_absent
    lot["entry"][1]["request"]["ifNoneExist"] = "identifier=urn:ietf:rfc:3986|urn:oid:1.2.3"
    assert lire(lot).si_absent


@pytest.mark.rule("FHR-87", "CDA-03", "CDA-23")
def test_a_dangerous_document_refuses_the_lot() -> None:
    bombe = b'<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument xmlns="urn:hl7-org:v3">&b;</ClinicalDocument>'
    lot = bundle(bombe, mime="text/xml")
    lot["entry"][2]["resource"]["data"] = base64.b64encode(bombe).decode()
    assert "cda-doctype" in {c for c, _ in constats(refus(lambda: lire(lot)))}
