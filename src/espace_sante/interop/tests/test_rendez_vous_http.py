"""Appointments through the FHIR door: put, changed, read by their source, refused (FHR-154 to FHR-157)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.models import Appairage
from espace_sante.acces.tests.fabrique import dossier, ins, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.agenda.models import FicheRendezVous, VersionRendezVous
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.tests.agenda import SYSTEME, TOUT, Programme, lps, rendez_vous, service, structure
from espace_sante.interop.tests.lps import codes_refus, entetes, logiciel, ressources
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(71)


def nombre(scene: Scene) -> int:
    with portee(scene.dossier_id):
        return FicheRendezVous.objects.count()


def refuse(reponse: Any, statut: int, *codes: str) -> None:
    assert (reponse.status_code, sorted(codes_refus(reponse))) == (statut, sorted(codes)), reponse.content


@pytest.mark.rule("FHR-154", "FHR-156")
def test_a_program_puts_changes_and_cancels_without_a_consent(client: Client) -> None:
    """As it feeds documents: an open record and a qualified INS, no authorisation to read."""
    dossier_id, qui = dossier(72)
    lui = lps(client, professionnel("99000000071"))
    mis = lui.post(rendez_vous(qui))
    assert mis.status_code == 201, mis.content
    recu = json.loads(mis.content)
    assert mis["Location"].endswith(f"/fhir/Appointment/{recu['id']}")
    assert mis["ETag"] == 'W/"1"'
    assert recu["participant"][1]["actor"]["display"] == "Dr Anne Morel"
    change = lui.put(rendez_vous(qui, start="2030-03-06T09:15:00+01:00", end="2030-03-06T09:45:00+01:00"))
    assert (change.status_code, change["ETag"]) == (200, 'W/"2"')
    assert json.loads(change.content)["id"] == recu["id"]
    annule = lui.put(rendez_vous(qui, status="cancelled"))
    assert json.loads(annule.content)["status"] == "cancelled"
    refuse(lui.put(rendez_vous(qui)), 422, "rendez-vous-transition")
    with portee(dossier_id):
        assert FicheRendezVous.objects.count() == 1
        assert list(VersionRendezVous.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert lui.put(rendez_vous(qui, "2"), f"{SYSTEME}|2").status_code == 201


@pytest.mark.rule("FHR-154")
def test_a_structure_feeds_and_a_paired_service_too(client: Client, scene: Scene) -> None:
    assert structure(client).post(rendez_vous(scene.ins)).status_code == 201
    assert structure(client).put(rendez_vous(scene.ins, description="Autre")).status_code == 200
    refuse(structure(client).chercher(scene.ins), 403, "insufficient_scope")
    lui = service(client, scene.dossier_id, *TOUT)
    mis = lui.post(rendez_vous(scene.ins))
    assert mis.status_code == 201, mis.content
    assert lui.put(rendez_vous(scene.ins, status="cancelled")).status_code == 200
    assert nombre(scene) == 2, "each source has its own, whatever the identifier"
    assert [t.acteur_nom for t in scene.traces("rendez_vous_ajout")] == [
        "Centre de test",
        "Carnet de tension",
    ]


@pytest.mark.rule("FHR-156", "FHR-157")
def test_each_source_sees_and_changes_its_own_only(client: Client, scene: Scene) -> None:
    sien = json.loads(lps(client, scene.medecin).post(rendez_vous(scene.ins)).content)["id"]
    # Another program, another structure with the same program, a service without the wide right.
    autres = (
        lps(client, scene.medecin, "autre"),
        lps(client, scene.confrere),
        service(client, scene.dossier_id, "rendez_vous:lire", "rendez_vous:ecrire"),
    )
    for autre in autres:
        assert ressources(autre.chercher(scene.ins)) == []
        assert json.loads(autre.chercher(scene.ins, _count="0").content)["total"] == 0
        refuse(autre.get(f"/fhir/Appointment/{sien}"), 404, "introuvable")
        refuse(autre.put(rendez_vous(scene.ins), chemin=f"/fhir/Appointment/{sien}"), 404, "introuvable")
        assert autre.put(rendez_vous(scene.ins)).status_code == 201, "its own, beside"
    assert [r["id"] for r in ressources(lps(client, scene.medecin).chercher(scene.ins))] == [sien]
    tous = service(client, scene.dossier_id, *TOUT, client_id="tous")
    assert len(ressources(tous.chercher(None))) == 4
    vu = json.loads(tous.get(f"/fhir/Appointment/{sien}").content)
    assert scene.ins.matricule not in json.dumps(vu), "what identifies the holder is told to the source alone"
    refuse(
        tous.put(rendez_vous(scene.ins), chemin=f"/fhir/Appointment/{sien}"), 403, "rendez-vous-autre-source"
    )


@pytest.mark.rule("FHR-152", "FHR-157")
def test_a_service_does_what_the_holder_agreed_to(client: Client, scene: Scene) -> None:
    lecteur = service(client, scene.dossier_id, "rendez_vous:lire")
    assert lecteur.post(rendez_vous(scene.ins)).status_code == 403
    ecrivain = service(client, scene.dossier_id, "rendez_vous:ecrire")
    assert ecrivain.post(rendez_vous(scene.ins)).status_code == 201
    assert ecrivain.chercher(None).status_code == 403
    _, autre = dossier(73)
    assert ecrivain.post(rendez_vous(autre, "9")).status_code == 403
    sans = ecrivain.en_tetes.pop("X-Id-Token")
    assert sans
    assert ecrivain.post(rendez_vous(scene.ins, "8")).status_code == 400
    assert nombre(scene) == 1


@pytest.mark.rule("FHR-150", "FHR-152", "AGD-25", "AGD-26")
def test_what_the_holder_takes_back_counts_at_once(client: Client, scene: Scene) -> None:
    """The token still has its scopes: the agreement, read at each call, tells."""
    lui = service(client, scene.dossier_id, "rendez_vous:lire", "rendez_vous:ecrire")
    assert lui.post(rendez_vous(scene.ins)).status_code == 201

    def accorder(*droits: str) -> None:
        with portee(scene.dossier_id):
            Appairage.objects.filter(dossier_id=scene.dossier_id).update(
                lignes=[f"soins {d}" for d in droits]
            )

    accorder("rendez_vous:lire")
    assert lui.put(rendez_vous(scene.ins, status="cancelled")).status_code == 403
    assert len(ressources(lui.chercher(None))) == 1
    accorder("rendez_vous:ecrire")
    assert lui.chercher(None).status_code == 403
    with portee(scene.dossier_id):
        Appairage.objects.update(retire_le=datetime.now(UTC))
    assert lui.put(rendez_vous(scene.ins, status="cancelled")).status_code == 403
    assert nombre(scene) == 1, "what it had put stays"


def _sans(rang: int) -> Any:
    return lambda ins: rendez_vous(ins, participant=[rendez_vous(ins)["participant"][rang]])


@pytest.mark.rule("FHR-155")
@pytest.mark.parametrize(
    ("fautif", "code"),
    [
        (lambda i: rendez_vous(i, identifier=None), "rendez-vous-identifiant"),
        (lambda i: rendez_vous(i, identifier=[{"value": "1"}]), "rendez-vous-identifiant"),
        (lambda i: rendez_vous(i, identifier=[{"system": SYSTEME}]), "rendez-vous-identifiant"),
        (lambda i: rendez_vous(i, status=None), "rendez-vous-statut"),
        (lambda i: rendez_vous(i, status="reserve"), "rendez-vous-statut"),
        (lambda i: rendez_vous(i, status="entered-in-error"), "rendez-vous-statut"),
        (lambda i: rendez_vous(i, start=None), "rendez-vous-dates"),
        (lambda i: rendez_vous(i, end=None), "rendez-vous-dates"),
        (lambda i: rendez_vous(i, start=None, end=None), "rendez-vous-dates"),
        (lambda i: rendez_vous(i, start=None, end=None, status="proposed"), "rendez-vous-dates"),
        (
            lambda i: rendez_vous(i, start=None, end=None, requestedPeriod=[{"start": "2030-01-01"}]),
            "rendez-vous-dates",
        ),
        (lambda i: rendez_vous(i, end="2030-03-05T09:15:00+01:00"), "rendez-vous-inverse"),
        (lambda i: rendez_vous(i, end="2030-03-05T09:20:00+02:00"), "rendez-vous-inverse"),
        (lambda i: rendez_vous(i, start="2030-03-05T09:15:00"), "rendez-vous-date"),
        (lambda i: rendez_vous(i, start="2030-03-05"), "rendez-vous-date"),
        (lambda i: rendez_vous(i, end="2030-02-30T09:15:00Z"), "rendez-vous-date"),
        (_sans(1), "rendez-vous-patient"),
        (_sans(0), "rendez-vous-participant"),
        (
            lambda i: rendez_vous(i, participant=[*rendez_vous(i)["participant"], rendez_vous(i)["participant"][0]]),
            "rendez-vous-patient",
        ),
        (
            lambda i: rendez_vous(
                i, participant=[*rendez_vous(i)["participant"], {"status": "accepted", "required": "required"}]
            ),
            "rendez-vous-participant-forme",
        ),
        (lambda i: rendez_vous(i, description="<b>gras</b>"), "rendez-vous-html"),
        (lambda i: rendez_vous(i, cancelationReason={"text": "non"}), "rendez-vous-motif"),
    ],
)  # fmt: skip
def test_what_an_appointment_must_hold(client: Client, scene: Scene, fautif: Any, code: str) -> None:
    lui = lps(client, scene.medecin)
    refuse(lui.post(fautif(scene.ins)), 422, code)
    assert nombre(scene) == 0
    assert not [a for a in scene.genres() if a.startswith("rendez_vous")]


@pytest.mark.rule("FHR-155", "FHR-10")
def test_every_fault_is_told_at_once(client: Client, scene: Scene) -> None:
    tout_faux = rendez_vous(scene.ins, identifier=None, status="x", start=None, participant=None)
    refuse(
        lps(client, scene.medecin).post(tout_faux), 422,
        "rendez-vous-identifiant", "rendez-vous-statut", "rendez-vous-dates", "rendez-vous-patient",
        "rendez-vous-participant",
    )  # fmt: skip


@pytest.mark.rule("FHR-155")
@pytest.mark.parametrize(
    "autres",
    [
        {
            "status": "proposed",
            "start": None,
            "end": None,
            "requestedPeriod": [{"start": "2030-01-04T09:15:00Z"}],
        },
        {"status": "proposed", "start": None, "end": None, "requestedPeriod": [{"end": "2030-01"}]},
        {"status": "proposed"},
        {"status": "pending"},
        {"status": "fulfilled"},
        {"status": "noshow", "cancelationReason": {"text": "Absent"}},
        {"status": "cancelled", "cancelationReason": {"text": "Empêchement"}},
    ],
)
def test_statuses_that_are_received(client: Client, scene: Scene, autres: dict[str, Any]) -> None:
    mis = lps(client, scene.medecin).post(rendez_vous(scene.ins, **autres))
    assert mis.status_code == 201, mis.content


@pytest.mark.rule("FHR-155", "FHR-66")
def test_the_patient_in_each_of_his_forms(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    autre = rendez_vous(scene.ins)["participant"][1]
    ins = {"system": scene.ins.urn, "value": scene.ins.matricule}
    formes: tuple[dict[str, Any], ...] = (
        {"reference": f"Patient/{scene.dossier_id}"},
        {"reference": f"Patient?identifier={scene.ins.urn}|{scene.ins.matricule}"},
        {"reference": "https://autre.exemple.test/Patient/1", "identifier": ins},
        {"reference": "#p"},
    )
    for rang, forme in enumerate(formes):
        corps = rendez_vous(
            scene.ins, f"f{rang}", participant=[{"actor": forme, "status": "accepted"}, autre]
        )
        if forme == {"reference": "#p"}:
            corps["contained"] = [{"resourceType": "Patient", "id": "p", "identifier": [ins]}]
        mis = lui.post(corps)
        assert mis.status_code == 201, (forme, mis.content)
    for faux in (
        {"reference": "https://autre.exemple.test/Patient/1"},
        {"reference": "#absent", "type": "Patient"},
    ):
        refuse(
            lui.post(rendez_vous(scene.ins, "x", participant=[{"actor": faux, "status": "accepted"}, autre])),
            422, "rendez-vous-patient",
        )  # fmt: skip


@pytest.mark.rule("FHR-156")
def test_conditional_put_in_its_three_answers(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    autre_systeme = [{"system": "urn:autre", "value": "1"}]
    assert lui.put(rendez_vous(scene.ins)).status_code == 201
    assert lui.post(rendez_vous(scene.ins, identifier=autre_systeme)).status_code == 201
    refuse(lui.put(rendez_vous(scene.ins), "1"), 412, "rendez-vous-plusieurs")
    refuse(
        lui.put(rendez_vous(scene.ins, description="Z"), f"{SYSTEME}|1,urn:autre|1"),
        412,
        "rendez-vous-plusieurs",
    )
    assert lui.put(rendez_vous(scene.ins, description="Z")).status_code == 200
    refuse(lui.post(rendez_vous(scene.ins)), 409, "rendez-vous-en-double")
    deux = [*autre_systeme, {"system": SYSTEME, "value": "1"}]
    refuse(lui.put(rendez_vous(scene.ins, identifier=deux)), 409, "rendez-vous-en-double")
    assert nombre(scene) == 2


@pytest.mark.rule("FHR-156")
@pytest.mark.parametrize("adresse", ["", "?identifier=", "?status=booked", "?identifier=a&status=booked",
                                     "?identifier=a&identifier=b", f"?identifier={SYSTEME}|"])  # fmt: skip
def test_a_conditional_put_names_one_identifier(client: Client, scene: Scene, adresse: str) -> None:
    lui = lps(client, scene.medecin)
    assert lui.put(rendez_vous(scene.ins), chemin=f"/fhir/Appointment{adresse}").status_code == 400
    refuse(lui.put(rendez_vous(scene.ins), f"{SYSTEME}|2"), 422, "rendez-vous-autre-identifiant")
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-13", "FHR-156")
def test_if_match_and_the_same_again(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    refuse(lui.put(rendez_vous(scene.ins), **{"If-Match": 'W/"1"'}), 412, "rendez-vous-perime")
    lui.put(rendez_vous(scene.ins))
    refuse(
        lui.put(rendez_vous(scene.ins, description="B"), **{"If-Match": 'W/"7"'}), 412, "rendez-vous-perime"
    )
    refuse(
        lui.put(rendez_vous(scene.ins, description="B"), **{"If-Match": "sept"}), 412, "rendez-vous-perime"
    )
    fait = lui.put(rendez_vous(scene.ins, description="B"), **{"If-Match": 'W/"1"'})
    assert (fait.status_code, fait["ETag"]) == (200, 'W/"2"')
    encore = lui.put(rendez_vous(scene.ins, description="B"))
    assert (encore.status_code, encore["ETag"]) == (200, 'W/"2"'), "sent again, nothing changes"
    assert scene.genres() == ["rendez_vous_ajoute", "rendez_vous_change"]


@pytest.mark.rule("FHR-154", "AGD-28")
def test_whose_agenda_receives(client: Client) -> None:
    """Unknown, opposed: the same answer. Closed: told. INS that is not qualified: refused."""
    lui = lps(client, professionnel("99000000072"))
    inconnu, oppose, ferme = ins(74), dossier(75, EtatProfil.OPPOSE)[1], dossier(76, EtatProfil.CLOTURE)[1]
    reponses = [lui.post(rendez_vous(i)) for i in (inconnu, oppose)]
    for reponse in reponses:
        refuse(reponse, 404, "rendez-vous-sans-dossier")
    refuse(lui.post(rendez_vous(ferme)), 422, "dossier-inactif")
    actif = dossier(77)[1]
    refuse(lui.post(rendez_vous(actif), **{"X-MES-Identite": "PROV"}), 403, "dicah-i")
    assert lui.post(rendez_vous(dossier(78, EtatProfil.CREE_AUTO)[1])).status_code == 201
    refuse(
        lps(client, professionnel("99000000079", actif=False)).post(rendez_vous(actif)),
        403,
        "rendez-vous-interdit",
    )


@pytest.mark.rule("FHR-04", "FHR-05")
def test_xml_in_and_out_and_word_for_word(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    corps = rendez_vous(
        scene.ins,
        extension=[{"url": "http://example.org/e", "valueString": "gardée"}],
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Suivi</div>'},
    )
    mis = json.loads(lui.post(corps).content)
    assert {c: v for c, v in mis.items() if c not in ("id", "meta")} == corps
    xml = lui.get(f"/fhir/Appointment/{mis['id']}", Accept="application/fhir+xml")
    assert xml["Content-Type"].startswith("application/fhir+xml")
    assert b"<Appointment " in xml.content
    sorti = xml.content.replace(f"{SYSTEME}".encode(), b"urn:copie")
    renvoi = lui.put(sorti, "urn:copie|1", media="application/fhir+xml")
    assert renvoi.status_code == 201, renvoi.content


@pytest.mark.rule("FHR-154", "FHR-07")
@pytest.mark.parametrize(
    ("corps", "statut"),
    [
        (b"{", 400), (b"[]", 400), (b'{"resourceType":"Patient"}', 400), (b'{"resourceType":"Appointment","x":1}', 400),
        (b'{"resourceType":"Appointment","priority":-1}', 400), (b'{"resourceType":"Appointment","start":5}', 400),
        (b'{"resourceType":"Appointment","description":"' + b"a" * 120_000 + b'"}', 413),
        (b'{"resourceType":"Appointment","contained":[{"resourceType":"Patient","id":"p","identifier":5}],'
         b'"participant":[{"status":"accepted","actor":{"reference":"#p"}}]}', 422),
    ],
)  # fmt: skip
def test_bodies_that_are_no_appointment(client: Client, scene: Scene, corps: bytes, statut: int) -> None:
    assert lps(client, scene.medecin).post(corps).status_code == statut
    assert nombre(scene) == 0


@pytest.mark.rule("FHR-154", "AUD-01")
def test_each_act_is_traced_refusals_included(client: Client, scene: Scene) -> None:
    lui = lps(client, scene.medecin)
    fil = json.loads(lui.post(rendez_vous(scene.ins)).content)["id"]
    lui.post(rendez_vous(scene.ins))
    lui.put(rendez_vous(scene.ins, status="cancelled"))
    lui.get(f"/fhir/Appointment/{fil}")
    lui.chercher(scene.ins)
    lps(client, scene.confrere).get(f"/fhir/Appointment/{fil}")
    assert [(t.resultat, t.motif) for t in scene.traces("rendez_vous_ajout")] == [
        ("fait", ""),
        ("refus", "doublon"),
    ]
    assert [(t.resultat, t.motif) for t in scene.traces("rendez_vous_changement")] == [("fait", "annulation")]
    assert [(t.resultat, t.motif) for t in scene.traces("rendez_vous_lecture")] == [
        ("fait", "un"), ("fait", ""), ("refus", "rendez_vous_introuvable"),
    ]  # fmt: skip
    assert scene.genres() == ["rendez_vous_ajoute", "rendez_vous_annule"]


@pytest.mark.rule("FHR-154", "FHR-157")
def test_the_holder_reads_all_his_own_and_changes_none(client: Client, scene: Scene) -> None:
    fil = json.loads(lps(client, scene.medecin).post(rendez_vous(scene.ins)).content)["id"]
    structure(client).post(rendez_vous(scene.ins))
    moi = Programme(client, entetes(logiciel_du_titulaire(scene)))
    assert len(ressources(moi.chercher(None))) == len(ressources(moi.chercher(scene.ins))) == 2
    assert moi.get(f"/fhir/Appointment/{fil}").status_code == 200
    assert moi.put(rendez_vous(scene.ins)).status_code == 403
    _, autre = dossier(79)
    refuse(moi.chercher(autre), 404, "introuvable")


def logiciel_du_titulaire(scene: Scene) -> Acteur:
    return replace(logiciel(scene.moi), portees=frozenset({"patient/Appointment.rs"}))
