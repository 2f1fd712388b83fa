"""Archive and deletion: who may, what is undone, what is destroyed (rules DOC-33 to DOC-37, DOC-63)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from espace_sante.acces import echeances, vie_documents
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.acces.vie_documents import GestionRefusee
from espace_sante.documents.models import Contenu, Echeance, Suppression
from espace_sante.documents.perso import services
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


@pytest.mark.rule("DOC-37")
def test_the_author_archives_and_brings_back(scene: Scene) -> None:
    doc = scene.deposer()
    for qui in (scene.confrere, scene.moi):
        with pytest.raises(GestionRefusee, match="non_auteur"):
            vie_documents.archiver(qui, scene.dossier_id, doc.id, contexte=CONTEXTE, archive=True)
    vie_documents.archiver(scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, archive=True)
    assert scene.vus(archive=False) == set()
    assert scene.vus(archive=True) == {doc.id}
    vie_documents.archiver(scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, archive=True)
    vie_documents.archiver(scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, archive=False)
    assert scene.vus(archive=False) == {doc.id}
    assert [len(scene.traces(a)) for a in ("archivage", "desarchivage")] == [3, 1]
    assert scene.genres() == ["document_modifie", "document_modifie"]


@pytest.mark.rule("DOC-33", "DOC-34", "DOC-63")
def test_a_professional_deletes_what_he_or_his_structure_deposited(scene: Scene) -> None:
    doc = scene.deposer(contenu=b"%PDF-1.4 secret")
    with pytest.raises(GestionRefusee, match="non_auteur"):
        vie_documents.supprimer(scene.confrere, scene.ins, doc.id, contexte=CONTEXTE)
    with pytest.raises(GestionRefusee, match="document_introuvable"):
        vie_documents.supprimer(scene.medecin, scene.ins, uuid7(), contexte=CONTEXTE)
    assert scene.vus() == {doc.id}
    # A colleague of the same place, without any consent of the holder: none is asked to feed (DOC-34).
    collegue = professionnel("99000000003", structure=scene.medecin.structure_id)
    with (
        pytest.raises(AccesRefuse),
        open_dossier(collegue, scene.ins, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pass
    vie_documents.supprimer(collegue, scene.ins, doc.id, contexte=CONTEXTE)
    assert scene.vus() == scene.lu_par(scene.medecin) == set()
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace, pytest.raises(DocumentIntrouvable):
        espace.lire_contenu(doc.id)
    with portee(scene.dossier_id):
        assert bytes(Contenu.objects.get(document_id=doc.id).scelle), "kept in store"
        assert Suppression.objects.get(document_id=doc.id).detruire_le is None
    assert [t.resultat for t in scene.traces("suppression")] == ["refus", "refus", "fait"]
    assert scene.genres() == ["document_supprime"]
    assert vie_documents.supprime_pour_le_titulaire(scene.moi, doc.id)
    assert not vie_documents.supprime_pour_le_titulaire(scene.moi, uuid7())
    with pytest.raises(GestionRefusee, match="trop_tard"):
        vie_documents.annuler_suppression(scene.moi, doc.id, contexte=CONTEXTE)


@pytest.mark.rule("DOC-63", "DOC-46")
def test_a_deleted_document_that_he_never_saw_was_never_there(scene: Scene) -> None:
    doc = scene.deposer(invisible_patient=True)
    with pytest.raises(GestionRefusee, match="document_introuvable"):
        vie_documents.supprimer_les_miens(scene.moi, (doc.id,), contexte=CONTEXTE)
    vie_documents.supprimer(scene.medecin, scene.ins, doc.id, contexte=CONTEXTE)
    assert not vie_documents.supprime_pour_le_titulaire(scene.moi, doc.id)
    assert scene.genres() == []
    assert [t.acteur_genre for t in scene.traces("suppression")] == ["titulaire", "professionnel"]
    assert scene.histoire().count("suppression") == 1, "his own refusal; nothing of the author's act"
    assert not Echeance.objects.filter(dossier_id=scene.dossier_id).exists()


@pytest.mark.rule("DOC-35")
def test_the_holder_deletes_his_own_ten_at_once_all_or_nothing(scene: Scene) -> None:
    miens = [scene.deposer_moi_meme() for _ in range(11)]
    autre = scene.deposer().id
    for ids, code in (
        ((miens[0], autre), "non_auteur"),
        (tuple(miens), "trop_de_documents"),
        ((), "aucun_document"),
        ((miens[0], uuid7()), "document_introuvable"),
    ):
        with pytest.raises(GestionRefusee, match=code):
            vie_documents.supprimer_les_miens(scene.moi, ids, contexte=CONTEXTE)
        assert scene.vus() == {*miens, autre}
    vie_documents.supprimer_les_miens(scene.moi, tuple(miens[:10]), contexte=CONTEXTE)
    assert scene.vus() == {miens[10], autre}
    assert scene.genres() == [], "nobody is told of his own acts"
    assert len(vie_documents.suppressions_en_cours(scene.moi, contexte=CONTEXTE)) == 10


@pytest.mark.rule("DOC-35")
def test_a_deletion_is_undone_for_a_week_then_destroyed() -> None:
    with time_machine.travel(datetime(2026, 5, 4, 9, tzinfo=UTC), tick=False) as horloge:
        scene = ouvrir_scene()
        repris, detruit = scene.deposer_moi_meme(titre="Repris"), scene.deposer_moi_meme(titre="Détruit")
        fin = vie_documents.supprimer_les_miens(scene.moi, (repris, detruit), contexte=CONTEXTE)
        assert fin == datetime(2026, 5, 11, 9, tzinfo=UTC)
        horloge.move_to(fin - timedelta(seconds=1))
        echeances.executer(datetime.now(UTC))
        vie_documents.annuler_suppression(scene.moi, repris, contexte=CONTEXTE)
        assert scene.vus() == {repris}
        horloge.move_to(fin)
        with pytest.raises(GestionRefusee, match="trop_tard"):
            vie_documents.annuler_suppression(scene.moi, detruit, contexte=CONTEXTE)
        bilan = echeances.executer(datetime.now(UTC))
        assert (bilan.faites, bilan.echecs) == (1, 0)
        with portee(scene.dossier_id):
            contenus = {c.document_id: bytes(c.scelle) for c in Contenu.objects.all()}
            assert Suppression.objects.get(document_id=detruit).etat == "detruite"
        assert contenus[repris]
        assert contenus[detruit] == b""
        assert scene.ligne(detruit).titre == ""
        assert [t.document_ids for t in scene.traces("destruction")] == [[detruit]]
        with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
            assert espace.lire_contenu(repris)[1] == b"%PDF-1.4 compte rendu"
        assert vie_documents.suppressions_en_cours(scene.moi, contexte=CONTEXTE) == []


@pytest.mark.rule("DOC-35")
def test_what_was_brought_back_then_deleted_again_waits_anew() -> None:
    with time_machine.travel(datetime(2026, 5, 4, 9, tzinfo=UTC), tick=False) as horloge:
        scene = ouvrir_scene()
        mien = scene.deposer_moi_meme()
        vie_documents.supprimer_les_miens(scene.moi, (mien,), contexte=CONTEXTE)
        vie_documents.annuler_suppression(scene.moi, mien, contexte=CONTEXTE)
        horloge.shift(timedelta(days=5))
        fin = vie_documents.supprimer_les_miens(scene.moi, (mien,), contexte=CONTEXTE)
        horloge.shift(timedelta(days=3))
        echeances.executer(datetime.now(UTC))
        vie_documents.annuler_suppression(scene.moi, mien, contexte=CONTEXTE)
        assert fin == datetime(2026, 5, 16, 9, tzinfo=UTC)
        assert scene.vus() == {mien}


@pytest.mark.rule("DOC-36")
def test_a_deleted_document_leaves_pins_and_folders(scene: Scene) -> None:
    mien = scene.deposer_moi_meme()
    with portee(scene.dossier_id):
        dossier_perso = services.creer_dossier(scene.dossier_id, "Papiers")
        services.deplacer(scene.dossier_id, [mien], dossier_perso)
        services.epingler(scene.dossier_id, mien, oui=True)
    assert scene.vus(epingles=True) == scene.vus(dossier_perso=dossier_perso) == {mien}
    vie_documents.supprimer_les_miens(scene.moi, (mien,), contexte=CONTEXTE)
    vie_documents.annuler_suppression(scene.moi, mien, contexte=CONTEXTE)
    assert scene.vus() == {mien}
    assert scene.vus(epingles=True) == scene.vus(dossier_perso=dossier_perso) == set()
