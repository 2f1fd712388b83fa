"""Search, reading and existence over HTTP, seen by those who may and by those who may not."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.interop.tests.fabrique import PDF, bundle, fiche
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes, ressources
from espace_sante.kernel.ins import Ins
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
BASE = f"{settings.ES_BASE_URL}/fhir"


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


@pytest.fixture
def ouvert(medecin: Lps) -> tuple[uuid.UUID, Ins]:
    """A record that this doctor may read."""
    dossier_id, numero = dossier()
    recueillir_consentement(medecin.acteur, numero, contexte=CONTEXTE)
    return dossier_id, numero


@pytest.mark.rule("FHR-106", "FHR-118", "FHR-22", "FHR-84")
def test_deposit_find_read(medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    _, numero = ouvert
    lot_envoye = bundle(ins=numero)
    lieu = medecin.deposer(lot_envoye)["entry"][1]["response"]["location"]
    (ressource,) = ressources(medecin.chercher(numero))
    assert ressource["id"] == lieu.partition("/")[2]
    assert ressource["date"] == fiche(lot_envoye)["date"]
    assert ressource["masterIdentifier"] == fiche(lot_envoye)["masterIdentifier"]
    url = ressource["content"][0]["attachment"]["url"]
    assert url.startswith(f"{BASE}/Binary/")
    brut = medecin.get(url, Accept="application/pdf")
    assert (brut.content, brut["Content-Type"]) == (PDF, "application/pdf")
    assert brut["Content-Length"] == str(len(PDF))
    assert brut["Cache-Control"] == "no-store"
    lu = medecin.get(f"/fhir/{lieu}")
    assert json.loads(lu.content) == ressource
    assert lu["ETag"] == 'W/"1"'


@pytest.mark.rule("FHR-13")
def test_unchanged(medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    lieu = medecin.deposer(bundle(ins=ouvert[1]))["entry"][1]["response"]["location"]
    inchange = medecin.get(f"/fhir/{lieu}", **{"If-None-Match": 'W/"1"'})
    assert (inchange.status_code, inchange.content) == (304, b"")
    assert medecin.get(f"/fhir/{lieu}", **{"If-None-Match": 'W/"2"'}).status_code == 200


@pytest.mark.rule("FHR-119", "FHR-120", "FHR-122")
def test_forms_of_a_content(medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    lieu = medecin.deposer(bundle(ins=ouvert[1]))["entry"][2]["response"]["location"]
    url = f"/fhir/{lieu}"
    ressource = json.loads(medecin.get(url, Accept=FHIR).content)
    assert ressource["resourceType"] == "Binary"
    assert base64.b64decode(ressource["data"]) == PDF
    assert medecin.get(url, Accept="*/*").content == PDF
    assert medecin.get(url, Accept="application/*").content == PDF
    refuse = medecin.get(url, Accept="image/png")
    assert (refuse.status_code, codes_refus(refuse)) == (406, ["format-non-offert"])
    partie = medecin.get(url, Range="bytes=0-3")
    assert (partie.status_code, partie.content) == (206, b"%PDF")
    assert partie["Content-Range"] == f"bytes 0-3/{len(PDF)}"
    assert medecin.get(url, Range="bytes=-4").content == PDF[-4:]
    for plage in ("bytes=900-", "bytes=5-2", "octets=0-1", "bytes=0-1,3-4", "bytes=-"):
        assert medecin.get(url, Range=plage).status_code == 416
    tete = medecin.client.head(url, headers=entetes(medecin.acteur))
    assert (tete.status_code, tete.content, tete["Content-Length"]) == (200, b"", str(len(PDF)))


@pytest.mark.rule("FHR-29", "FHR-31", "FHR-121", "ACC-02")
def test_a_stranger_gets_five_letters_and_no_document(
    client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    _, numero = ouvert
    lieux = [e["response"]["location"] for e in medecin.deposer(bundle(ins=numero))["entry"]]
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    sans_consentement = autre.chercher(numero)
    assert (sans_consentement.status_code, codes_refus(sans_consentement)) == (403, ["dicah-c"])
    etats = [i["details"]["coding"][1]["code"] for i in json.loads(sans_consentement.content)["issue"]]
    assert etats == ["tenue", "tenue", "tenue", "manquante", "tenue"]
    for adresse in (f"/fhir/{lieux[1]}", f"/fhir/{lieux[2]}"):
        assert autre.get(adresse, Accept="*/*").status_code == 403
    assert client.get(f"/fhir/{lieux[2]}").status_code == 401
    sans_identite = client.get(
        f"/fhir/{lieux[1]}", headers={"Authorization": f"Bearer {emettre_jeton(medecin.acteur)}"}
    )
    assert (sans_identite.status_code, codes_refus(sans_identite)) == (403, ["dicah-i"])
    faible = replace(medecin.acteur, deux_facteurs=False)
    refuse = client.get(f"/fhir/{lieux[1]}", headers=entetes(faible))
    assert codes_refus(refuse) == ["dicah-a"]


@pytest.mark.rule("FHR-30", "FHR-110", "FHR-120")
def test_what_the_matrix_or_a_mask_hides_does_not_exist(
    client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    dossier_id, numero = ouvert
    lieux = [e["response"]["location"] for e in medecin.deposer(bundle(ins=numero))["entry"]]
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    recueillir_consentement(autre.acteur, numero, contexte=CONTEXTE)
    assert len(ressources(autre.chercher(numero))) == 1
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(uuid.UUID(lieux[1][-32:]))
    vide = autre.chercher(numero)
    assert ressources(vide) == []
    assert json.loads(vide.content)["total"] == 0
    for lieu in lieux[1:]:
        absent = autre.get(f"/fhir/{lieu}", Accept="*/*")
        assert (absent.status_code, codes_refus(absent)) == (404, ["introuvable"])
    # Its author still reads it, with the label that the holder put, in a new version.
    masque = medecin.get(f"/fhir/{lieux[1]}")
    ressource = json.loads(masque.content)
    assert [e["coding"][0]["code"] for e in ressource["securityLabel"]] == ["MASQUE_PS", "N"]
    assert masque["ETag"] == 'W/"2"'
    assert ressource["meta"]["versionId"] == "2"


@pytest.mark.rule("FHR-49", "FHR-120")
@pytest.mark.parametrize("genre", ["DocumentReference", "Binary", "Bundle"])
def test_unknown_ids(medecin: Lps, ouvert: tuple[uuid.UUID, Ins], genre: str) -> None:
    dossier_id, _ = ouvert
    for fil in ("1", "x" * 64, str(uuid.uuid4()), dossier_id.hex + uuid.uuid4().hex):
        reponse = medecin.get(f"/fhir/{genre}/{fil}", Accept="*/*")
        assert (reponse.status_code, codes_refus(reponse)) == (404, ["introuvable"])


@pytest.mark.rule("FHR-111", "FHR-99")
def test_superseded_documents_are_returned_with_their_status(
    medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    _, numero = ouvert
    ancien = medecin.deposer(bundle(ins=numero))["entry"][1]["response"]["location"]
    nouveau = bundle(ins=numero)
    fiche(nouveau)["relatesTo"] = [{"code": "replaces", "target": {"reference": ancien}}]
    medecin.deposer(nouveau)
    statuts = {r["id"]: r["status"] for r in ressources(medecin.chercher(numero))}
    assert sorted(statuts.values()) == ["current", "superseded"]
    assert statuts[ancien.partition("/")[2]] == "superseded"
    assert len(ressources(medecin.chercher(numero, status="current"))) == 1
    assert ressources(medecin.chercher(numero, status="entered-in-error")) == []
    assert medecin.get(f"/fhir/{ancien}").status_code == 200


@pytest.mark.rule("FHR-05", "FHR-110")
def test_documents_of_other_doors_are_shown_the_same(medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    _, numero = ouvert
    doc = document(auteur=medecin.acteur, description="Suivi", periode_fin=None)
    alimenter(medecin.acteur, numero, lot(medecin.acteur, doc), contexte=CONTEXTE)
    (ressource,) = ressources(medecin.chercher(numero))
    m = doc.metadonnees
    assert ressource["masterIdentifier"]["value"] == m.unique_id
    assert ressource["type"]["coding"][0]["code"] == m.type.code
    assert ressource["description"] == "Suivi"
    assert ressource["content"][0]["attachment"]["hash"] == base64.b64encode(m.sha1).decode()
    contenues = {c["id"]: c for c in ressource["contained"]}
    assert ressource["author"][0]["reference"].removeprefix("#") in contenues
    assert ressource["custodian"]["extension"][0]["valueBoolean"] is True
    assert medecin.get(ressource["content"][0]["attachment"]["url"], Accept="*/*").content == doc.contenu


@pytest.mark.rule("FHR-23", "FHR-24", "FHR-25")
def test_walking_the_pages(client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    _, numero = ouvert
    for n in range(7):
        medecin.deposer(bundle(ins=numero, titre=f"Document {n}"))
    premiere = medecin.chercher(numero, _count="3", _sort="date")
    vues: list[str] = []
    retours: list[str] = []
    page = premiere
    while True:
        ids = [r["id"] for r in ressources(page)]
        vues += ids
        lu = json.loads(page.content)
        assert lu["total"] == 7
        liens = {lien["relation"]: lien["url"] for lien in lu["link"]}
        assert all(url.startswith(BASE) and numero.matricule not in url for url in liens.values())
        retours.append(liens.get("previous", ""))
        if "next" not in liens:
            break
        # A document that arrives meanwhile waits for the next search.
        medecin.deposer(bundle(ins=numero))
        page = medecin.get(liens["next"])
    assert len(vues) == len(set(vues)) == 7
    assert [bool(r) for r in retours] == [False, True, True]
    assert [r["id"] for r in ressources(medecin.get(retours[2]))] == vues[3:6]
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    refuse = autre.get(json.loads(premiere.content)["link"][-1]["url"])
    assert (refuse.status_code, codes_refus(refuse)) == (403, ["curseur-autre-appelant"])
    assert medecin.get("/fhir/DocumentReference?_curseur=abc").status_code == 400
    compte = json.loads(medecin.chercher(numero, _count="0").content)
    assert compte["total"] == 9
    assert "entry" not in compte


@pytest.mark.rule("FHR-16", "FHR-108", "FHR-115")
def test_criteria_reach_the_query(medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    dossier_id, numero = ouvert
    medecin.deposer(bundle(ins=numero))
    patient = f"Patient/{dossier_id}"
    (seul,) = ressources(medecin.get(f"/fhir/DocumentReference?{urlencode({'patient': patient})}"))
    for criteres, trouve in (
        ({"type": "11488-4"}, True),
        ({"type": "11502-2"}, False),
        ({"category": "10"}, True),
        ({"creation": "2026-06"}, True),
        ({"creation": "gt2026-06"}, False),
        ({"period": "2026-06-12"}, True),
        ({"period-start": "lt2026-06-12"}, False),
        ({"date": "ge2026"}, True),
        ({"_lastUpdated": "ge2020"}, True),
        ({"identifier": seul["masterIdentifier"]["value"]}, True),
        ({"identifier": seul["identifier"][0]["value"]}, True),
        ({"identifier": "urn:oid:1.2.3"}, False),
        ({"_id": seul["id"]}, True),
        ({"_id": "0" * 64}, False),
        ({"author.identifier": "899000000001"}, True),
        ({"author.identifier": "899000000009"}, False),
        ({"facility": "SA01", "setting": "ETABLISSEMENT", "isArchived": "false"}, True),
        ({"format": "urn:ihe:iti:xds:2017:mimeTypeSufficient"}, True),
        ({"event": "x"}, False),
        ({"security-label": "N"}, True),
        ({"security-label": "MASQUE_PS,R"}, False),
    ):
        reponse = medecin.get(f"/fhir/DocumentReference?{urlencode({'patient': patient, **criteres})}")
        assert bool(ressources(reponse)) is trouve, criteres
        assert json.loads(reponse.content)["total"] == int(trouve), criteres


@pytest.mark.rule("FHR-106", "FHR-110")
def test_a_unique_id_names_its_record_by_itself(
    client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    medecin.deposer(bundle(ins=ouvert[1]))
    (seul,) = ressources(medecin.chercher(ouvert[1]))
    criteres = {"identifier": seul["masterIdentifier"]["value"]}
    adresse = f"/fhir/DocumentReference?{urlencode(criteres)}"
    assert ressources(medecin.get(adresse)) == [seul]
    assert ressources(medecin.get(f"/fhir/DocumentReference?_id={seul['id']}")) == [seul]
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    assert autre.get(adresse).status_code == 403
    inconnu = medecin.get("/fhir/DocumentReference?identifier=urn:oid:1.2.3")
    assert (inconnu.status_code, codes_refus(inconnu)) == (403, ["dicah-d"])


@pytest.mark.rule("FHR-117", "FHR-110", "FHR-108")
def test_a_label_finds_nothing_that_is_hidden(
    client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    numero = ouvert[1]
    medecin.deposer(bundle(ins=numero, masque_ps=True))
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    recueillir_consentement(autre.acteur, numero, contexte=CONTEXTE)
    for code in ("MASQUE_PS", "N", "MASQUE_PS,N"):
        assert len(ressources(medecin.chercher(numero, **{"security-label": code}))) == 1
        vide = autre.chercher(numero, **{"security-label": code})
        assert (ressources(vide), json.loads(vide.content)["total"]) == ([], 0)


@pytest.mark.rule("FHR-123", "FHR-14")
def test_each_content_read_is_a_trace_and_the_first_access_a_notice(
    client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]
) -> None:
    dossier_id, numero = ouvert
    lieu = medecin.deposer(bundle(ins=numero))["entry"][2]["response"]["location"]
    autre = Lps(client, professionnel("99000000002", structure="1990000002"))
    recueillir_consentement(autre.acteur, numero, contexte=CONTEXTE)
    for _ in range(2):
        lu = autre.get(f"/fhir/{lieu}", Accept="*/*")
        assert (lu.status_code, lu["Cache-Control"]) == (200, "no-store")
    with portee(dossier_id):
        traces = Trace.objects.filter(dossier_id=dossier_id, action="telechargement", porte="fhir")
        assert traces.filter(acteur_id="99000000002").count() == 2
        assert Avis.objects.filter(dossier_id=dossier_id, genre="premier_acces").count() == 1


@pytest.mark.rule("FHR-16", "FHR-21", "FHR-106")
def test_search_errors_and_warnings(client: Client, medecin: Lps, ouvert: tuple[uuid.UUID, Ins]) -> None:
    dossier_id, numero = ouvert
    lente = medecin.chercher(numero, couleur="bleu")
    lu = json.loads(lente.content)
    assert [e["search"]["mode"] for e in lu["entry"]] == ["outcome"]
    assert "couleur" not in lu["link"][0]["url"]
    assert numero.matricule not in lente.content.decode()
    for chemin in ("?couleur=bleu", "?patient=Patient/1", "?_count=-1"):
        assert medecin.get(f"/fhir/DocumentReference{chemin}").status_code == 400
    adresse = f"/fhir/DocumentReference?patient=Patient/{dossier_id}"
    assert medecin.get(f"{adresse}&type=%00").status_code == 400
    assert medecin.get(f"{adresse}&couleur=bleu", Prefer="handling=strict").status_code == 400
    assert medecin.get(adresse, Accept="application/pdf").status_code == 406
    assert medecin.get(f"{adresse}&_format=csv").status_code == 406
    assert medecin.get(f"{adresse}&_format=json", Accept="text/html").status_code == 200
    autre_type = client.post(
        "/fhir/DocumentReference/_search",
        b"{}",
        content_type="application/json",
        headers=entetes(medecin.acteur),
    )
    assert autre_type.status_code == 415
