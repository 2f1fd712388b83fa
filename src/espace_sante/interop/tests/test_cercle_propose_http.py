"""A CareTeam sent by a software is a proposal, and gives no right until the holder accepts (FHR-167)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces import controle, propositions
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.models import Blocage, Consentement, PropositionCercle
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.propositions import PropositionRefusee
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
KINE = "99000000041"
INFIRMIER = "99000000042"


def membre(rpps: str, systeme: str = "urn:oid:1.2.250.1.71.4.2.1") -> dict[str, Any]:
    valeur = rpps if systeme.startswith("https") else f"8{rpps}"
    return {"member": {"type": "Practitioner", "identifier": {"system": systeme, "value": valeur}}}


def cercle(numero: Ins, *rpps: str, **plus: Any) -> dict[str, Any]:
    return {
        "resourceType": "CareTeam",
        "status": "proposed",
        "subject": {"identifier": {"system": numero.urn, "value": numero.matricule}},
        "participant": [membre(r) for r in rpps],
        **plus,
    }


@pytest.fixture
def scene() -> Scene:
    professionnel(KINE, profession="70", structure="1990000004")
    professionnel(INFIRMIER, profession="60", structure="1990000005")
    return ouvrir_scene()


@pytest.fixture
def medecin(client: Client, scene: Scene) -> Lps:
    return Lps(client, scene.medecin)


def poster(lps: Lps, corps: object, acteur: Acteur | None = None, media: str = FHIR, **plus: str) -> Any:
    brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
    return lps.client.post(
        "/fhir/CareTeam", brut, content_type=media, headers=entetes(acteur or lps.acteur, **plus)
    )


def remplacer(lps: Lps, lu: dict[str, Any], acteur: Acteur | None = None) -> Any:
    return lps.client.put(
        f"/fhir/CareTeam/{lu['id']}", json.dumps(lu).encode(), content_type=FHIR,
        headers=entetes(acteur or lps.acteur),
    )  # fmt: skip


def lit(scene: Scene, rpps: str, profession: str, structure: str) -> bool:
    try:
        scene.lu_par(professionnel(rpps, profession=profession, structure=structure))
    except AccesRefuse:
        return False
    return True


def lignes(scene: Scene) -> list[tuple[str, str]]:
    with portee(scene.dossier_id):
        return sorted(
            PropositionCercle.objects.filter(dossier_id=scene.dossier_id).values_list("rpps", "etat")
        )


@pytest.mark.rule("FHR-167")
def test_nothing_until_the_holder_accepts(medecin: Lps, scene: Scene) -> None:
    fait = poster(medecin, cercle(scene.ins, KINE, INFIRMIER))
    assert fait.status_code == 201, fait.content
    lu = json.loads(fait.content)
    assert (lu["status"], len(lu["participant"])) == ("proposed", 2)
    assert fait["Location"].endswith(f"/CareTeam/{lu['id']}")
    assert not lit(scene, KINE, "70", "1990000004")
    assert not lit(scene, INFIRMIER, "60", "1990000005")
    cercle_lu = medecin.client.get(
        f"/fhir/CareTeam/{scene.dossier_id}", headers=entetes(medecin.acteur)
    ).content.decode()
    assert KINE not in cercle_lu
    assert [a.genre for a in scene.avis() if a.genre == "cercle_propose"] == ["cercle_propose"]
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        kine, infirmier = propositions.en_attente(espace)
        assert (kine.rpps, infirmier.rpps) == (KINE, INFIRMIER)
        propositions.accepter(espace, kine.id)
        propositions.refuser(espace, infirmier.id)
        assert propositions.en_attente(espace) == []
    assert lit(scene, KINE, "70", "1990000004")
    assert not lit(scene, INFIRMIER, "60", "1990000005")
    relu = json.loads(medecin.get(f"/fhir/CareTeam/{lu['id']}").content)
    assert relu["status"] == "active"
    assert [p["member"]["identifier"]["value"] for p in relu["participant"]] == [f"8{KINE}"]
    assert [t.motif for t in scene.traces("proposition_cercle")] == ["", "acceptee", "refusee"]
    with portee(scene.dossier_id):
        accord = Consentement.objects.get(dossier_id=scene.dossier_id, rpps=KINE)
    assert accord.explicite
    assert accord.informe_le


@pytest.mark.rule("FHR-167", "FHR-04")
def test_in_xml_and_by_rpps(medecin: Lps, scene: Scene) -> None:
    corps = cercle(scene.ins)
    corps["participant"] = [membre(KINE, "https://rpps.esante.gouv.fr")]
    fait = poster(medecin, vers_xml(json.dumps(corps).encode()), media="application/fhir+xml")
    assert fait.status_code == 201, fait.content


@pytest.mark.rule("FHR-167")
def test_an_update_adds_takes_back_and_never_undoes_the_holder(medecin: Lps, scene: Scene) -> None:
    lu = json.loads(poster(medecin, cercle(scene.ins, KINE)).content)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        propositions.refuser(espace, propositions.en_attente(espace)[0].id)
    corps = {**cercle(scene.ins, KINE, INFIRMIER), "id": lu["id"]}
    assert remplacer(medecin, corps).status_code == 200
    assert lignes(scene) == [(KINE, "refusee"), (INFIRMIER, "proposee")], "a no stays a no in this proposal"
    assert remplacer(medecin, {**cercle(scene.ins, KINE), "id": lu["id"]}).status_code == 200
    assert lignes(scene) == [(KINE, "refusee"), (INFIRMIER, "retiree")]
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        assert propositions.en_attente(espace) == []


@pytest.mark.rule("FHR-167")
def test_an_update_of_the_circle_itself_only_proposes(medecin: Lps, scene: Scene) -> None:
    """Sent without its present members, with one more: nobody leaves, and the new one waits."""
    corps = {**cercle(scene.ins, KINE), "id": str(scene.dossier_id)}
    avant = json.loads(medecin.get(f"/fhir/CareTeam/{scene.dossier_id}").content)
    fait = remplacer(medecin, corps)
    assert fait.status_code == 200, fait.content
    assert json.loads(fait.content)["participant"] == avant["participant"]
    assert lignes(scene) == [(KINE, "proposee")]
    assert scene.lu_par(scene.confrere) is not None
    connu = {**cercle(scene.ins, scene.confrere.rpps), "id": str(scene.dossier_id)}
    assert remplacer(medecin, connu).status_code == 200
    assert lignes(scene) == [(KINE, "proposee")], "a member is not proposed again"


@pytest.mark.rule("FHR-167")
def test_refused_whole_and_nothing_kept(client: Client, medecin: Lps, scene: Scene) -> None:
    professionnel("99000000051", profession="330", systeme="TRE_R85", structure="1990000006")
    cas = [
        (cercle(scene.ins, "99999999999"), 422, "cercle-membre-inconnu"),
        (cercle(scene.ins, KINE, "99000000051"), 422, "cercle-membre-inconnu"),
        (cercle(scene.ins), 400, "valeur-vide"),
        (cercle(scene.ins, *[KINE] * 21), 422, "cercle-nombre"),
        (cercle(scene.ins, KINE, status="inactive"), 422, "cercle-statut"),
        ({**cercle(scene.ins, KINE), "subject": {"reference": "Group/1"}}, 400, "patient-forme"),
        (
            {**cercle(scene.ins), "participant": [{"member": {"reference": "RelatedPerson/1"}}]},
            422,
            "cercle-membre",
        ),
        (cercle(dossier(9)[1], KINE), 403, "dicah-c"),
    ]
    for corps, statut, code in cas:
        reponse = poster(medecin, corps)
        assert (reponse.status_code, codes_refus(reponse)) == (statut, [code]), code
    urgence = replace(medecin.acteur, finalite=ModeAcces.BRIS_DE_GLACE)
    assert codes_refus(poster(medecin, cercle(scene.ins, KINE), urgence)) == ["cercle-reserve"]
    assert (
        poster(medecin, cercle(scene.ins, KINE), replace(medecin.acteur, portees=frozenset())).status_code
        == 403
    )
    inconnu = Lps(client, professionnel("99000000061", structure="1990000007"))
    assert codes_refus(poster(inconnu, cercle(scene.ins, KINE))) == ["dicah-c"]
    assert lignes(scene) == []
    assert [a.genre for a in scene.avis() if a.genre == "cercle_propose"] == []


@pytest.mark.rule("FHR-167")
def test_the_published_example_is_refused_member_by_member(medecin: Lps, scene: Scene, vectors: Any) -> None:
    brut = (vectors / "fhir/cercle-de-soins/Bundle-cds-bundle-transaction-creation-example.json").read_bytes()
    exemple = json.loads(brut)["entry"][0]["resource"]
    exemple.pop("_name", None)
    reponse = poster(medecin, {**exemple, "subject": cercle(scene.ins)["subject"]})
    assert (reponse.status_code, set(codes_refus(reponse))) == (422, {"cercle-membre"})


@pytest.mark.rule("FHR-167")
def test_a_proposal_is_its_proposers_alone(client: Client, medecin: Lps, scene: Scene) -> None:
    """Leak test: a colleague of the circle, another software: it is not there."""
    lu = json.loads(poster(medecin, cercle(scene.ins, KINE)).content)
    Logiciel.objects.create(client_id="autre", nom="Autre")
    for acteur in (Lps(client, scene.confrere).acteur, replace(medecin.acteur, client_id="autre")):
        lecture = client.get(f"/fhir/CareTeam/{lu['id']}", headers=entetes(acteur))
        assert (lecture.status_code, codes_refus(lecture)) == (404, ["introuvable"])
        assert remplacer(medecin, {**cercle(scene.ins, INFIRMIER), "id": lu["id"]}, acteur).status_code == 404
    autre_id, _ = dossier(9)
    for fil in (autre_id.hex + lu["id"][32:], "0" * 64, "x"):
        assert medecin.get(f"/fhir/CareTeam/{fil}").status_code in (403, 404)
    assert lignes(scene) == [(KINE, "proposee")]


@pytest.mark.rule("FHR-167", "ACC-53")
def test_a_block_is_told_to_nobody_and_wins(medecin: Lps, scene: Scene) -> None:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", KINE)
    assert poster(medecin, cercle(scene.ins, KINE)).status_code == 201
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        (kine,) = propositions.en_attente(espace)
    with (
        pytest.raises(PropositionRefusee, match="bloqué"),
        ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace,
    ):
        propositions.accepter(espace, kine.id)
    with portee(scene.dossier_id):
        assert Blocage.objects.filter(dossier_id=scene.dossier_id, cle=KINE, leve_le=None).exists()
        assert not Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=KINE).exists()


@pytest.mark.rule("FHR-167")
def test_one_answer_for_every_proposal_of_a_person(client: Client, medecin: Lps, scene: Scene) -> None:
    poster(medecin, cercle(scene.ins, KINE))
    poster(Lps(client, scene.confrere), cercle(scene.ins, KINE))
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        (seul,) = propositions.en_attente(espace)
        propositions.refuser(espace, seul.id)
        with pytest.raises(PropositionRefusee):
            propositions.accepter(espace, seul.id)
    assert lignes(scene) == [(KINE, "refusee"), (KINE, "refusee")]
