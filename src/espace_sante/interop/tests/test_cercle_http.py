"""CareTeam over HTTP: the circle of care, who reads it, and how it is looked for (FHR-166)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.acces import controle, partages
from espace_sante.acces.models import Consentement, EquipeSoins, Referent
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir.cercle import PARAMETRES, lire_recherche
from espace_sante.interop.fhir.cercle import Service as ServiceDuCercle
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.tests.lps import Lps, codes_refus, entetes
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
PORTEES = frozenset({"user/CareTeam.s", "user/CareTeam.r", "patient/CareTeam.s", "patient/CareTeam.r"})


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(8)


def porteur(acteur: Acteur) -> Acteur:
    return replace(Lps(Client(), acteur).acteur, portees=PORTEES)


def demander(
    client: Client, acteur: Acteur, *criteres: tuple[str, str], numero: Ins | None = None, **plus: str
) -> Any:
    qui = [("patient.identifier", f"{numero.urn}|{numero.matricule}")] if numero else []
    return client.post(
        "/fhir/CareTeam/_search", urlencode([*criteres, *qui]) or "_count=1",
        content_type="application/x-www-form-urlencoded", headers=entetes(porteur(acteur), **plus),
    )  # fmt: skip


def cercle(reponse: Any) -> dict[str, Any]:
    assert reponse.status_code == 200, reponse.content
    lot = json.loads(reponse.content)
    assert lot["total"] == 1
    ressource: dict[str, Any] = lot["entry"][0]["resource"]
    return ressource


def membres(ressource: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (
            p["member"].get("identifier", {}).get("value") or p["member"]["reference"],
            p["role"][0]["coding"][0]["code"],
        )
        for p in ressource.get("participant", ())
    }


def accorder(scene: Scene, **champs: Any) -> Consentement:
    quand = datetime.now(UTC)
    with portee(scene.dossier_id):
        return Consentement.objects.create(**{
            "dossier_id": scene.dossier_id, "id": uuid7(), "genre": "ponctuel", "recueilli_le": quand,
            "expire_le": quand + timedelta(days=30), "recueilli_par": "", "recueilli_par_nom": "", **champs,
        })  # fmt: skip


def declarer(scene: Scene, rpps: str, role: str = "medecin_traitant") -> None:
    with portee(scene.dossier_id):
        Referent.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), role=role, rpps=rpps, nom="Dr Traitant",
            depuis=datetime.now(UTC) - timedelta(days=2), par="assurance_maladie",
        )  # fmt: skip


def consentir(scene: Scene) -> None:
    for acteur in (scene.medecin, scene.confrere):
        accorder(scene, rpps=acteur.rpps, recueilli_par=acteur.rpps, recueilli_par_nom=acteur.nom,
                 structure_id=acteur.structure_id, structure_nom=acteur.structure_nom)  # fmt: skip


@pytest.mark.rule("FHR-166")
def test_the_circle_tells_who_with_which_role_from_when_until_when(client: Client, scene: Scene) -> None:
    consentir(scene)
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Équipe du soir", structure_id="1990000001")
    accorder(scene, genre="equipe", equipe_id=equipe.id)
    declarer(scene, "99000000009")
    vu = cercle(demander(client, scene.moi))
    assert membres(vu) >= {
        (f"8{scene.medecin.rpps}", "autorise"), (f"8{scene.confrere.rpps}", "autorise"),
        ("899000000009", "medecin_traitant"), (f"CareTeam/{equipe.id}", "autorise"),
    }  # fmt: skip
    assert vu["subject"] == {"reference": f"Patient/{scene.dossier_id}"}
    assert all("start" in p["period"] for p in vu["participant"])
    traitant = next(p for p in vu["participant"] if p["role"][0]["text"] == "Médecin traitant")
    assert "end" not in traitant["period"]
    assert scene.ins.matricule not in json.dumps(vu)
    numeros = [p["member"]["identifier"]["value"] for p in vu["participant"] if "identifier" in p["member"]]
    assert len(numeros) == len(set(numeros)), "several consents make one member"
    un = client.get(f"/fhir/CareTeam/{scene.dossier_id}", headers=entetes(porteur(scene.moi)))
    assert json.loads(un.content) == vu
    assert [t.acteur_genre for t in scene.traces("cercle")] == ["titulaire"] * 2


@pytest.mark.rule("FHR-166", "ACC-48")
def test_whoever_is_blocked_withdrawn_or_over_is_no_member(client: Client, scene: Scene) -> None:
    consentir(scene)
    quand = datetime.now(UTC)
    accorder(scene, rpps="99000000021", retire_le=quand)
    accorder(scene, rpps="99000000022", expire_le=quand - timedelta(seconds=1))
    declarer(scene, "99000000023")
    professionnel("99000000023")
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", scene.confrere.rpps)
        controle.bloquer(espace, "professionnel", "99000000023")
    numeros = {numero for numero, _ in membres(cercle(demander(client, scene.moi)))}
    assert f"8{scene.medecin.rpps}" in numeros
    assert not numeros & {f"8{scene.confrere.rpps}", "899000000021", "899000000022", "899000000023"}


@pytest.mark.rule("FHR-166")
def test_members_read_it_and_nobody_else(client: Client, scene: Scene) -> None:
    consentir(scene)
    assert membres(cercle(demander(client, scene.medecin, numero=scene.ins)))
    etranger = professionnel("99000000031", structure="1990000031")
    refuse = demander(client, etranger, numero=scene.ins)
    assert refuse.status_code == 403
    assert "dicah-c" in codes_refus(refuse)
    structure = Acteur(GenreActeur.STRUCTURE, nom="CH", structure_id="1990000001", client_id="lps")
    assert demander(client, structure, numero=scene.ins).status_code == 403
    sans = replace(porteur(scene.medecin), portees=frozenset({"ITI-67"}))
    assert client.get("/fhir/CareTeam", headers=entetes(sans)).status_code == 403
    assert client.get("/fhir/CareTeam").status_code == 401
    # Blocked: out at once.
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", scene.medecin.rpps)
    assert demander(client, scene.medecin, numero=scene.ins).status_code == 403


@pytest.mark.rule("FHR-166")
def test_one_shared_document_shows_nobody(client: Client, scene: Scene) -> None:
    doc = scene.deposer()
    consentir(scene)
    invite = professionnel("99000000041", structure="1990000041")
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        partages.partager(espace, doc.id, invite.rpps, jusqua=datetime.now(UTC).date() + timedelta(days=5))
    refuse = demander(client, invite, numero=scene.ins)
    assert (refuse.status_code, codes_refus(refuse)) == (403, ["cercle-reserve"])
    assert scene.medecin.rpps not in refuse.content.decode()
    assert [(t.acteur_id, t.resultat) for t in scene.traces("cercle")] == [(invite.rpps, "refus")]


@pytest.mark.rule("FHR-166")
def test_another_record_is_refused_to_a_holder_known_or_not(client: Client, scene: Scene) -> None:
    _, autre = dossier(6)
    reponses = [
        demander(client, scene.moi, numero=autre),
        demander(client, scene.moi, numero=ins(998)),
        client.get(f"/fhir/CareTeam/{uuid7()}", headers=entetes(porteur(scene.moi))),
        demander(client, scene.moi, ("patient", f"Patient/{scene.dossier_id}"), numero=autre),
    ]
    assert [(r.status_code, codes_refus(r)) for r in reponses] == [(403, ["cercle-reserve"])] * 4
    assert len({json.dumps({**json.loads(r.content), "id": ""}) for r in reponses}) == 1


@pytest.mark.rule("FHR-166")
@pytest.mark.parametrize(
    ("critere", "oui", "non"),
    [
        ("status", "active,inactive", "inactive"),
        ("category", "LA28865-6", "autre"),
        ("participant", "8{rpps}", "899000099999"),
        ("participant", "Practitioner/8{rpps}", "Practitioner/1"),
        ("participant", "https://rpps.esante.gouv.fr|{rpps}", "urn:oid:1.2.250.1.71.4.2.1|{rpps}"),
        ("identifier", "urn:uuid:{dossier}", "urn:uuid:{autre}"),
        ("managingOrganization", "Organization/1990000091", "Organization/1"),
        ("start", "le{demain}", "ge{demain}"),
        ("date", "le{demain}", "ge{demain}"),
        ("_lastUpdated", "ge{hier}", "lt{hier}"),
        ("participant-start", "ge{hier}", "gt{demain}"),
        ("participant-end", "ge{demain}", "le{hier}"),
    ],
)
def test_each_parameter_finds_and_leaves_out(
    client: Client, scene: Scene, critere: str, oui: str, non: str
) -> None:
    consentir(scene)
    jour = datetime.now(UTC).date()
    mots = {
        "rpps": scene.medecin.rpps, "dossier": scene.dossier_id, "autre": uuid7(),
        "hier": jour - timedelta(days=1), "demain": jour + timedelta(days=2),
    }  # fmt: skip
    cercle(demander(client, scene.moi, (critere, oui.format(**mots))))
    rien = json.loads(demander(client, scene.moi, (critere, non.format(**mots))).content)
    assert (rien["total"], "entry" in rien) == (0, False)


@pytest.mark.rule("FHR-166")
def test_a_circle_has_no_end_and_unknown_parameters_follow_the_rule(client: Client, scene: Scene) -> None:
    assert json.loads(demander(client, scene.moi, ("end", "le2100")).content)["total"] == 0
    lot = json.loads(demander(client, scene.moi, ("inconnu", "1")).content)
    assert lot["entry"][-1]["search"]["mode"] == "outcome"
    strict = demander(client, scene.moi, ("inconnu", "1"), Prefer="handling=strict")
    assert (strict.status_code, codes_refus(strict)) == (400, ["parametre-inconnu"])
    sans = demander(client, scene.medecin)
    assert (sans.status_code, codes_refus(sans)) == (400, ["critere-patient"])
    for methode in (client.patch, client.delete):
        assert (
            methode(f"/fhir/CareTeam/{scene.dossier_id}", headers=entetes(porteur(scene.moi))).status_code
            == 405
        )


@pytest.mark.rule("FHR-166")
def test_our_circle_has_the_elements_of_the_published_example(
    client: Client, scene: Scene, vectors: Path
) -> None:
    consentir(scene)
    dossier_exemples = vectors / "fhir" / "cercle-de-soins"
    exemple = json.loads((dossier_exemples / "CareTeam-cds-careteam-example.json").read_bytes())
    notre = cercle(demander(client, scene.moi))
    assert set(exemple) - {"text", "_name"} <= set(notre)
    assert notre["meta"]["profile"] == exemple["meta"]["profile"]
    assert notre["status"] == exemple["status"]
    for participant in notre["participant"]:
        assert {"member", "period"} <= set(participant)
    gestionnaire = json.loads((dossier_exemples / "CapabilityStatement-CDSGestionnaire.json").read_bytes())
    demandes = next(r for r in gestionnaire["rest"][0]["resource"] if r["type"] == "CareTeam")["searchParam"]
    assert {p["name"] for p in demandes} <= set(PARAMETRES)
    offerts = json.loads(client.get("/fhir/metadata").content)["rest"][0]["resource"]
    nous = next(r for r in offerts if r["type"] == "CareTeam")
    assert {p["name"] for p in nous["searchParam"]} == set(PARAMETRES)


@pytest.mark.parametrize("nom", PARAMETRES)
@pytest.mark.parametrize("valeur", ["'; --", "|", ",", "ge", "\\", "é" * 300, "99999-99"])
def test_no_value_is_a_failure(nom: str, valeur: str) -> None:
    statuts = []
    try:
        lire_recherche(
            [(nom, valeur)], fictifs=True, strict=True, titulaire=True, service=ServiceDuCercle("1", "S")
        )
    except RefusFhir as refus:
        statuts.append(refus.statut)
    assert statuts in ([], [400])
