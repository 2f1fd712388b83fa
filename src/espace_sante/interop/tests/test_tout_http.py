"""`$everything`: the holder's own token, his own record, what he sees of it, page by page."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from espace_sante.acces import tout_lire
from espace_sante.acces.tests.fabrique import dossier, titulaire
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.documents.models import Document
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.tests.fabrique import bundle, fiche
from espace_sante.interop.tests.lps import Lps, codes_refus, entetes
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(7)


def porteur(acteur: Acteur, *portees: str) -> Acteur:
    Lps(Client(), acteur)
    return replace(acteur, client_id="lps", portees=frozenset(portees or {"patient/Patient.r"}))


def demander(client: Client, acteur: Acteur, dossier_id: object, suite: str = "", **plus: str) -> Any:
    return client.get(f"/fhir/Patient/{dossier_id}/$everything{suite}", headers=entetes(acteur, **plus))


def lues(reponse: Any) -> list[dict[str, Any]]:
    assert reponse.status_code == 200, reponse.content
    return [
        e["resource"] for e in json.loads(reponse.content).get("entry", []) if e["search"]["mode"] == "match"
    ]


def tourner(client: Client, acteur: Acteur, dossier_id: object, suite: str) -> list[list[dict[str, Any]]]:
    """Every page."""
    pages, adresse = [], f"/fhir/Patient/{dossier_id}/$everything{suite}"
    while adresse:
        reponse = client.get(adresse, headers=entetes(acteur))
        pages.append(lues(reponse))
        liens = {x["relation"]: x["url"] for x in json.loads(reponse.content)["link"]}
        coupee = urlsplit(liens.get("next", ""))
        adresse = f"{coupee.path}?{coupee.query}" if coupee.path else ""
        assert len(pages) < 20
    return pages


@pytest.mark.rule("POR-01", "FHR-25", "FHR-24")
def test_he_gets_himself_his_circle_and_each_document_once(client: Client, scene: Scene) -> None:
    ids = {composer(scene.dossier_id, scene.deposer(titre=f"Document {n}").id) for n in range(7)}
    moi = porteur(scene.moi)
    pages = tourner(client, moi, scene.dossier_id, "?_count=3")
    assert [r["resourceType"] for r in pages[0][:2]] == ["Patient", "CareTeam"]
    assert pages[0][0]["identifier"][0]["value"] == scene.ins.matricule
    documents = [r["id"] for page in pages for r in page if r["resourceType"] == "DocumentReference"]
    assert (len(documents), set(documents)) == (7, ids)
    assert [len(page) for page in pages] == [5, 3, 1]
    with portee(scene.dossier_id):
        assert Trace.objects.filter(action="liste", acteur_genre="titulaire").count() == 3


@pytest.mark.rule("POR-08", "FHR-36", "DOC-46")
def test_nothing_tells_of_what_waits_for_its_announcement(client: Client, scene: Scene) -> None:
    lps = Lps(client, scene.medecin)
    ancien = lps.deposer(bundle(ins=scene.ins))["entry"][1]["response"]["location"].partition("/")[2]
    moi = porteur(scene.moi)
    avant = lues(demander(client, moi, scene.dossier_id))
    lot = bundle(ins=scene.ins)
    fiche(lot)["relatesTo"] = [{"code": "replaces", "target": {"reference": f"DocumentReference/{ancien}"}}]
    fiche(lot)["securityLabel"].append(
        {"coding": [{"system": "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/"
                     "TRE-A07-StatutVisibiliteDocument", "code": "INVISIBLE_PATIENT"}]}
    )  # fmt: skip
    cache = lps.deposer(lot)["entry"][1]["response"]["location"].partition("/")[2]
    apres = demander(client, moi, scene.dossier_id)
    assert cache not in apres.content.decode()
    # Same status, version, dates and entryUUID as before anything came.
    assert lues(apres) == avant
    # The other way round: a document that he sees, and that replaced one that he may not see.
    with portee(scene.dossier_id):
        Document.objects.filter(id=uuid.UUID(cache[32:])).update(invisible_patient=False)
        Document.objects.filter(id=uuid.UUID(ancien[32:])).update(invisible_patient=True)
    reponse = demander(client, moi, scene.dossier_id)
    assert [r["id"] for r in lues(reponse) if r["resourceType"] == "DocumentReference"] == [cache]
    assert ancien not in reponse.content.decode()


@pytest.mark.rule("FHR-110", "FHR-40")
def test_nobody_else_and_no_other_record(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    horsdossier: list[Acte] = []
    monkeypatch.setattr(tout_lire, "tracer_hors_dossier", lambda *a: horsdossier.append(a[2]))
    autre, _ = dossier(99)
    for acteur, cible in (
        (porteur(scene.moi), autre), (porteur(scene.moi), uuid.uuid4()), (porteur(titulaire(autre)), scene.dossier_id),
        (porteur(scene.medecin), scene.dossier_id),
    ):  # fmt: skip
        reponse = demander(client, acteur, cible)
        assert (reponse.status_code, codes_refus(reponse)) == (403, ["tout-reserve"])
    assert [(a.resultat.value, a.motif) for a in horsdossier] == [("refus", "reserve_au_titulaire")] * 4
    sans = porteur(scene.moi, "patient/AuditEvent.r")
    assert demander(client, sans, scene.dossier_id).status_code == 403
    assert client.get(f"/fhir/Patient/{scene.dossier_id}/$everything").status_code == 401
    assert demander(client, porteur(scene.moi), "pas-un-id").status_code == 404
    # A page belongs to its caller and to its record.
    scene.deposer()
    scene.deposer()
    premiere = json.loads(demander(client, porteur(scene.moi), scene.dossier_id, "?_count=1").content)
    suite = "?" + urlsplit({x["relation"]: x["url"] for x in premiere["link"]}["next"]).query
    assert demander(client, porteur(titulaire(autre)), scene.dossier_id, suite).status_code == 403
    assert demander(client, porteur(titulaire(autre)), autre, suite).status_code == 400
    assert demander(client, porteur(scene.moi), autre, suite).status_code == 400


@pytest.mark.rule("FHR-21", "FHR-23")
def test_kinds_sizes_and_unknown_parameters(client: Client, scene: Scene) -> None:
    scene.deposer()
    moi = porteur(scene.moi)

    def genres(suite: str) -> list[str]:
        return [r["resourceType"] for r in lues(demander(client, moi, scene.dossier_id, suite))]

    assert genres("?_type=CareTeam,Patient") == ["Patient", "CareTeam"]
    assert genres("?_type=DocumentReference") == ["DocumentReference"]
    assert genres("?_count=0") == ["Patient", "CareTeam"]
    for faux, code in (("_type=Observation,X", "parametre-invalide"), ("_count=-1", "count-invalide")):
        reponse = demander(client, moi, scene.dossier_id, f"?{faux}")
        assert (reponse.status_code, codes_refus(reponse)) == (400, [code])
    avertie = demander(client, moi, scene.dossier_id, "?inconnu=1")
    assert json.loads(avertie.content)["entry"][-1]["search"]["mode"] == "outcome"
    stricte = demander(client, moi, scene.dossier_id, "?inconnu=1", Prefer="handling=strict")
    assert stricte.status_code == 400
