"""A professional's acts on documents, from the page to the record; and the board of late deposits."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from espace_sante.documents.models import Document
from espace_sante.identite.acteurs import Acteur
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


def _qui(code: str = "10") -> Acteur:
    return atelier.acteur(atelier.professionnel(code)[0])


def _ouvert(qui: Acteur, numero: str) -> tuple[Client, str]:
    client = atelier.averti(qui)
    return client, atelier.ouvrir(client, numero)


def _acte(client: Client, cle: str, document_id: UUID, nom: str) -> int:
    adresse = f"/pro/patient/{cle}/documents/{document_id}/acte/"
    assert client.get(adresse, {"acte": nom}).status_code in (200, 404)
    return client.post(adresse, {"acte": nom}).status_code


def _ligne(dossier_id: UUID, document_id: UUID) -> Document:
    with portee(dossier_id):
        return Document.objects.get(id=document_id)


@pytest.mark.rule("DOC-34", "DOC-37", "DOC-33")
def test_the_author_archives_masks_and_deletes_from_the_page() -> None:
    dossier_id, numero = atelier.creer_dossier()
    auteur = _qui()
    doc = atelier.deposer(dossier_id, auteur, "11488-4", "Compte rendu unique")
    client, cle = _ouvert(auteur, numero)
    page = f"/pro/patient/{cle}/documents/{doc}/"
    liste = f"/pro/patient/{cle}/documents/"
    for nom, suivant in (("archiver", "desarchiver"), ("desarchiver", "archiver"), ("masquer", "montrer")):
        assert f"?acte={nom}" in client.get(page).content.decode()
        assert _acte(client, cle, doc, nom) == 302
        texte = client.get(f"{page}?fait={nom}").content.decode()
        assert f"?acte={suivant}" in texte
        assert f"?acte={nom}&quot;" not in texte
    assert _ligne(dossier_id, doc).masque_ps
    _acte(client, cle, doc, "archiver")
    assert [d.titre for d in client.get(liste).context["lignes"]] == []
    client.post(liste, {"archives": "oui"})
    assert [d.titre for d in client.get(liste).context["lignes"]] == ["Compte rendu unique"]
    client.post(liste, {"effacer": "1"})
    assert _acte(client, cle, doc, "supprimer") == 302
    assert client.get(page).status_code == 404
    assert [t.resultat for t in atelier.traces(dossier_id, "suppression")] == ["fait"]


@pytest.mark.rule("DOC-34", "DOC-31")
def test_another_professional_is_offered_nothing_and_refused() -> None:
    dossier_id, numero = atelier.creer_dossier()
    doc = atelier.deposer(dossier_id, _qui(), "11488-4", "Compte rendu")
    client, cle = _ouvert(_qui(), numero)
    assert "?acte=" not in client.get(f"/pro/patient/{cle}/documents/{doc}/").content.decode()
    for nom in ("archiver", "masquer", "supprimer"):
        assert _acte(client, cle, doc, nom) == 403
    assert _acte(client, cle, doc, "annoncer") == 409
    assert _acte(client, cle, doc, "inconnu") == 404
    ligne = _ligne(dossier_id, doc)
    assert (ligne.statut, ligne.archive, ligne.masque_ps) == ("current", False, False)


@pytest.mark.rule("DOC-47")
def test_the_announcement_from_the_page() -> None:
    dossier_id, numero = atelier.creer_dossier()
    doc = atelier.deposer(dossier_id, _qui(), "11488-4", "Annonce", invisible=True)
    client, cle = _ouvert(_qui(), numero)
    page = f"/pro/patient/{cle}/documents/{doc}/"
    assert "?acte=annoncer" in client.get(page).content.decode()
    assert _acte(client, cle, doc, "annoncer") == 302
    assert not _ligne(dossier_id, doc).invisible_patient
    assert "?acte=annoncer" not in client.get(page).content.decode()


@pytest.mark.rule("DOC-16")
def test_the_board_of_late_deposits_names_nobody() -> None:
    dossier_id, _ = atelier.creer_dossier()
    qui = _qui()
    atelier.deposer(dossier_id, qui, "11488-4", "Compte rendu tardif", jours=3)
    atelier.deposer(dossier_id, qui, "11488-4", "Compte rendu du jour", jours=0)
    texte = atelier.averti(qui).get("/pro/depots-tardifs/").content.decode()
    assert "1 dépôt tardif" in texte
    assert "3 jours" in texte
    assert "Compte rendu" not in texte
    assert "DURAND" not in texte
    assert "Aucun dépôt tardif" in atelier.averti(_qui()).get("/pro/depots-tardifs/").content.decode()
