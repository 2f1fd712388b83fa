"""Everything that the FHIR door sends follows the profiles and R4, seen by our own checker (issue 4, Done when)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel
from espace_sante.identite.models import Structure
from espace_sante.interop.client import depot_iti105
from espace_sante.interop.profils.verification import verifier
from espace_sante.interop.tests.atelier import JSON_PATCH, Atelier, archiver, mettre
from espace_sante.interop.tests.fabrique import (
    DOSSIER,
    bundle,
    fiche,
    lire,
    lire_105,
    octets,
    simple,
)
from espace_sante.interop.tests.lps import FHIR, Lps, entetes
from espace_sante.interop.tests.test_consent_http import consent, poster
from espace_sante.interop.views import depots
from espace_sante.kernel.ins import Ins

_PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
REPONSE_DOCUMENTS = f"{_PDSM}/pdsm-find-documentreferences-comprehensive-response"
REPONSE_LISTES = f"{_PDSM}/pdsm-find-lists-response"
DOCUMENT = f"{_PDSM}/pdsm-comprehensive-document-reference"


def fautes(ressource: Any, *profils: str) -> list[tuple[str, str, str]]:
    """What the checker refuses in it."""
    return [
        (c.code, c.expression, c.diagnostic) for c in verifier(ressource, profils) if c.gravite == "error"
    ]


@pytest.fixture
def ouvert(client: Client) -> tuple[Lps, uuid.UUID, Ins]:
    depots._enregistrement.cache_clear()
    Structure.objects.create(
        id="1990000001", nom="Centre de test", etablissement_code="SA01", cadre_code="AMBULATOIRE"
    )
    medecin = Lps(client, professionnel())
    dossier_id, ins = dossier()
    recueillir_consentement(medecin.acteur, ins, contexte=CONTEXTE)
    return medecin, dossier_id, ins


@pytest.mark.rule("FHR-69", "FHR-70", "FHR-113")
@pytest.mark.django_db
def test_search_read_and_answer_of_a_lot(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, _, ins = ouvert
    lot = bundle(ins=ins)
    # What the product takes and completes: neither custodian nor authenticator (FHR-70).
    for absent in ("custodian", "authenticator"):
        del fiche(lot)[absent]
    fiche(lot)["contained"] = [c for c in fiche(lot)["contained"] if not c["id"].startswith(("dep", "auth"))]
    reponse = medecin.client.post(
        "/fhir", octets(lot), content_type=FHIR,
        headers=entetes(medecin.acteur, Prefer="return=representation"),
    )  # fmt: skip
    corps = json.loads(reponse.content)
    assert fautes(corps) == []
    rendu = next(e["resource"] for e in corps["entry"] if "resource" in e)
    assert fautes(rendu, DOCUMENT) == []
    searchset = json.loads(medecin.chercher(ins).content)
    assert searchset["total"] == 1
    assert fautes(searchset, REPONSE_DOCUMENTS) == []
    lieu = corps["entry"][1]["response"]["location"]
    lu = json.loads(medecin.get(f"/fhir/{lieu}").content)
    assert lu["meta"]["profile"] == [DOCUMENT]
    assert fautes(lu) == []
    binaire = json.loads(
        medecin.get(f"/fhir/{corps['entry'][2]['response']['location']}", Accept=FHIR).content
    )
    assert fautes(binaire) == []


@pytest.mark.rule("FHR-22", "FHR-21")
@pytest.mark.django_db
def test_an_empty_search_and_one_with_a_warning(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, _, ins = ouvert
    assert fautes(json.loads(medecin.chercher(ins).content), REPONSE_DOCUMENTS) == []
    avertie = json.loads(medecin.chercher(ins, inconnu="1").content)
    assert [e["search"]["mode"] for e in avertie["entry"]] == ["outcome"]
    # MHD asks for a fullUrl in every entry; an OperationOutcome of a search has no address (R4 §3.1.1).
    assert fautes(avertie) == []
    assert fautes(avertie, REPONSE_DOCUMENTS) == [
        ("profil-absent", "Bundle.entry[0].fullUrl", "pdsm-find-documentreferences-comprehensive-response#entry.fullUrl")
    ]  # fmt: skip


@pytest.mark.rule("FHR-92", "FHR-96")
@pytest.mark.django_db
def test_the_answer_of_a_simplified_deposit(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, _, ins = ouvert
    reponse = medecin.client.post(
        "/fhir/DocumentReference", octets(simple(ins=ins)), content_type=FHIR, headers=entetes(medecin.acteur)
    )
    assert reponse.status_code == 201, reponse.content
    assert fautes(json.loads(reponse.content), DOCUMENT) == []


@pytest.mark.rule("FHR-94", "FHR-96")
def test_what_is_stored_of_a_cda_without_metadata(vectors: Any) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    corps = depot_iti105(contenu, Ins("279035121518989", "1.2.250.1.213.1.4.10"))
    corps.pop("type", None)
    # A publisher's own name for a contained patient must not meet the one that is made from the header.
    corps["contained"].insert(0, {"resourceType": "Patient", "id": "patient-source"})
    corps["author"].append({"reference": "#patient-source"})
    depot = lire_105(corps).a_deposer(DOSSIER)
    assert depot.representation is not None
    assert depot.documents[0].representation is not None
    assert fautes(json.loads(depot.documents[0].representation), DOCUMENT) == []
    assert fautes(json.loads(depot.representation)) == []


@pytest.mark.rule("FHR-67")
def test_the_stored_submission_set() -> None:
    depot = lire(bundle()).a_deposer(DOSSIER)
    assert depot.representation is not None
    liste = json.loads(depot.representation)
    assert liste["meta"]["profile"] == [f"{_PDSM}/pdsm-submissionset-comprehensive"]
    assert fautes(liste) == []


@pytest.mark.rule("FHR-126", "FHR-113")
@pytest.mark.django_db
def test_a_changed_document_and_one_of_another_door(client: Client) -> None:
    atelier = Atelier(client)
    # Deposited without FHIR: the resource is made from the columns alone.
    fil = atelier.deposer()
    lu = json.loads(atelier.auteur.get(f"/fhir/DocumentReference/{fil}").content)
    assert fautes(lu, DOCUMENT) == []
    for corps in (mettre("MASQUE_PS"), archiver()):
        change = atelier.patch(atelier.auteur, fil, corps, JSON_PATCH)
        assert change.status_code == 200, change.content
        assert fautes(json.loads(change.content), DOCUMENT) == []
    lu = json.loads(atelier.auteur.get(f"/fhir/DocumentReference/{fil}").content)
    assert [e["valueBoolean"] for e in lu["extension"]] == [True]
    assert fautes(lu, DOCUMENT) == []


@pytest.mark.rule("FHR-41", "FHR-52", "FHR-08")
@pytest.mark.django_db
def test_patient_consent_and_refusals(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, dossier_id, ins = ouvert
    for reponse in (
        medecin.get(f"/fhir/Patient?identifier={ins.urn}|{ins.matricule}"),
        medecin.get(f"/fhir/Patient/{dossier_id}"),
        poster(medecin, consent(numero=ins)),
        medecin.get("/fhir/DocumentReference"),
        medecin.get("/fhir/Nimporte"),
        medecin.client.post("/fhir", b"{", content_type=FHIR, headers=entetes(medecin.acteur)),
        medecin.client.get("/fhir/DocumentReference"),
    ):
        corps = json.loads(reponse.content)
        assert fautes(corps) == [], (reponse.status_code, corps)


@pytest.mark.rule("FHR-02", "FHR-08")
@pytest.mark.django_db
@pytest.mark.parametrize("chemin", ["/fhir/metadata", "/fhir/CodeSystem/erreur-mes"])
def test_public_resources(client: Client, chemin: str) -> None:
    assert fautes(json.loads(client.get(chemin).content)) == []


def test_the_sample_client_follows_the_profiles() -> None:
    """What we show to publishers is itself right (issue 4 §6)."""
    assert fautes(bundle()) == []
    assert fautes(simple()) == []


@pytest.mark.rule("FHR-107", "FHR-67")
@pytest.mark.django_db
def test_lists_found_and_read(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, dossier_id, ins = ouvert
    medecin.deposer(bundle(ins=ins))
    trouves = json.loads(
        medecin.get(f"/fhir/List?patient=Patient/{dossier_id}&code=submissionset&status=current").content
    )
    assert trouves["total"] == 1
    assert fautes(trouves, REPONSE_LISTES) == []
    lue = json.loads(medecin.get(f"/fhir/List/{trouves['entry'][0]['resource']['id']}").content)
    assert fautes(lue) == []


@pytest.mark.rule("FHR-160", "FHR-166")
@pytest.mark.django_db
def test_traces_and_circle_of_care(ouvert: tuple[Lps, uuid.UUID, Ins]) -> None:
    medecin, dossier_id, ins = ouvert
    medecin.deposer(bundle(ins=ins))
    for type_ in ("AuditEvent", "CareTeam"):
        reponse = medecin.get(f"/fhir/{type_}?patient=Patient/{dossier_id}")
        corps = json.loads(reponse.content)
        assert fautes(corps) == [], (type_, reponse.status_code)
