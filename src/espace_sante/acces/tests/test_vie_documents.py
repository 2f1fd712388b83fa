"""Deposits, replacements, labels and the default mask, through the gate (rules DOC-02 to DOC-44, DOC-52)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from espace_sante.acces import confidentialite, vie_documents
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.confidentialite import Reglage
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, lot
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.acces.vie_documents import GestionRefusee
from espace_sante.documents import vie
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.models import Document, VersionDocument
from espace_sante.documents.nomenclatures import TypeDocument, types
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur, ModeAuthentification
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
LABO = Acteur(
    GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo",
    mode_authentification=ModeAuthentification.INDIRECTE, deux_facteurs=True,
)  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


def _labels(d: Document) -> tuple[bool, bool, bool]:
    return d.masque_ps, d.invisible_patient, d.invisible_representants


@pytest.mark.rule("DOC-02", "DOC-03")
def test_types_and_classes_are_held_by_the_gate_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for autres, code in (
        ({"type": Code("99999-9", "http://loinc.org")}, "type_inconnu"),
        ({"classe": Code("31", "x")}, "classe_differente"),
    ):
        with pytest.raises(AlimentationRefusee, match=code):
            scene.deposer(**autres)  # type: ignore[arg-type]
    connus = dict(types())
    connus["11488-4"] = TypeDocument("11488-4", "http://loinc.org", "CR", "10", "proposed")
    monkeypatch.setattr("espace_sante.acces.alimentation.type_document", connus.get)
    with pytest.raises(AlimentationRefusee, match="type_inconnu"):
        scene.deposer()
    assert scene.vus() == set()
    assert [t.motif for t in scene.traces("depot")] == ["type_inconnu", "classe_differente", "type_inconnu"]


@pytest.mark.rule("DOC-03")
def test_software_may_class_otherwise_with_a_warning(scene: Scene) -> None:
    """FHR-73 says so of that door; the others are held to the table."""
    doc = document(auteur=scene.medecin, classe=Code("11", "x"))
    alimenter(scene.medecin, scene.ins, lot(scene.medecin, doc), contexte=Contexte("fhir"))
    assert scene.vus() == {doc.id}


@pytest.mark.rule("DOC-07")
def test_three_identifiers(scene: Scene) -> None:
    ancien = scene.deposer()
    avant = scene.ligne(ancien.id)
    vie_documents.changer_confidentialite(
        scene.medecin, scene.ins, ancien.id, contexte=CONTEXTE, masque_ps=True
    )
    apres = scene.ligne(ancien.id)
    with portee(scene.dossier_id):
        entrees = list(
            VersionDocument.objects.filter(document_id=ancien.id)
            .order_by("version")
            .values_list("entree", flat=True)
        )
    assert apres.unique_id == avant.unique_id
    assert apres.entree == avant.entree == entrees[0], "the logical id is the first entry"
    assert len(set(entrees)) == 2, "each change of metadata is a new entry"
    neuf = scene.deposer(remplace=ancien.metadonnees.unique_id)
    suite = scene.ligne(neuf.id)
    assert suite.unique_id != avant.unique_id
    assert suite.entree not in entrees


@pytest.mark.rule("DOC-14")
def test_the_same_bytes_again_are_already_there_and_others_are_refused(scene: Scene) -> None:
    doc = scene.deposer()
    for contenu, attendu in ((b"%PDF-1.4 compte rendu", doc.id), (b"%PDF-1.4 autre", None)):
        encore = document(auteur=scene.medecin, unique_id=doc.metadonnees.unique_id, contenu=contenu)
        with pytest.raises(AlimentationRefusee, match="unique_id_utilise") as refus:
            alimenter(scene.medecin, scene.ins, lot(scene.medecin, encore), contexte=CONTEXTE)
        assert refus.value.existant == attendu
    assert scene.vus() == {doc.id}


@pytest.mark.rule("DOC-16")
def test_a_late_deposit_is_taken_and_told_to_its_structure(scene: Scene) -> None:
    hier = datetime.now(UTC) - timedelta(days=2)
    tardif = scene.deposer(periode_debut=hier)
    scene.deposer()
    scene.deposer(scene.confrere, periode_debut=hier)
    retards = vie_documents.retards_de_la_structure(scene.medecin)
    assert [r.document_id for r in retards] == [tardif.id]
    assert vie_documents.retards_de_la_structure(Acteur(GenreActeur.PROFESSIONNEL)) == []
    assert tardif.id in scene.vus()


@pytest.mark.rule("DOC-40")
def test_the_fund_puts_no_label(scene: Scene) -> None:
    caisse = Acteur(GenreActeur.ASSURANCE_MALADIE, nom="Caisse", structure_id="1990000077")
    for libelle in ({"masque_ps": True}, {"invisible_patient": True}, {"invisible_representants": True}):
        auteur = Auteur("organisation", structure_idnat=caisse.structure_id, structure_nom="Caisse")
        doc = document("REMB", auteurs=(auteur,), **libelle)  # type: ignore[arg-type]
        envoi = lot(Acteur(GenreActeur.STRUCTURE, structure_id=caisse.structure_id), doc)
        with pytest.raises(AlimentationRefusee, match="etiquette_interdite"):
            alimenter(caisse, scene.ins, envoi, contexte=CONTEXTE)
    with pytest.raises(AlimentationRefusee, match="etiquette_inconnue"):
        scene.deposer(confidentialite="U")


@pytest.mark.rule("DOC-29")
def test_both_versions_are_reached_by_the_history(scene: Scene) -> None:
    ancien = scene.deposer()
    neuf = scene.deposer(remplace=ancien.metadonnees.unique_id)
    assert scene.vus() == {neuf.id}
    assert scene.lu_par(scene.confrere) == {neuf.id}
    a, n = scene.ligne(ancien.id), scene.ligne(neuf.id)
    assert (a.statut, a.remplace_par_id, n.remplace_id) == ("superseded", neuf.id, ancien.id)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        assert espace.lire_contenu(ancien.id)[0].id == ancien.id


@pytest.mark.rule("DOC-30")
def test_a_replacement_keeps_the_strictest_labels(scene: Scene) -> None:
    ancien = scene.deposer(
        masque_ps=True, invisible_patient=True, invisible_representants=True, confidentialite="R"
    )
    neuf = scene.deposer(remplace=ancien.metadonnees.unique_id)
    d = scene.ligne(neuf.id)
    assert _labels(d) == (True, True, True)
    assert d.confidentialite == "R"
    assert scene.vus() == set()


@pytest.mark.rule("DOC-30", "DOC-31")
def test_its_author_changes_it_afterwards_and_that_is_traced(scene: Scene) -> None:
    ancien = scene.deposer(masque_ps=True)
    with pytest.raises(AlimentationRefusee, match="non_auteur"):
        scene.deposer(scene.confrere, remplace=ancien.metadonnees.unique_id)
    neuf = scene.deposer(remplace=ancien.metadonnees.unique_id)
    vie_documents.changer_confidentialite(
        scene.medecin, scene.ins, neuf.id, contexte=CONTEXTE, masque_ps=False
    )
    assert not scene.ligne(neuf.id).masque_ps
    assert [t.document_ids for t in scene.traces("confidentialite")] == [[neuf.id]]
    with pytest.raises(GestionRefusee, match="remplace"):
        vie_documents.changer_confidentialite(
            scene.medecin, scene.ins, ancien.id, contexte=CONTEXTE, masque_ps=False
        )


@pytest.mark.rule("DOC-32")
def test_nothing_else_of_a_stored_document_changes(scene: Scene) -> None:
    doc = scene.deposer()
    for champ in (
        "titre",
        "type_code",
        "auteur_nom",
        "creation",
        "unique_id",
        "depose_le",
        "description",
        "sha1",
    ):
        with portee(scene.dossier_id), pytest.raises(vie.ChangementInterdit):
            vie.changer(scene.dossier_id, doc.id, "x", datetime.now(UTC), **{champ: "autre", "archive": True})
    d = scene.ligne(doc.id)
    assert (d.titre, d.version, d.archive) == ("Compte rendu de consultation", 1, False)


@pytest.mark.rule("DOC-39")
def test_a_label_comes_and_goes_without_the_others(scene: Scene) -> None:
    doc = scene.deposer(invisible_representants=True)

    def changer(**labels: bool) -> tuple[bool, bool, bool]:
        vie_documents.changer_confidentialite(scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, **labels)
        return _labels(scene.ligne(doc.id))

    assert changer(masque_ps=True) == (True, False, True)
    assert changer(invisible_representants=False) == (True, False, False)
    assert changer(invisible_representants=True) == (True, False, True)
    assert changer(masque_ps=False) == (False, False, True)
    assert changer() == (False, False, True)
    assert scene.ligne(doc.id).confidentialite == "N"
    assert len(scene.traces("confidentialite")) == 4, "what changes nothing is not told as a change"


@pytest.mark.rule("DOC-40", "FHR-129")
def test_the_mask_of_the_holder_is_his(scene: Scene) -> None:
    doc = scene.deposer()
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(doc.id)
    with pytest.raises(GestionRefusee, match="masque_du_titulaire"):
        vie_documents.changer_confidentialite(
            scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, masque_ps=False
        )
    mien = scene.deposer_moi_meme()
    with pytest.raises(GestionRefusee, match="etiquette_interdite"):
        vie_documents.changer_confidentialite(
            scene.moi, scene.dossier_id, mien, contexte=CONTEXTE, invisible_representants=True
        )


@pytest.mark.rule("DOC-38")
def test_a_structure_in_indirect_mode_changes_labels_by_replacement_only(scene: Scene) -> None:
    doc = document(auteur=None)
    alimenter(LABO, scene.ins, lot(LABO, doc), contexte=CONTEXTE)
    with pytest.raises(GestionRefusee, match="changement_par_remplacement"):
        vie_documents.changer_confidentialite(LABO, scene.ins, doc.id, contexte=CONTEXTE, masque_ps=True)
    neuf = document(auteur=None, remplace=doc.metadonnees.unique_id, masque_ps=True)
    alimenter(LABO, scene.ins, lot(LABO, neuf), contexte=CONTEXTE)
    assert scene.ligne(neuf.id).masque_ps
    assert [t.motif for t in scene.traces("confidentialite")] == ["changement_par_remplacement"]


@pytest.mark.rule("DOC-52")
def test_what_the_holder_may_have_read_cannot_be_hidden_from_him(scene: Scene) -> None:
    doc = scene.deposer()
    with pytest.raises(GestionRefusee, match="deja_visible"):
        vie_documents.changer_confidentialite(
            scene.medecin, scene.ins, doc.id, contexte=CONTEXTE, invisible_patient=True
        )
    assert scene.vus() == {doc.id}


@pytest.mark.rule("DOC-44")
def test_what_comes_is_masked_when_the_holder_said_so(scene: Scene) -> None:
    avant = scene.deposer()
    choix = {Reglage.NOUVEAUX_DOCUMENTS: True}
    assert confidentialite.regler(scene.moi, choix, contexte=CONTEXTE) == tuple(choix)
    assert confidentialite.regler(scene.moi, choix, contexte=CONTEXTE) == ()
    assert len(scene.traces("reglage_confidentialite")) == 1
    apres = scene.deposer()
    assert not scene.ligne(avant.id).masque_ps
    assert scene.ligne(apres.id).masque_ps
    assert scene.ligne(apres.id).masque_par == "titulaire"
    assert scene.lu_par(scene.confrere) == {avant.id}
    assert scene.lu_par(scene.medecin) == {avant.id, apres.id}


@pytest.mark.rule("DOC-44")
def test_it_applies_to_all_that_exists_and_a_failure_is_listed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [scene.deposer().id for _ in range(3)]
    cache = scene.deposer(invisible_patient=True).id
    vrai = vie.changer

    def panne(dossier_id: UUID, document_id: UUID, *args: object, **valeurs: object) -> None:
        if document_id == ids[1]:
            raise RuntimeError("panne")
        vrai(dossier_id, document_id, *args, **valeurs)  # type: ignore[arg-type]

    with monkeypatch.context() as m:
        m.setattr(vie, "changer", panne)
        fait = confidentialite.masquer_tout(scene.moi, contexte=CONTEXTE, masque=True)
    assert (fait.changes, fait.echecs) == (2, (ids[1],)), "the hidden one is in neither figure"
    assert [scene.ligne(i).masque_ps for i in (*ids, cache)] == [True, False, True, True]
    fait = confidentialite.masquer_tout(scene.moi, contexte=CONTEXTE, masque=True)
    assert (fait.changes, fait.echecs) == (1, ())
    assert confidentialite.masquer_tout(scene.moi, contexte=CONTEXTE, masque=False).changes == 3
    assert not any(scene.ligne(i).masque_ps for i in (*ids, cache))


@pytest.mark.rule("DOC-45")
def test_each_section_has_its_own_switch(scene: Scene) -> None:
    caisse = Acteur(GenreActeur.ASSURANCE_MALADIE, nom="Caisse", structure_id="1990000077")
    auteur = Auteur("organisation", structure_idnat=caisse.structure_id, structure_nom="Caisse")
    envoi = lot(
        Acteur(GenreActeur.STRUCTURE, structure_id=caisse.structure_id), document("REMB", auteurs=(auteur,))
    )
    alimenter(caisse, scene.ins, envoi, contexte=CONTEXTE)
    remboursements, directives = envoi.documents[0].id, scene.deposer_moi_meme("EXPPAT_3")
    antecedents = scene.deposer_moi_meme("DOCPAT08")
    visibles = scene.lu_par(scene.medecin)
    assert {remboursements, directives, antecedents} <= visibles

    def sans(reglage: Reglage) -> set[UUID]:
        confidentialite.regler(scene.moi, {reglage: True}, contexte=CONTEXTE)
        vus = scene.lu_par(scene.medecin)
        confidentialite.regler(scene.moi, {reglage: False}, contexte=CONTEXTE)
        return visibles - vus

    assert sans(Reglage.REMBOURSEMENTS) == {remboursements}
    assert sans(Reglage.DIRECTIVES) == {directives}
    assert sans(Reglage.ANTECEDENTS) == {antecedents}
    assert {remboursements, directives, antecedents} <= scene.vus()
    assert not any(confidentialite.reglages(scene.moi, contexte=CONTEXTE).values())
