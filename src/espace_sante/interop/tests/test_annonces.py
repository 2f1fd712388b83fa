"""Subscribers are told of new documents, and of nothing else (FHR-169 to FHR-171)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces import controle, matrice
from espace_sante.acces.abonnements import envois, suivi
from espace_sante.acces.abonnements.envois import REPRISES, Annonce
from espace_sante.acces.models import Abonnement, Consentement, EnvoiAbonnement, SuiviAbonnement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.dossier.models import Dossier
from espace_sante.identite.models import Logiciel, Professionnel
from espace_sante.interop import tasks
from espace_sante.interop.annonces import rediger
from espace_sante.interop.fhir.abonnement import communication
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.profils.verification import verifier
from espace_sante.interop.requete import base
from espace_sante.interop.tests.lps import Lps
from espace_sante.interop.tests.serveur_tls import serveur
from espace_sante.interop.tests.test_abonnements_http import ADRESSE, HOTE, abonnement, inscrire, poster
from espace_sante.platform.appel_sortant import AppelEchoue
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
# Types that a dental surgeon may not read, in the illustrative edition.
_INTERDITS = ("11506-3", "28653-4")


class Boite:
    """Where announcements arrive; `panne` makes it refuse them."""

    def __init__(self) -> None:
        self.recus: list[tuple[Annonce, bytes]] = []
        self.panne = False

    def __call__(self, annonce: Annonce, corps: bytes) -> None:
        if self.panne:
            raise AppelEchoue("appel_echoue", "panne", statut=500)
        self.recus.append((annonce, corps))

    @property
    def documents(self) -> list[UUID]:
        return [a.document.id for a, _ in self.recus]

    def relever(self, dans: timedelta = timedelta()) -> int:
        maintenant = datetime.now(UTC) + dans
        suivi.relever(maintenant)
        return envois.livrer(maintenant, rediger=rediger, poster_=self)


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


@pytest.fixture
def medecin(client: Client, scene: Scene) -> Lps:
    lps = Lps(client, scene.medecin)
    inscrire()
    return lps


@pytest.fixture
def boite() -> Boite:
    return Boite()


def abonner(lps: Lps, scene: Scene, **plus: Any) -> dict[str, Any]:
    reponse = poster(lps, abonnement(scene.ins, **plus))
    assert reponse.status_code == 201, reponse.content
    return dict(json.loads(reponse.content))


def etat(scene: Scene) -> list[str]:
    with portee(scene.dossier_id):
        return list(Abonnement.objects.filter(dossier_id=scene.dossier_id).values_list("etat", flat=True))


@pytest.mark.rule("FHR-168", "FHR-169")
def test_told_once_of_each_new_document_and_of_no_older_one(medecin: Lps, scene: Scene, boite: Boite) -> None:
    scene.deposer()
    abonner(medecin, scene)
    assert boite.relever() == 0
    un, deux = scene.deposer(), scene.deposer(par=scene.confrere)
    assert boite.relever() == 2
    assert set(boite.documents) == {un.id, deux.id}
    for minutes in (0, 1, 3, 10):
        assert boite.relever(timedelta(minutes=minutes)) == 0, "the look back tells nothing twice"
    assert [t.document_ids for t in scene.traces("annonce_document")] in (
        [[un.id], [deux.id]], [[deux.id], [un.id]],
    )  # fmt: skip


@pytest.mark.rule("FHR-169")
def test_the_body_is_empty_or_says_no_health_data(medecin: Lps, scene: Scene, boite: Boite) -> None:
    abonner(medecin, scene)
    abonner(medecin, scene, canal={"payload": "application/fhir+json"})
    abonner(medecin, scene, canal={"payload": "application/fhir+xml"})
    document = scene.deposer(titre="Sérologie VIH de contrôle")
    assert boite.relever() == 3
    corps = {a.demande.corps: c for a, c in boite.recus}
    assert corps[""] == b""
    lu = json.loads(corps["application/fhir+json"])
    assert not [c for c in verifier(lu) if c.refuse]
    assert lu["about"] == [
        {"reference": f"{base()}/DocumentReference/{composer(scene.dossier_id, document.id)}"}
    ]
    assert set(lu) == {"resourceType", "id", "extension", "basedOn", "status", "about", "authoredOn"}
    assert corps["application/fhir+xml"].startswith(b"<?xml")
    for brut in corps.values():
        texte = brut.decode()
        for tu in ("VIH", "11488-4", scene.ins.matricule, "MARTIN", "MOREL", "1978", "application/pdf"):
            assert tu not in texte


@pytest.mark.rule("FHR-168")
def test_only_documents_of_the_asked_types(medecin: Lps, scene: Scene, boite: Boite) -> None:
    abonner(medecin, scene, suite="&type=11502-2,34133-9")
    scene.deposer()
    biologie = scene.deposer(type_code="11502-2")
    assert boite.relever() == 1
    assert boite.documents == [biologie.id]


@pytest.mark.rule("FHR-171")
def test_hidden_documents_are_told_to_nobody_from_whom_they_are_hidden(
    client: Client, medecin: Lps, scene: Scene, boite: Boite
) -> None:
    """Leak test: masked, out of the matrix, deleted or replaced before the call: silence."""
    confrere = Lps(client, scene.confrere)
    abonner(confrere, scene)
    scene.deposer(masque_ps=True)
    apres = scene.deposer()
    supprime, remplace = scene.deposer(), scene.deposer()
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(apres.id)
    nouveau = scene.deposer(remplace=remplace.metadonnees.unique_id)
    with portee(scene.dossier_id):
        from espace_sante.documents.models import Document

        Document.objects.filter(dossier_id=scene.dossier_id, id=supprime.id).update(statut="entered-in-error")
    hors_matrice = scene.deposer_moi_meme("DOCPAT02")
    boite.relever()
    vus = scene.lu_par(scene.confrere)
    assert set(boite.documents) <= vus
    assert nouveau.id in boite.documents
    assert not {apres.id, supprime.id, remplace.id} & set(boite.documents)
    assert (hors_matrice in boite.documents) == (hors_matrice in vus)
    assert boite.relever(timedelta(minutes=10)) == 0


@pytest.mark.rule("FHR-171")
def test_a_type_outside_the_matrix_line_is_never_told(client: Client, scene: Scene, boite: Boite) -> None:
    from espace_sante.acces.consentements import recueillir_consentement
    from espace_sante.acces.tests.fabrique import professionnel

    lecteur = professionnel("99000000031", profession="40", structure="1990000003")
    recueillir_consentement(lecteur, scene.ins, contexte=CONTEXTE)
    lps = Lps(client, lecteur)
    inscrire()
    abonner(lps, scene)
    siens = set(matrice.ligne(1, "TRE_G15", "40", ""))
    deposes = {t: scene.deposer(type_code=t).id for t in ("11488-4", "11502-2", "34133-9", *_INTERDITS)}
    assert siens & set(deposes)
    assert not siens & set(_INTERDITS)
    boite.relever()
    assert set(boite.documents) == {d for t, d in deposes.items() if t in siens}


@pytest.mark.rule("FHR-171")
def test_a_masked_document_is_told_to_its_own_author(medecin: Lps, scene: Scene, boite: Boite) -> None:
    abonner(medecin, scene)
    sien = scene.deposer(masque_ps=True)
    boite.relever()
    assert boite.documents == [sien.id]


@pytest.mark.rule("FHR-170")
@pytest.mark.parametrize(
    "cause",
    ["retrait", "fin", "blocage", "structure", "fermeture", "exercice", "logiciel", "hote", "echeance"],
)
def test_silent_and_off_once_the_right_is_over(medecin: Lps, scene: Scene, boite: Boite, cause: str) -> None:
    abonner(medecin, scene)
    scene.deposer(par=scene.confrere)
    dans = timedelta()
    with portee(scene.dossier_id):
        siens = Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=scene.medecin.rpps)
        if cause == "retrait":
            siens.update(retire_le=datetime.now(UTC))
        if cause == "fin":
            siens.update(expire_le=datetime.now(UTC))
        if cause == "fermeture":
            Dossier.objects.filter(dossier_id=scene.dossier_id).update(etat="CLOTURE")
    if cause in ("blocage", "structure"):
        with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
            cle = scene.medecin.rpps if cause == "blocage" else scene.medecin.structure_id
            controle.bloquer(espace, "professionnel" if cause == "blocage" else "structure", cle)
    if cause == "exercice":
        Professionnel.objects.filter(rpps=scene.medecin.rpps).update(actif=False)
    if cause == "logiciel":
        Logiciel.objects.filter(client_id="lps").update(actif=False)
    if cause == "hote":
        inscrire("ailleurs.example")
    if cause == "echeance":
        with portee(scene.dossier_id):
            siens.update(expire_le=datetime.now(UTC) + timedelta(days=365))
        suivi.relever(datetime.now(UTC))
        dans = timedelta(days=91)
    assert boite.relever(dans) == 0
    assert (etat(scene), boite.recus) == (["off"], [])
    assert (SuiviAbonnement.objects.count(), EnvoiAbonnement.objects.count()) == (0, 0)
    assert boite.relever() == 0


@pytest.mark.rule("FHR-169")
def test_tried_again_after_1_5_30_minutes_and_6_hours_then_in_error(
    medecin: Lps, scene: Scene, boite: Boite
) -> None:
    lu = abonner(medecin, scene)
    with portee(scene.dossier_id):
        Consentement.objects.filter(dossier_id=scene.dossier_id).update(
            expire_le=datetime.now(UTC) + timedelta(days=30)
        )
    scene.deposer()
    boite.panne = True
    depart = datetime.now(UTC)
    suivi.relever(depart)
    maintenant = depart
    for attente in (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=6)):
        assert envois.livrer(maintenant, rediger=rediger, poster_=boite) == 0
        assert etat(scene) == ["active"]
        assert EnvoiAbonnement.objects.get().apres == maintenant + attente
        avant = maintenant + attente - timedelta(seconds=1)
        assert envois.livrer(avant, rediger=rediger, poster_=boite) == 0
        assert EnvoiAbonnement.objects.get().apres == maintenant + attente, "not before its time"
        maintenant += attente
    assert envois.livrer(maintenant, rediger=rediger, poster_=boite) == 0
    assert etat(scene) == ["error"]
    assert EnvoiAbonnement.objects.count() == 0
    relu = json.loads(medecin.get(f"/fhir/Subscription/{lu['id']}").content)
    assert relu["status"] == "error"
    assert relu["error"]
    assert tuple(REPRISES) == (
        timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=6),
    )  # fmt: skip
    boite.panne = False
    scene.deposer()
    assert boite.relever() == 0, "in error: silent until its user asks again"


@pytest.mark.rule("FHR-169")
def test_one_failure_holds_nobody_else_back_and_a_retry_tells(
    medecin: Lps, scene: Scene, boite: Boite
) -> None:
    abonner(medecin, scene)
    document = scene.deposer()
    boite.panne = True
    boite.relever()
    boite.panne = False
    assert boite.relever(timedelta(minutes=2)) == 1
    assert boite.documents == [document.id]


@pytest.mark.rule("FHR-169")
def test_what_a_dead_worker_held_comes_back(medecin: Lps, scene: Scene, boite: Boite) -> None:
    """At least once: killed after the line was taken, before it was told."""
    abonner(medecin, scene)
    document = scene.deposer()

    class Mort(BaseException):
        pass

    def tuer(*_: object) -> None:
        raise Mort

    maintenant = datetime.now(UTC)
    suivi.relever(maintenant)
    with pytest.raises(Mort):
        envois.livrer(maintenant, rediger=rediger, poster_=tuer)
    assert boite.relever(timedelta(minutes=1)) == 0, "still held"
    assert boite.relever(timedelta(minutes=4)) == 1
    assert boite.documents == [document.id]


@pytest.mark.rule("FHR-168")
def test_the_place_in_the_registry_survives_a_stop_between_its_two_writes(
    medecin: Lps, scene: Scene, boite: Boite, monkeypatch: pytest.MonkeyPatch
) -> None:
    abonner(medecin, scene)
    deposes = {scene.deposer().id for _ in range(5)}
    maintenant = datetime.now(UTC)
    suivi.relever(maintenant, lot=2)
    suivi.relever(maintenant, lot=2)
    assert envois.livrer(maintenant, rediger=rediger, poster_=boite) == 5
    assert set(boite.documents) == deposes


@pytest.mark.rule("FHR-168")
def test_other_records_are_never_told(medecin: Lps, scene: Scene, boite: Boite) -> None:
    """Leak test: a document of somebody else's record, that the same doctor reads too."""
    autre = ouvrir_scene(5)
    abonner(medecin, scene)
    autre.deposer()
    ici = scene.deposer()
    assert boite.relever() == 1
    assert boite.documents == [ici.id]
    ferme_id, _ = dossier(6)
    assert all(a.abonnement.dossier_id == scene.dossier_id != ferme_id for a, _ in boite.recus)


