"""Invisible until announced: the stories, with a frozen clock (rules DOC-46 to DOC-51)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from espace_sante.acces import echeances, vie_documents
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.acces.vie_documents import GestionRefusee
from espace_sante.documents import vie
from espace_sante.documents.models import Echeance
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.notifications.models import AvisProfessionnel

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


def _consentir(scene: Scene, *lecteurs: Acteur) -> None:
    for lecteur in lecteurs:
        recueillir_consentement(lecteur, scene.ins, contexte=CONTEXTE)


@pytest.mark.rule("DOC-47", "DOC-46")
def test_a_consultation_d_annonce_shows_it_at_once() -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as horloge:
        scene = ouvrir_scene()
        doc = scene.deposer(invisible_patient=True, titre="Annonce difficile")
        ailleurs = scene.deposer(invisible_patient=True)
        assert scene.vus() == set()
        horloge.shift(timedelta(days=3))
        inconnu = professionnel("99000000008", structure="1990000008")
        with pytest.raises(AccesRefuse):
            vie_documents.lever_invisibilite(
                inconnu, scene.ins, doc.id, contexte=CONTEXTE, identite_qualifiee=True
            )
        assert scene.vus() == set()
        _consentir(scene, scene.confrere)
        vie_documents.lever_invisibilite(
            scene.confrere, scene.ins, doc.id, contexte=CONTEXTE, identite_qualifiee=True
        )
        assert scene.vus() == {doc.id}, "that one, not the others"
        restent = Echeance.objects.filter(dossier_id=scene.dossier_id).values_list("document_id", flat=True)
        assert set(restent) == {ailleurs.id}, "nothing is left to do for it"
        assert [a.genre for a in scene.avis()][-1] == "document_visible"
        assert [t.acteur_id for t in scene.traces("levee_annonce")] == [scene.confrere.rpps]
        assert "depot" in scene.histoire(), "what happened before is told, with its date (AUD-09)"
        with pytest.raises(GestionRefusee, match="deja_annonce"):
            vie_documents.lever_invisibilite(
                scene.confrere, scene.ins, doc.id, contexte=CONTEXTE, identite_qualifiee=True
            )
        horloge.shift(timedelta(days=40))
        echeances.executer(datetime.now(UTC))
        assert len([g for g in scene.genres() if g == "document_visible"]) == 2
        assert scene.vus() == {doc.id, ailleurs.id}


@pytest.mark.rule("DOC-48")
def test_day_fourteen_says_nothing_of_the_document() -> None:
    depot = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(depot, tick=False) as horloge:
        scene = ouvrir_scene()
        doc = scene.deposer(invisible_patient=True, titre="Annonce difficile")
        horloge.move_to(depot + timedelta(days=14, seconds=-1))
        echeances.executer(datetime.now(UTC))
        assert scene.genres() == []
        horloge.move_to(depot + timedelta(days=14))
        echeances.executer(datetime.now(UTC))
        echeances.executer(datetime.now(UTC))
        assert scene.genres() == ["dossier_mis_a_jour"], "once"
        avis = scene.avis()[-1]
        assert (avis.details, avis.document_ids) == ({}, [])
        assert scene.vus() == set()
        for secret in ("Annonce", "difficile", str(doc.id), "MOREL", "11488-4"):
            assert secret not in str([getattr(avis, f.attname) for f in avis._meta.concrete_fields])


@pytest.mark.rule("DOC-49")
@pytest.mark.parametrize(
    ("depot", "visible"),
    [
        (datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (datetime(2028, 1, 31, 9, tzinfo=UTC), datetime(2028, 2, 29, 9, tzinfo=UTC)),
        (datetime(2026, 4, 10, 9, tzinfo=UTC), datetime(2026, 5, 10, 9, tzinfo=UTC)),
    ],
)
def test_one_calendar_month_later_it_shows_itself(depot: datetime, visible: datetime) -> None:
    with time_machine.travel(depot, tick=False) as horloge:
        scene = ouvrir_scene()
        doc = scene.deposer(invisible_patient=True, titre="Annonce")
        horloge.move_to(visible - timedelta(seconds=1))
        echeances.executer(datetime.now(UTC))
        assert scene.vus() == set()
        horloge.move_to(visible)
        echeances.executer(datetime.now(UTC))
        assert scene.vus() == {doc.id}
        assert scene.genres() == ["dossier_mis_a_jour", "document_visible"]
        assert [t.acteur_genre for t in scene.traces("visibilite_automatique")] == ["systeme"]
        assert [a.rpps for a in AvisProfessionnel.objects.all()] == [scene.medecin.rpps], "its depositor too"
        assert not Echeance.objects.filter(dossier_id=scene.dossier_id).exists()


@pytest.mark.rule("DOC-50")
def test_a_replacement_does_not_win_time() -> None:
    depot = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(depot, tick=False) as horloge:
        scene = ouvrir_scene()
        premier = scene.deposer(invisible_patient=True)
        horloge.move_to(depot + timedelta(days=10))
        deuxieme = scene.deposer(invisible_patient=True, remplace=premier.metadonnees.unique_id)
        horloge.move_to(depot + timedelta(days=14))
        echeances.executer(datetime.now(UTC))
        assert scene.genres() == ["dossier_mis_a_jour"], "one invitation for all versions"
        horloge.move_to(depot + timedelta(days=20))
        troisieme = scene.deposer(invisible_patient=True, remplace=deuxieme.metadonnees.unique_id)
        echeances.executer(datetime.now(UTC))
        horloge.move_to(datetime(2026, 4, 2, 7, 59, 59, tzinfo=UTC))
        echeances.executer(datetime.now(UTC))
        assert scene.vus() == set()
        # One month at French legal time, summer time began in between.
        horloge.move_to(datetime(2026, 4, 2, 8, tzinfo=UTC))
        echeances.executer(datetime.now(UTC))
        assert scene.vus() == {troisieme.id}
        assert scene.genres() == ["dossier_mis_a_jour", "document_visible"]


@pytest.mark.rule("DOC-51")
def test_the_delay_runs_on_a_space_that_is_not_activated() -> None:
    depot = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(depot, tick=False) as horloge:
        scene = ouvrir_scene(etat=EtatProfil.CREE_AUTO)
        doc = scene.deposer(invisible_patient=True)
        horloge.move_to(depot + timedelta(days=40))
        echeances.executer(datetime.now(UTC))
        assert not scene.ligne(doc.id).invisible_patient
        assert "document_visible" in scene.genres(), "kept for the day of activation"


@pytest.mark.rule("DOC-49")
def test_the_job_goes_over_all_records_by_batches_and_past_what_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    depot = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(depot, tick=False) as horloge:
        scenes = [ouvrir_scene(n) for n in range(1, 6)]
        docs = [s.deposer(invisible_patient=True).id for s in scenes]
        horloge.move_to(depot + timedelta(days=40))
        vrai, lots = vie.dues, []

        def compter(*args: object) -> list[vie.Due]:
            lots.append(vrai(*args))  # type: ignore[arg-type]
            return lots[-1]

        monkeypatch.setattr(vie, "dues", compter)
        with monkeypatch.context() as m:
            faire = echeances._montrer

            def panne(etat: vie.Etat, quand: datetime) -> None:
                if etat.id == docs[2]:
                    raise RuntimeError("panne")
                faire(etat, quand)

            m.setattr(echeances, "_montrer", panne)
            bilan = echeances.executer(datetime.now(UTC), lot=2)
        assert (bilan.faites, bilan.echecs) == (9, 1)
        assert max(len(lot) for lot in lots) == 2
        assert [bool(s.vus()) for s in scenes] == [True, True, False, True, True]
        assert scenes[2].traces("visibilite_automatique") == []
        assert echeances.executer(datetime.now(UTC)).faites == 1, "what failed is done by the next run"
        assert scenes[2].vus() == {docs[2]}


@pytest.mark.rule("DOC-49")
def test_the_list_of_the_job_says_nothing_of_a_person_nor_of_a_document(scene: Scene) -> None:
    scene.deposer(invisible_patient=True, titre="Annonce")
    with connection.cursor() as c:
        c.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'documents_echeance'"
        )
        assert {nom for (nom,) in c.fetchall()} == {"dossier_id", "document_id", "genre", "quand"}
        c.execute("SELECT count(*) FROM documents_document")
        assert c.fetchone() == (0,), "read with no record in scope, it opens nothing"
