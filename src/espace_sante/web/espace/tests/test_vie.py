"""The holder's pages on what happens to documents: deletion and its undoing, archives, choices, what is gone."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from espace_sante.acces import vie_documents
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.acces.tests.scene import Scene
from espace_sante.documents import vie
from espace_sante.documents.models import Document
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
SUPPRIMES = "/espace/documents/supprimes/"
CHOIX = "/espace/plus/confidentialite/"


def _mien(lou: Personne, **valeurs: object) -> UUID:
    return Scene(
        lou.dossier_id, lou.ins, titulaire(lou.dossier_id), lou.medecin, lou.medecin
    ).deposer_moi_meme(**valeurs)  # type: ignore[arg-type]


def _page(document_id: object, suite: str = "") -> str:
    return f"/espace/documents/{document_id}/{suite}"


@pytest.mark.rule("DOC-35")
def test_delete_then_bring_back(lou: Personne) -> None:
    mien = _mien(lou, titre="Ma photo")
    assert "Supprimer ce document" in lou.page(_page(mien))
    assert "7 jours" in lou.page(_page(mien, "suppression/"))
    suite = lou.client.post("/espace/documents/suppression/", {"document": str(mien)})
    assert suite.headers["Location"] == SUPPRIMES + "?fait=supprime"
    assert "Ma photo" not in lou.page("/espace/documents/")
    assert "Ma photo" in lou.page(SUPPRIMES)
    assert lou.client.get(_page(mien)).status_code == 410
    suite = lou.client.post(_page(mien, "reprise/"))
    assert suite.status_code == 302
    assert "de nouveau dans votre espace" in lou.page(suite.headers["Location"])
    assert "Ma photo" in lou.page("/espace/documents/")
    assert "Aucun document à reprendre" in lou.page(SUPPRIMES)
    assert lou.client.post(_page(mien, "reprise/")).status_code == 409


@pytest.mark.rule("DOC-35")
def test_what_others_deposited_is_not_deleted(lou: Personne) -> None:
    sien = lou.deposer(titre="Compte rendu")
    page = lou.page(_page(sien))
    assert "Supprimer ce document" not in page
    assert "Seul son auteur peut supprimer" in page
    assert lou.client.get(_page(sien, "suppression/")).status_code == 302
    assert lou.client.post("/espace/documents/suppression/", {"document": str(sien)}).status_code == 403
    miens = [str(_mien(lou)) for _ in range(11)]
    reponse = lou.client.post("/espace/documents/suppression/", {"document": miens})
    assert reponse.status_code == 409
    assert "10 documents à la fois" in reponse.content.decode()
    assert lou.client.post("/espace/documents/suppression/", {"document": "x"}).status_code == 404
    assert lou.client.post("/espace/documents/suppression/", {"document": str(uuid4())}).status_code == 404
    lou.page(_page(sien))


@pytest.mark.rule("DOC-63")
def test_a_document_deleted_by_its_author_is_said_to_be_gone(lou: Personne) -> None:
    vu = lou.deposer(titre="Compte rendu")
    cache = lou.deposer(invisible_patient=True)
    for document_id in (vu, cache):
        vie_documents.supprimer(lou.medecin, lou.ins, document_id, contexte=CONTEXTE)
    for suite in ("", "apercu/", "masquage/"):
        reponse = lou.client.get(_page(vu, suite))
        assert reponse.status_code == 410
        assert "plus disponible" in reponse.content.decode()
        assert lou.client.get(_page(cache, suite)).status_code == 404
    assert lou.client.get(_page(uuid4())).status_code == 404
    assert "Compte rendu" not in lou.page("/espace/documents/")


@pytest.mark.rule("DOC-37")
def test_archived_documents_have_their_own_list(lou: Personne) -> None:
    doc = lou.deposer(titre="Ancien compte rendu")
    assert "Aucun document archivé" in lou.page("/espace/documents/archives/")
    vie_documents.archiver(lou.medecin, lou.ins, doc, contexte=CONTEXTE, archive=True)
    assert "Ancien compte rendu" not in lou.page("/espace/documents/")
    assert "Ancien compte rendu" in lou.page("/espace/documents/archives/")
    assert "archivé par son auteur" in lou.page(_page(doc))


@pytest.mark.rule("DOC-44", "DOC-45")
def test_choices_for_all_documents(lou: Personne, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = [lou.deposer(titre=f"Document {n}") for n in range(3)]
    reponse = lou.client.post(CHOIX, {"masque_par_defaut": "masque", "remboursements_masques": "visible"})
    assert "Vos choix sont enregistrés" in reponse.content.decode()
    apres = lou.deposer()
    assert _masques(lou) == {apres}
    vrai = vie.changer

    def panne(dossier_id: UUID, document_id: UUID, *args: object, **valeurs: object) -> None:
        if document_id == docs[1]:
            raise RuntimeError("panne")
        vrai(dossier_id, document_id, *args, **valeurs)  # type: ignore[arg-type]

    with monkeypatch.context() as m:
        m.setattr(vie, "changer", panne)
        texte = lou.client.post(CHOIX, {"masque_par_defaut": "masque", "tout": "oui"}).content.decode()
    assert "Ces documents n’ont pas pu être changés" in texte
    assert "Document 1" in texte
    assert "Document 2" not in texte
    assert _masques(lou) == {docs[0], docs[2], apres}
    lou.client.post(CHOIX, {"masque_par_defaut": "visible", "tout": "oui"})
    assert _masques(lou) == set()


def _masques(lou: Personne) -> set[UUID]:
    with portee(lou.dossier_id):
        return set(Document.objects.filter(masque_ps=True).values_list("id", flat=True))