def test_past_lines_go(medecin: Lps, scene: Scene, boite: Boite) -> None:
    abonner(medecin, scene)
    scene.deposer()
    boite.relever()
    suivi.oublier(datetime.now(UTC) + timedelta(hours=2))
    assert EnvoiAbonnement.objects.count() == 1
    suivi.oublier(datetime.now(UTC) + timedelta(days=2))
    assert EnvoiAbonnement.objects.count() == 0


@pytest.mark.rule("FHR-168", "FHR-169")
def test_the_minute_job_finds_tells_and_forgets(
    medecin: Lps, scene: Scene, boite: Boite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envois, "_poster", boite)
    abonner(medecin, scene, canal={"payload": "application/fhir+json"})
    document = scene.deposer()
    tasks.prevenir_les_abonnes(int(datetime.now(UTC).timestamp()))
    assert boite.documents == [document.id]
    assert json.loads(boite.recus[0][1])["status"] == "active"
    tasks.prevenir_les_abonnes(int(datetime.now(UTC).timestamp()))
    assert boite.documents == [document.id]


@pytest.mark.rule("FHR-168", "FHR-169")
def test_over_the_wire_with_both_certificates(
    medecin: Lps, scene: Scene, tmp_path: Path, settings: Any
) -> None:
    with serveur(tmp_path) as lps:
        settings.ES_ABONNEMENTS = {
            "certificat": str(lps.client), "cle": "", "autorites": str(lps.certificat),
        }  # fmt: skip
        settings.ES_ABONNEMENTS_DELAI_S = 5
        inscrire(f"localhost:{lps.port}")
        abonner(
            medecin,
            scene,
            adresse=f"https://localhost:{lps.port}/avis?x=1",
            canal={"payload": "application/fhir+json"},
        )
        scene.deposer()
        suivi.relever(datetime.now(UTC))
        assert envois.livrer(datetime.now(UTC), rediger=rediger) == 1
        (recu,) = lps.recus
        assert recu.chemin == "/avis?x=1"
        assert recu.certificat["subject"] == ((("commonName", "client"),),)
        assert recu.entetes["Host"] == f"localhost:{lps.port}"
        assert recu.entetes["Content-Type"] == "application/fhir+json"
        assert json.loads(recu.corps)["resourceType"] == "CommunicationRequest"
        # A redirection is a failure, never followed.
        lps.statut = 307
        scene.deposer()
        suivi.relever(datetime.now(UTC))
        assert envois.livrer(datetime.now(UTC), rediger=rediger) == 0
        assert [r.chemin for r in lps.recus] == ["/avis?x=1", "/avis?x=1"]
    # A server that nobody vouches for is not spoken to.
    with serveur(tmp_path) as autre:
        settings.ES_ABONNEMENTS = {"certificat": str(lps.client), "cle": "", "autorites": str(lps.client)}
        inscrire(f"localhost:{autre.port}")
        abonner(medecin, scene, adresse=f"https://localhost:{autre.port}/avis")
        scene.deposer()
        suivi.relever(datetime.now(UTC))
        assert envois.livrer(datetime.now(UTC), rediger=rediger) == 0
        assert autre.recus == []


@pytest.mark.rule("FHR-169")
@given(
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
    st.uuids(),
)
def test_a_communication_is_always_valid_r4(quand: datetime, identifiant: UUID) -> None:
    lu = json.loads(communication(identifiant, "https://h/fhir", "a" * 64, "b" * 64, quand, quand))
    assert not [c for c in verifier(lu) if c.refuse]
    assert HOTE in ADRESSE
