"""ITI-105: one resource with its content; the rest is taken from the CDA header."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from espace_sante.interop.client import depot_iti105, lot_iti65, metadonnees_de_cda
from espace_sante.interop.fhir.simplifie import lire_simplifie
from espace_sante.interop.tests.fabrique import (
    DEPOSANT,
    DOSSIER,
    PDF,
    REGLES,
    SOURCE,
    codes,
    constats,
    lire,
    lire_105,
    refus,
    simple,
)
from espace_sante.kernel.ins import OID_TEST, Ins, cle

SANS_ENREGISTREMENT = replace(REGLES, deposant=replace(DEPOSANT, etablissement=None, cadre=None))


@pytest.mark.rule("FHR-92", "FHR-94", "FHR-96")
def test_a_plain_content_is_completed_by_rule() -> None:
    lu = lire_105(simple())
    depot = lu.a_deposer(DOSSIER)
    m = depot.documents[0].metadonnees
    assert depot.documents[0].contenu == PDF
    assert (m.classe.code, m.confidentialite, m.langue) == ("10", "N", "fr-FR")
    assert m.format.code == "urn:ihe:iti:xds:2017:mimeTypeSufficient"
    assert m.periode_debut == m.date == m.creation
    assert (m.etablissement.code, m.cadre.code) == ("SA07", "AMBULATOIRE")
    assert depot.auteur == SOURCE
    assert depot.source_id == "urn:test:client"
    ressource = json.loads(depot.documents[0].representation or b"")
    attachement = ressource["content"][0]["attachment"]
    assert "data" not in attachement
    assert attachement["size"] == len(PDF)
    assert attachement["hash"] == base64.b64encode(m.sha1).decode()
    liste = json.loads(depot.representation or b"")
    assert liste["entry"][0]["item"]["reference"] == f"DocumentReference/{ressource['id']}"
    assert liste["source"] == {"reference": "#source"}


@pytest.mark.rule("FHR-94")
def test_what_nothing_gives_is_asked() -> None:
    refuse = refus(lambda: lire_105(simple(), SANS_ENREGISTREMENT))
    assert refuse.statut == 422
    assert constats(refuse) == [
        ("element-obligatoire", "DocumentReference.context.facilityType"),
        ("element-obligatoire", "DocumentReference.context.practiceSetting"),
    ]
    sans_type = simple()
    del sans_type["type"]
    trouves = constats(refus(lambda: lire_105(sans_type)))
    assert ("element-obligatoire", "DocumentReference.type") in trouves


@pytest.mark.rule("FHR-93")
@pytest.mark.parametrize("element", ["masterIdentifier", "status", "subject", "date", "author", "content"])
def test_each_required_element(element: str) -> None:
    corps = simple()
    del corps[element]
    refuse = refus(lambda: lire_105(corps))
    assert refuse.statut == 422
    assert ("element-obligatoire", f"DocumentReference.{element}") in constats(refuse)


@pytest.mark.rule("FHR-93")
@pytest.mark.parametrize("element", ["contentType", "data", "title"])
def test_each_required_element_of_the_attachment(element: str) -> None:
    corps = simple()
    del corps["content"][0]["attachment"][element]
    refuse = refus(lambda: lire_105(corps))
    assert refuse.statut == 422
    places = {e for c, e in constats(refuse) if c == "element-obligatoire"}
    assert f"DocumentReference.content[0].attachment.{element}" in places


@pytest.mark.rule("FHR-93")
@pytest.mark.parametrize(
    ("element", "valeur"),
    [
        ("identifier", [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2"}]),
        ("docStatus", "final"),
        ("modifierExtension", [{"url": "https://exemple.fr/m", "valueBoolean": True}]),
    ],
)
def test_forbidden_elements(element: str, valeur: object) -> None:
    refuse = refus(lambda: lire_105({**simple(), element: valeur}))
    assert refuse.statut == 422
    assert ("element-interdit", f"DocumentReference.{element}") in constats(refuse)


@pytest.mark.rule("FHR-93")
def test_a_url_is_forbidden_and_an_unreadable_body_is_400() -> None:
    corps = simple()
    corps["content"][0]["attachment"]["url"] = "Binary/1"
    assert "element-interdit" in {c for c, _ in constats(refus(lambda: lire_105(corps)))}
    assert refus(lambda: lire_simplifie(b"{", REGLES)).statut == 400


@pytest.mark.rule("FHR-95")
@pytest.mark.parametrize(
    ("element", "valeur", "code"),
    [("size", 1, "taille-differente"), ("hash", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "empreinte-differente")],
)
def test_a_size_or_hash_that_does_not_fit(element: str, valeur: object, code: str) -> None:
    corps = simple()
    corps["content"][0]["attachment"][element] = valeur
    refuse = refus(lambda: lire_105(corps))
    assert refuse.statut == 422
    assert code in {c for c, _ in constats(refuse)}


@pytest.mark.rule("FHR-95")
def test_the_published_pdsm_example_is_refused_as_it_stands(vectors: Path) -> None:
    brut = (vectors / "fhir/pdsm/DocumentReference-PDSmSimplifiedExample.json").read_bytes()
    refuse = refus(lambda: lire_simplifie(brut, REGLES))
    assert refuse.statut == 422
    assert "taille-differente" in {c for c, _ in constats(refuse)}


@pytest.mark.rule("FHR-94", "CDA-08")
def test_the_published_p4d_example(vectors: Path) -> None:
    brut = (
        vectors / "fhir/pdsm4dmp/DocumentReference-example-td2-iti105-publication-simplifiee.json"
    ).read_bytes()
    lu = lire_simplifie(brut, REGLES)
    assert "cda-sans-entete" in codes(lu.avertissements)
    refuse = refus(lambda: lire_simplifie(brut, replace(REGLES, production=True)))
    assert refuse.statut == 422
    assert "cda-sans-entete" in {c for c, _ in constats(refuse)}


@pytest.mark.rule("CDA-10", "CDA-31", "FHR-94", "FHR-87")
def test_every_sample_by_both_ways_gives_the_metadata_of_its_header(vectors: Path) -> None:
    schema = vectors / "cda/xsd/CDA_extended.xsd"
    regles = replace(REGLES, schema=schema)
    for chemin in sorted((vectors / "cda/samples").glob("*.xml")):
        contenu = chemin.read_bytes()
        attendu, ins = metadonnees_de_cda(contenu)
        assert ins is not None
        par_lot = lire(lot_iti65(contenu, ins, SOURCE), regles)
        par_105 = lire_105(depot_iti105(contenu, ins), regles)
        for lu in (par_lot, par_105):
            assert lu.ins is not None
            assert lu.ins.matricule == ins.matricule
            document = lu.a_deposer(DOSSIER).documents[0]
            m = document.metadonnees
            assert document.contenu == contenu, chemin.name
            assert (m.unique_id, m.type.code, m.classe.code, m.titre) == (
                attendu.unique_id, attendu.type.code, attendu.classe.code, attendu.titre,
            ), chemin.name  # fmt: skip
            assert (m.creation, m.periode_debut, m.periode_fin) == (
                attendu.creation, attendu.periode_debut, attendu.periode_fin,
            ), chemin.name  # fmt: skip
            assert (m.etablissement.code, m.cadre.code, m.format.code, m.confidentialite) == (
                attendu.etablissement.code, attendu.cadre.code, attendu.format.code, attendu.confidentialite,
            ), chemin.name  # fmt: skip
            assert m.auteurs[0].affichage == attendu.auteurs[0].affichage, chemin.name
            assert [e.code for e in m.evenements] == [e.code for e in attendu.evenements if e.systeme]
            assert m.sha1 == attendu.sha1


@pytest.mark.rule("CDA-32", "FHR-87", "CDA-07")
def test_metadata_that_contradict_the_header(vectors: Path) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    vraies, ins = metadonnees_de_cda(contenu)
    assert ins is not None
    autre_id = replace(vraies, unique_id="urn:oid:1.2.3.4")
    refuse = refus(lambda: lire(lot_iti65(contenu, ins, SOURCE, metadonnees=autre_id)))
    assert refuse.statut == 400
    assert {c for c, _ in constats(refuse)} == {"cda-id-different"}
    refuse = refus(lambda: lire_105(depot_iti105(contenu, ins, metadonnees=autre_id)))
    assert refuse.statut == 422
    autre_titre = replace(vraies, titre="Autre titre")
    lu = lire(lot_iti65(contenu, ins, SOURCE, metadonnees=autre_titre))
    assert "cda-titre-different" in codes(lu.avertissements)
    assert lu.a_deposer(DOSSIER).documents[0].metadonnees.titre == "Autre titre"


@pytest.mark.rule("CDA-23")
def test_another_patient_in_the_document_is_left_to_the_door(vectors: Path) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    _, ins = metadonnees_de_cda(contenu)
    assert ins is not None
    autre = Ins("1900101001001" + cle("1900101001001"), OID_TEST)
    for lu in (lire(lot_iti65(contenu, autre, SOURCE)), lire_105(depot_iti105(contenu, autre))):
        assert [i.matricule for i, _ in lu.ins_a_verifier] == [ins.matricule]
    assert lire(lot_iti65(contenu, ins, SOURCE)).ins_a_verifier == []


@pytest.mark.rule("FHR-70")
def test_authenticator_and_custodian_come_from_the_header(vectors: Path) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    attendu, ins = metadonnees_de_cda(contenu)
    assert ins is not None
    m = lire_105(depot_iti105(contenu, ins)).a_deposer(DOSSIER).documents[0].metadonnees
    assert attendu.depositaire is not None
    assert attendu.authentificateur is not None
    assert m.depositaire is not None
    assert m.authentificateur is not None
    assert m.depositaire.structure_nom == attendu.depositaire.structure_nom
    assert m.authentificateur.idnat == attendu.authentificateur.idnat
