"""ITI-81 over HTTP: who reads which traces, and what a search never tells (FHR-160 to FHR-165)."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.test import Client

from espace_sante.acces import controle
from espace_sante.acces.models import Referent
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel, titulaire
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir import actes
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.trace_recherche import lire_recherche
from espace_sante.interop.tests.lps import Lps, codes_refus, entetes
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
TITRE = "Un titre à ne pas dire"


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(5)


def bornes() -> list[tuple[str, str]]:
    jour = datetime.now(UTC).date()
    return [("date", f"ge{jour - timedelta(days=30)}"), ("date", f"le{jour + timedelta(days=1)}")]


def porteur(acteur: Acteur) -> Acteur:
    """The same person with a token for traces."""
    Lps(Client(), acteur)
    portees = {"ITI-81", "patient/AuditEvent.s"}
    if acteur.genre is GenreActeur.TITULAIRE:
        portees = {"patient/AuditEvent.s", "patient/AuditEvent.r"}
    return replace(acteur, client_id="lps", portees=frozenset(portees | {"user/AuditEvent.r"}))


def demander(
    client: Client, acteur: Acteur, *criteres: tuple[str, str], numero: Ins | None = None, **plus: str
) -> Any:
    """By POST, so that the INS stays out of the address."""
    formulaire = list(criteres)
    if numero is not None:
        formulaire.append(("patient.identifier", f"{numero.urn}|{numero.matricule}"))
    if not formulaire:
        return client.get("/fhir/AuditEvent", headers=entetes(porteur(acteur), **plus))
    return client.post(
        "/fhir/AuditEvent/_search", urlencode(formulaire), content_type="application/x-www-form-urlencoded",
        headers=entetes(porteur(acteur), **plus),
    )  # fmt: skip


def lues(reponse: Any) -> list[dict[str, Any]]:
    assert reponse.status_code == 200, reponse.content
    lot = json.loads(reponse.content)
    return [e["resource"] for e in lot.get("entry", []) if e["search"]["mode"] == "match"]


def actes_de(reponse: Any) -> list[str]:
    return [r["subtype"][-1]["code"] for r in lues(reponse)]


def declarer(scene: Scene, acteur: Acteur) -> None:
    with portee(scene.dossier_id):
        Referent.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), role="medecin_traitant", rpps=acteur.rpps, nom=acteur.nom,
            depuis=datetime.now(UTC) - timedelta(days=2), par="assurance_maladie",
        )  # fmt: skip


@pytest.mark.rule("FHR-160", "FHR-165")
def test_the_holder_reads_who_where_when_what_and_the_result(client: Client, scene: Scene) -> None:
    doc = scene.deposer(titre="Compte rendu de consultation")
    scene.lu_par(scene.medecin)
    reponse = demander(client, scene.moi, numero=scene.ins)
    depot = next(r for r in lues(reponse) if r["subtype"][-1]["code"] == "depot")
    qui, lieu = depot["agent"][:2]
    assert qui["who"]["identifier"]["value"] == f"8{scene.medecin.rpps}"
    assert (qui["requestor"], lieu["requestor"]) == (True, False)
    assert lieu["name"] == "Centre de test, Caen"
    assert (depot["action"], depot["outcome"]) == ("C", "0")
    assert depot["purposeOfEvent"][0]["coding"][0]["code"] == "normal"
    assert abs(datetime.fromisoformat(depot["recorded"]) - datetime.now(UTC)) < timedelta(minutes=1)
    patient, document = depot["entity"]
    assert patient["what"]["reference"] == f"Patient/{scene.dossier_id}"
    assert document["what"]["reference"] == f"DocumentReference/{composer(scene.dossier_id, doc.id)}"
    assert document["name"] == "Compte rendu de consultation"
    # Neither the INS nor anything of the content.
    brut = reponse.content.decode()
    assert scene.ins.matricule not in brut
    assert "%PDF" not in brut
    assert reponse["Cache-Control"] == "no-store"
    un = client.get(f"/fhir/AuditEvent/{depot['id']}", headers=entetes(porteur(scene.moi)))
    assert json.loads(un.content) == depot


@pytest.mark.rule("FHR-160")
def test_neither_patient_nor_bounds_are_asked_of_the_holder_and_another_record_is_refused_alike(
    client: Client, scene: Scene
) -> None:
    scene.lu_par(scene.medecin)
    assert lues(demander(client, scene.moi))
    autre_id, autre = dossier(6)
    inconnu = ins(999)
    reponses = [
        demander(client, scene.moi, numero=autre),
        demander(client, scene.moi, numero=inconnu),
        demander(client, scene.moi, ("patient", f"Patient/{autre_id}")),
        demander(client, scene.moi, ("patient", f"Patient/{uuid7()}")),
        demander(client, scene.moi, ("patient", f"Patient/{scene.dossier_id}"), numero=autre),
        client.get(f"/fhir/AuditEvent/{composer(autre_id, uuid7())}", headers=entetes(porteur(scene.moi))),
    ]
    for reponse in reponses:
        assert (reponse.status_code, codes_refus(reponse)) == (403, ["traces-reservees"])
    corps = {json.dumps({**json.loads(r.content), "id": ""}) for r in reponses}
    assert len(corps) == 1, "known and unknown people are answered alike"


@pytest.mark.rule("FHR-161")
def test_each_professional_reads_his_own_acts_the_medecin_traitant_everybody_s(
    client: Client, scene: Scene
) -> None:
    scene.lu_par(scene.medecin)
    scene.lu_par(scene.confrere)
    siens = lues(demander(client, scene.medecin, *bornes(), numero=scene.ins))
    assert siens
    assert {r["agent"][0]["altId"] for r in siens} == {scene.medecin.rpps}
    declarer(scene, scene.confrere)
    tous = lues(demander(client, scene.confrere, *bornes(), numero=scene.ins))
    assert {r["agent"][0].get("altId") for r in tous} >= {scene.medecin.rpps, scene.confrere.rpps}
    # He may ask for one person's; another professional may not.
    d_un = demander(
        client, scene.confrere, *bornes(), ("agent.identifier", scene.medecin.rpps), numero=scene.ins
    )
    assert {r["agent"][0]["altId"] for r in lues(d_un)} == {scene.medecin.rpps}
    refuse = demander(
        client, scene.medecin, *bornes(), ("agent.identifier", scene.confrere.rpps), numero=scene.ins
    )
    assert (refuse.status_code, codes_refus(refuse)) == (403, ["traces-reservees"])
    assert [t.resultat for t in scene.traces("historique") if t.motif == "traces_reservees"] == ["refus"]


@pytest.mark.rule("FHR-161")
def test_structures_other_scopes_and_blocked_people_get_nothing(client: Client, scene: Scene) -> None:
    structure = Acteur(GenreActeur.STRUCTURE, nom="CH", structure_id="1990000001", client_id="lps")
    reponse = demander(client, structure, *bornes(), numero=scene.ins)
    assert reponse.status_code == 403
    sans = Lps(client, scene.medecin).acteur
    refuse = client.get("/fhir/AuditEvent", headers=entetes(replace(sans, portees=frozenset({"ITI-67"}))))
    assert (refuse.status_code, codes_refus(refuse)) == (403, ["insufficient_scope"])
    assert client.get("/fhir/AuditEvent").status_code == 401
    declarer(scene, scene.confrere)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", scene.confrere.rpps)
    tous = demander(
        client, scene.confrere, *bornes(), ("agent.identifier", scene.medecin.rpps), numero=scene.ins
    )
    assert tous.status_code == 403
    # What he did himself stays his to know.
    siens = lues(demander(client, scene.confrere, *bornes(), numero=scene.ins))
    assert {r["agent"][0]["altId"] for r in siens} <= {scene.confrere.rpps}


@pytest.mark.rule("FHR-162")
@pytest.mark.parametrize(
    ("criteres", "code"),
    [
        ([], "bornes-requises"),
        ([("date", "ge2026-01-01")], "bornes-requises"),
        ([("date", "ge2024-01-01"), ("date", "le2026-01-01")], "periode-trop-longue"),
        ([("date", "hier")], "date-invalide"),
        ([*bornes(), ("_count", "-1")], "count-invalide"),
        ([*bornes(), ("entity", "Medication/1")], "parametre-invalide"),
    ],
)
def test_bounds_and_forms(client: Client, scene: Scene, criteres: list[tuple[str, str]], code: str) -> None:
    reponse = demander(client, scene.medecin, *criteres, numero=scene.ins)
    assert (reponse.status_code, code in codes_refus(reponse)) == (400, True)


@pytest.mark.rule("FHR-162")
def test_without_a_patient_nothing_is_searched(client: Client, scene: Scene) -> None:
    reponse = demander(client, scene.medecin, *bornes())
    assert (reponse.status_code, "critere-patient" in codes_refus(reponse)) == (400, True)


@pytest.mark.rule("FHR-162")
def test_criteria_alone_and_together(client: Client, scene: Scene) -> None:
    doc = scene.deposer()
    scene.deposer()
    scene.lu_par(scene.confrere)
    fil = composer(scene.dossier_id, doc.id)

    def trouve(*criteres: tuple[str, str]) -> list[str]:
        return actes_de(demander(client, scene.moi, *criteres))

    assert set(trouve(("action", "C"))) >= {"depot", "consentement"} or "depot" in trouve(("action", "C"))
    assert set(trouve(("subtype", "depot"))) == {"depot"}
    assert trouve(("subtype", f"{actes.RESTFUL}|create"), ("entity", f"DocumentReference/{fil}")) == ["depot"]
    assert trouve(("entity", fil), ("action", "D")) == []
    assert set(trouve(("type", "rest"))) <= {a.value for a in Action} - {"historique"}
    assert set(trouve(("type", f"{actes.DCM}|110101"))) <= {"historique"}
    assert trouve(("type", "autre")) == trouve(("outcome", "12")) == []
    assert trouve(("outcome", "4")) == []
    assert trouve(("action", "C"), ("action", "D")) == []
    assert set(trouve(("action", "C,R"))) == set(trouve(("action", "C"))) | set(trouve(("action", "R")))
    assert "liste" in trouve(("agent", f"Practitioner/8{scene.confrere.rpps}"))
    assert trouve(("agent-name", "zzz")) == []
    demain = datetime.now(UTC).date() + timedelta(days=2)
    assert trouve(("period-start", f"ge{demain}")) == []
    assert trouve(("TDE_AuditEvent_period-start", f"lt{demain}"))
    lot = json.loads(demander(client, scene.moi, ("inconnu", "1")).content)
    assert lot["entry"][-1]["search"]["mode"] == "outcome"
    strict = demander(client, scene.moi, ("inconnu", "1"), Prefer="handling=strict")
    assert (strict.status_code, codes_refus(strict)) == (400, ["parametre-inconnu"])


@pytest.mark.rule("FHR-22", "FHR-23", "FHR-24", "FHR-162")
def test_newest_first_each_once_page_after_page(client: Client, scene: Scene) -> None:
    for _ in range(7):
        scene.deposer()
    tous = [r["id"] for r in lues(demander(client, scene.moi, ("subtype", "depot")))]
    compte = json.loads(demander(client, scene.moi, ("subtype", "depot"), ("_count", "0")).content)
    assert (compte["total"], "entry" in compte) == (len(tous), False)
    vus: list[str] = []
    reponse = demander(client, scene.moi, ("subtype", "depot"), ("_count", "3"))
    moments = []
    while True:
        lot = json.loads(reponse.content)
        vus += [e["resource"]["id"] for e in lot["entry"]]
        moments += [e["resource"]["recorded"] for e in lot["entry"]]
        suite = next((x["url"] for x in lot["link"] if x["relation"] == "next"), "")
        if not suite:
            break
        assert scene.ins.matricule not in suite
        chemin = urlsplit(suite)
        adresse = f"{chemin.path}?{chemin.query}"
        autre = client.get(adresse, headers=entetes(porteur(scene.medecin)))
        assert (autre.status_code, codes_refus(autre)) == (403, ["curseur-autre-appelant"])
        reponse = client.get(adresse, headers=entetes(porteur(scene.moi)))
        dernier = adresse
    assert vus == tous
    assert moments == sorted(moments, reverse=True)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        tard = client.get(dernier, headers=entetes(porteur(scene.moi)))
    assert (tard.status_code, codes_refus(tard)) == (410, ["curseur-expire"])


@pytest.mark.rule("FHR-36", "FHR-117", "FHR-161")
def test_what_is_hidden_from_a_reader_leaves_no_mark_in_his_search(client: Client, scene: Scene) -> None:
    """The médecin traitant, without the right to masked documents: no title, no id, no page that ends too late."""
    traitant = professionnel("99000000007", structure="1990000007")
    declarer(scene, traitant)
    cache = scene.deposer(titre=TITRE)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        for _ in range(3):
            espace.masquer(cache.id)
            espace.demasquer(cache.id)
        espace.masquer(cache.id)
    fil = composer(scene.dossier_id, cache.id)
    tout = demander(client, traitant, *bornes(), ("_count", "100"), numero=scene.ins)
    assert TITRE not in tout.content.decode()
    assert fil not in tout.content.decode()
    assert not {"masquage", "demasquage"} & set(actes_de(tout))
    par_document = demander(client, traitant, *bornes(), ("entity", fil), numero=scene.ins)
    inconnu = demander(
        client, traitant, *bornes(), ("entity", composer(scene.dossier_id, uuid.uuid4())), numero=scene.ins
    )
    for reponse in (par_document, inconnu):
        lot = json.loads(reponse.content)
        assert (lot["total"], [x["relation"] for x in lot["link"]], "entry" in lot) == (0, ["self"], False)
    # Only acts on the mask would match: no entry, and no « next » either.
    masques = demander(
        client, traitant, *bornes(), ("subtype", "masquage"), ("_count", "1"), numero=scene.ins
    )
    lot = json.loads(masques.content)
    assert (lot["total"], [x["relation"] for x in lot["link"]]) == (0, ["self"])
    ligne = next(t for t in scene.traces("masquage"))
    un = client.get(
        f"/fhir/AuditEvent/{composer(scene.dossier_id, ligne.id)}", headers=entetes(porteur(traitant))
    )
    rien = client.get(
        f"/fhir/AuditEvent/{composer(scene.dossier_id, uuid7())}", headers=entetes(porteur(traitant))
    )
    assert un.status_code == rien.status_code == 404
    assert codes_refus(un) == codes_refus(rien)


@pytest.mark.rule("FHR-36", "FHR-160")
def test_the_holder_is_told_nothing_of_what_waits_for_its_announcement(client: Client, scene: Scene) -> None:
    cache = scene.deposer(titre=TITRE, invisible_patient=True)
    reponse = demander(client, scene.moi, ("_count", "100"))
    fil = composer(scene.dossier_id, cache.id)
    assert TITRE not in reponse.content.decode()
    assert fil not in reponse.content.decode()
    assert lues(demander(client, scene.moi, ("entity", fil))) == []


@pytest.mark.rule("FHR-164", "FHR-19")
def test_a_trace_never_changes_and_nobody_adds_one(client: Client, scene: Scene) -> None:
    scene.lu_par(scene.medecin)
    with portee(scene.dossier_id):
        avant = Trace.objects.filter(dossier_id=scene.dossier_id).count()
    (un, *_) = lues(demander(client, scene.moi, ("_count", "1")))
    for methode in (client.put, client.patch, client.delete):
        for chemin in (f"/fhir/AuditEvent/{un['id']}", "/fhir/AuditEvent"):
            assert methode(chemin, headers=entetes(porteur(scene.moi))).status_code == 405
    corps = json.dumps(un).encode()
    poste = client.post(
        "/fhir/AuditEvent",
        corps,
        content_type="application/fhir+json",
        headers=entetes(porteur(scene.medecin)),
    )
    assert (poste.status_code, codes_refus(poste)) == (403, ["traces-reservees"])
    with portee(scene.dossier_id):
        # This reading by its holder, and nothing else.
        apres = Trace.objects.filter(dossier_id=scene.dossier_id).exclude(action="historique").count()
    assert apres == avant


@pytest.mark.rule("FHR-160")
def test_our_resources_have_the_elements_of_the_published_examples(
    client: Client, scene: Scene, vectors: Path
) -> None:
    scene.deposer()
    nos = lues(demander(client, scene.moi))
    dossier_exemples = vectors / "fhir" / "tracabilite-evenements"
    lot = json.loads(
        (dossier_exemples / "Bundle-TDEBundleResultatReponseRechercheTracesExample.json").read_bytes()
    )
    exemples = [
        *(json.loads(f.read_bytes()) for f in sorted(dossier_exemples.glob("AuditEvent-*.json"))),
        *(e["resource"] for e in lot["entry"]),
    ]
    assert len(exemples) == 4
    for exemple in exemples:
        communs = set(exemple) - {"text"}
        for notre in nos:
            assert communs <= set(notre)
            assert notre["meta"]["profile"] == exemple["meta"]["profile"]
            assert set(exemple["period"]) == set(notre["period"])
            assert {"who", "requestor"} <= set(notre["agent"][0])
    types = {(e["type"]["system"], e["type"]["code"]) for e in exemples}
    assert types <= {actes.type_evenement(a)[:2] for a in actes.TOUTES}
    gestionnaire = json.loads((dossier_exemples / "CapabilityStatement-TdEGestionnaire.json").read_bytes())
    offerts = json.loads(client.get("/fhir/metadata").content)["rest"][0]["resource"]
    nous = next(r for r in offerts if r["type"] == "AuditEvent")
    demandes = [p["name"] for r in gestionnaire["rest"][0]["resource"] for p in r["searchParam"]]
    for nom in demandes:
        # Decorated on the page, plain on the wire (FHR-109); both are read.
        assert nom.rpartition("_")[2] in {p["name"] for p in nous["searchParam"]}
        lire_recherche([(nom, "2026")], base="b", fictifs=True, strict=True, titulaire=True)


def test_every_act_has_a_letter_and_is_found_by_it() -> None:
    assert {actes.lettre(a) for a in actes.TOUTES} == {"C", "R", "U", "D", "E"}
    assert set[str]().union(*(actes.de_lettre(x) for x in "CRUDE")) == set(actes.TOUTES)


@pytest.mark.parametrize(
    "nom", ["date", "period-start", "entity", "type", "subtype", "action", "outcome", "agent", "agent-name", "_id", "altid"]
)  # fmt: skip
@pytest.mark.parametrize(
    "valeur", ["'; DROP TABLE traces_trace; --", "%", "\\", "ge", "|", ",", "é" * 500, "99999-99-99"]
)
def test_no_value_is_a_failure_of_the_server(client: Client, scene: Scene, nom: str, valeur: str) -> None:
    reponse = demander(client, scene.moi, (nom, valeur))
    assert reponse.status_code in (200, 400, 403)
    assert titulaire(scene.dossier_id).dossier_id == scene.dossier_id
