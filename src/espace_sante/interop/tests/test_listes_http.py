"""ITI-66 over HTTP: submission sets and folders, deposited, found, read (FHR-65, FHR-85, FHR-107 to FHR-110)."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.documents.models import Lot
from espace_sante.interop.client import _IHE, _PDSM
from espace_sante.interop.fhir.entrees import CODE_LISTE
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.liste import DESIGNATION_TYPE
from espace_sante.interop.tests.atelier import Atelier
from espace_sante.interop.tests.fabrique import bundle, octets
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes, ressources
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
BASE = f"{settings.ES_BASE_URL}/fhir"


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


def classeur(numero: Ins, *items: str, **autres: Any) -> dict[str, Any]:
    """A folder entry of a lot."""
    return {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": {
            "resourceType": "List",
            "meta": {"profile": [f"{_PDSM}/pdsm-folder-comprehensive"]},
            "extension": [
                {
                    "url": DESIGNATION_TYPE,
                    "valueCodeableConcept": {
                        "coding": [{"system": "http://snomed.info/sct", "code": "80146002"}]
                    },
                }
            ],
            "status": "current",
            "mode": "working",
            "title": "Suivi du diabète",
            "code": {"coding": [{"system": CODE_LISTE, "code": "folder"}]},
            "subject": {"identifier": {"system": numero.urn, "value": numero.matricule}},
            "date": "2026-06-12T10:00:00Z",
            "entry": [{"item": {"reference": i}} for i in items],
            **autres,
        },
        "request": {"method": "POST", "url": "List"},
    }


def lot_avec(numero: Ins, *autres: str, **champs: Any) -> dict[str, Any]:
    """A lot whose folder holds its document, and others by reference."""
    lot = bundle(ins=numero)
    fait = classeur(numero, lot["entry"][1]["fullUrl"], *autres, **champs)
    lot["entry"].append(fait)
    lot["entry"][0]["resource"]["entry"] += [{"item": {"reference": r}} for r in (fait["fullUrl"], *autres)]
    return lot


def _formulaire(lps: Lps, numero: Ins, **criteres: str) -> Any:
    corps = urlencode({"patient.identifier": f"{numero.urn}|{numero.matricule}", **criteres})
    return lps.client.post(
        "/fhir/List/_search",
        corps,
        content_type="application/x-www-form-urlencoded",
        headers=entetes(lps.acteur),
    )


def trouvees(lps: Lps, numero: Ins, **criteres: str) -> list[dict[str, Any]]:
    return ressources(_formulaire(lps, numero, **criteres))


def _genre(liste: dict[str, Any]) -> str:
    return str(liste["code"]["coding"][0]["code"])


@pytest.mark.rule("FHR-107", "FHR-96", "FHR-85", "FHR-65", "FHR-59")
def test_a_folder_comes_with_a_lot_and_is_found(atelier: Atelier) -> None:
    numero = atelier.scene.ins
    ancien = f"DocumentReference/{atelier.deposer()}"
    fait = atelier.auteur.deposer(lot_avec(numero, ancien))
    lieux = [e["response"]["location"] for e in fait["entry"]]
    assert [lieu.partition("/")[0] for lieu in lieux] == ["List", "DocumentReference", "Binary", "List"]
    (dossier,) = trouvees(atelier.auteur, numero, code="folder")
    assert f"List/{dossier['id']}" == lieux[3]
    assert [e["item"]["reference"] for e in dossier["entry"]] == [lieux[1], ancien]
    assert dossier["title"] == "Suivi du diabète"
    lots = trouvees(atelier.auteur, numero, code="submissionset")
    assert {_genre(li) for li in lots} == {"submissionset"}
    depose = next(li for li in lots if f"List/{li['id']}" == lieux[0])
    assert [e["item"]["reference"] for e in depose["entry"]] == [lieux[1], lieux[3], ancien]
    assert {_genre(li) for li in trouvees(atelier.auteur, numero)} == {"folder", "submissionset"}
    lue = atelier.auteur.get(f"/fhir/{lieux[3]}")
    assert (json.loads(lue.content), lue["ETag"]) == (dossier, 'W/"1"')


@pytest.mark.rule("FHR-108", "FHR-109", "FHR-116")
def test_each_criterion_finds_and_leaves_out(atelier: Atelier) -> None:
    numero = atelier.scene.ins
    fait = atelier.auteur.deposer(lot_avec(numero))
    lieux = [e["response"]["location"] for e in fait["entry"]]
    (dossier,) = trouvees(atelier.auteur, numero, code="folder")
    unique = dossier["identifier"][0]["value"]
    for nom, bon, mauvais in (
        ("status", "current", "retired"),
        ("code", f"{CODE_LISTE}|folder", "urn:autre|folder"),
        ("date", "2026-06-12", "2026-06-13"),
        ("_lastUpdated", "ge2020", "lt2020"),
        ("identifier", unique, "urn:oid:1.2.3"),
        ("identifier", dossier["identifier"][1]["value"], f"urn:uuid:{uuid.uuid4()}"),
        ("designationType", "http://snomed.info/sct|80146002", "http://snomed.info/sct|1"),
        ("sourceId", "urn:oid:1.2.250.1.999.1", "urn:oid:1.2.250.1.999.2"),
        ("source.family", "more", "dupont"),
        ("source.given", "ann", "zoe"),
        ("source:identifier", "899000000001", "899000000002"),
        ("authorOrg:identifier", "1990000001", "1990000002"),
        ("title", "suivi du diabete", "diabète"),
        ("title", "SUIVI", "%"),
        ("isArchived", "false", "true"),
        ("item", lieux[1], f"DocumentReference/{'0' * 64}"),
        ("_id", dossier["id"], "0" * 64),
    ):
        ids = [li["id"] for li in trouvees(atelier.auteur, numero, **{"code": "folder", nom: bon})]
        assert ids == [dossier["id"]], nom
        assert trouvees(atelier.auteur, numero, **{"code": "folder", nom: mauvais}) == [], nom
    assert codes_refus(_formulaire(atelier.auteur, numero, date="hier")) == ["date-invalide"]
    assert _formulaire(atelier.auteur, numero, inconnu="1").status_code == 200
    assert codes_refus(atelier.auteur.get("/fhir/List?code=folder")) == ["critere-patient"]
    assert (
        atelier.auteur.get(f"/fhir/List?patient={atelier.scene.dossier_id}&source=Practitioner/1").status_code
        == 200
    )


@pytest.mark.rule("FHR-110", "FHR-35", "ACC-34")
def test_what_is_hidden_leaves_no_sign(atelier: Atelier) -> None:
    """A colleague sees neither the masked document, nor the lists that hold nothing else."""
    numero = atelier.scene.ins
    visible = atelier.deposer()
    fait = atelier.auteur.deposer(lot_avec(numero, f"DocumentReference/{visible}"))
    lieux = [e["response"]["location"] for e in fait["entry"]]
    avant = _formulaire(atelier.confrere, numero)
    masque = uuid.UUID(lieux[1].rpartition("/")[2][32:])
    with ouvrir_mon_espace(titulaire(atelier.scene.dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(masque)
    for liste in trouvees(atelier.confrere, numero):
        assert lieux[1] not in json.dumps(liste)
        assert masque.hex not in json.dumps(liste)
    (dossier,) = trouvees(atelier.confrere, numero, code="folder")
    assert [e["item"]["reference"] for e in dossier["entry"]] == [f"DocumentReference/{visible}"]
    assert trouvees(atelier.confrere, numero, item=lieux[1]) == []
    assert (
        json.loads(avant.content)["total"]
        >= json.loads(_formulaire(atelier.confrere, numero).content)["total"]
    )
    seul = atelier.auteur.deposer(bundle(ins=numero))
    cache = seul["entry"][1]["response"]["location"].rpartition("/")[2]
    with ouvrir_mon_espace(titulaire(atelier.scene.dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(uuid.UUID(cache[32:]))
    lot = seul["entry"][0]["response"]["location"]
    assert atelier.confrere.get(f"/fhir/{lot}").status_code == 404
    assert lot.rpartition("/")[2] not in {li["id"] for li in trouvees(atelier.confrere, numero)}
    assert atelier.auteur.get(f"/fhir/{lot}").status_code == 200


@pytest.mark.rule("FHR-85", "FHR-65", "FHR-61")
@pytest.mark.parametrize(
    ("champ", "code"),
    [
        ("title", "element-obligatoire"),
        ("date", "element-obligatoire"),
        ("extension", "element-obligatoire"),
        ("entry", "element-obligatoire"),
        ("subject", "element-obligatoire"),
    ],
)
def test_a_broken_folder_refuses_the_lot(atelier: Atelier, champ: str, code: str) -> None:
    numero = atelier.scene.ins
    lot = lot_avec(numero)
    del lot["entry"][3]["resource"][champ]
    reponse = _poster(atelier.auteur, lot)
    assert (reponse.status_code, set(codes_refus(reponse))) == (400, {code})
    with portee(atelier.scene.dossier_id):
        assert not Lot.objects.filter(genre="folder").exists()


@pytest.mark.rule("FHR-85", "FHR-65", "FHR-66")
def test_items_are_documents_of_the_same_record(atelier: Atelier) -> None:
    numero = atelier.scene.ins
    dossier_id = atelier.scene.dossier_id
    for reference, code in (
        (f"DocumentReference/{composer(dossier_id, uuid.uuid4())}", "reference-non-resolue"),
        (f"DocumentReference/{composer(uuid.uuid4(), uuid.uuid4())}", "patients-differents"),
        ("DocumentReference/1", "reference-non-resolue"),
        ("urn:uuid:inconnu", "reference-non-resolue"),
    ):
        reponse = _poster(atelier.auteur, lot_avec(numero, reference))
        assert (reponse.status_code, set(codes_refus(reponse))) == (400, {code}), reference
    oublie = lot_avec(numero)
    oublie["entry"][0]["resource"]["entry"].pop()
    assert codes_refus(_poster(atelier.auteur, oublie)) == ["document-hors-lot"]
    with portee(dossier_id):
        assert not Lot.objects.filter(genre="folder").exists()


def _poster(lps: Lps, corps: object) -> Any:
    return lps.client.post("/fhir", octets(corps), content_type=FHIR, headers=entetes(lps.acteur))


@pytest.mark.rule("FHR-24", "FHR-25", "FHR-107")
def test_pages_of_lists(atelier: Atelier) -> None:
    numero = atelier.scene.ins
    for _ in range(3):
        atelier.auteur.deposer(bundle(ins=numero))
    page = json.loads(_formulaire(atelier.auteur, numero, _count="2").content)
    total, vus = page["total"], []
    while True:
        vus += [e["resource"]["id"] for e in page["entry"]]
        atelier.auteur.deposer(bundle(ins=numero))  # what arrives meanwhile waits
        suivant = next((li["url"] for li in page["link"] if li["relation"] == "next"), None)
        if suivant is None:
            break
        assert suivant.startswith(f"{BASE}/List?")
        assert numero.matricule not in suivant
        assert atelier.confrere.get(suivant).status_code == 403
        # A cursor of lists is none of documents.
        assert atelier.auteur.get(suivant.replace("/List?", "/DocumentReference?")).status_code in (400, 403)
        page = json.loads(atelier.auteur.get(suivant).content)
        assert page["total"] == total
    assert len(vus) == len(set(vus)) == total


@pytest.mark.rule("FHR-27")
def test_documents_come_with_their_list(atelier: Atelier) -> None:
    numero = atelier.scene.ins
    atelier.auteur.deposer(lot_avec(numero))
    lu = json.loads(_formulaire(atelier.auteur, numero, code="folder", _include="List:item").content)
    assert [(e["search"]["mode"], e["resource"]["resourceType"]) for e in lu["entry"]] == [
        ("match", "List"),
        ("include", "DocumentReference"),
    ]
    resume = json.loads(_formulaire(atelier.auteur, numero, code="folder", _summary="true").content)
    assert set(resume["entry"][0]["resource"]) == {
        "resourceType", "id", "meta", "status", "mode", "title", "code", "subject", "date",
    }  # fmt: skip
    compte = json.loads(_formulaire(atelier.auteur, numero, code="folder", _summary="count").content)
    assert (compte["total"], "entry" in compte) == (1, False)


@pytest.mark.rule("FHR-107")
def test_sets_of_other_doors_have_a_list_too(atelier: Atelier) -> None:
    atelier.deposer()
    (lot,) = trouvees(atelier.auteur, atelier.scene.ins, code="submissionset")[:1]
    assert lot["subject"]["reference"] == f"Patient/{atelier.scene.dossier_id}"
    assert lot["entry"][0]["item"]["reference"].startswith("DocumentReference/")
    assert _IHE in lot["extension"][0]["url"]


@pytest.mark.rule("FHR-19", "FHR-03")
def test_lists_are_only_read(atelier: Atelier) -> None:
    for methode in ("put", "delete", "patch"):
        reponse = getattr(atelier.auteur.client, methode)(
            f"/fhir/List/{'0' * 64}", headers=entetes(atelier.auteur.acteur)
        )
        assert reponse.status_code == 405
