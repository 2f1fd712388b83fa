"""The pages « Ajouter un document », folders, pins and copies to take home, as a browser without script uses them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from espace_sante.documents.perso.tests import exemples
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.espace import depot_reception
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
AJOUTER, PHOTOS = "/espace/documents/ajouter/", "/espace/documents/ajouter/photos/"
SAISIE = {"titre": "Radio du genou", "jour": "2026-03-02", "rubrique": "imagerie", "visibilite": "habitude"}


def fichier(nom: str = "scan.pdf", contenu: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, exemples.pdf() if contenu is None else contenu)


def ajouter(lou: Personne, *fichiers: SimpleUploadedFile, **autres: str) -> UUID:
    reponse = lou.client.post(AJOUTER, {**SAISIE, **autres, "fichier": list(fichiers) or [fichier()]})
    assert reponse.status_code == 302, reponse.content.decode()
    return UUID(reponse["Location"].split("/")[3])


def motifs(lou: Personne, action: str) -> list[str]:
    with portee(lou.dossier_id):
        return [m for (m,) in lire("SELECT motif FROM traces_trace WHERE action = %s ORDER BY id", [action])]


@pytest.mark.rule("DOC-21", "DOC-24", "DOC-26")
def test_a_document_is_added_and_read_again(lou: Personne) -> None:
    page = lou.page(AJOUTER)
    for mot in (
        'enctype="multipart/form-data"',
        "Radio du genou",
        "Mes directives anticipées",
        "0 document sur 2\u00a0000",
    ):
        assert mot in page
    document_id = ajouter(lou)
    page = lou.page(f"/espace/documents/{document_id}/", fait="ajoute")
    assert "Votre document est ajouté" in page
    assert "Radio du genou" in page
    assert "Lou MARTIN" in page
    assert lou.client.get(f"/espace/documents/{document_id}/pdf/").content == exemples.pdf()
    assert "Radio du genou" in lou.page("/espace/documents/")


@pytest.mark.rule("DOC-21")
def test_photos_follow_their_numbers(lou: Personne) -> None:
    page = lou.page(PHOTOS)
    assert page.count('type="file"') == 10
    reponse = lou.client.post(
        PHOTOS,
        {
            **SAISIE,
            "photo3": fichier("b.png", exemples.image("PNG", (80, 60))),
            "photo1": fichier("a.jpg", exemples.image()),
        },
    )
    assert reponse.status_code == 302
    assert "ajoute" in reponse["Location"]
    refuse = lou.client.post(PHOTOS, SAISIE)
    assert refuse.status_code == 422
    assert "Choisissez un fichier." in refuse.content.decode()


@pytest.mark.rule("DOC-23", "DOC-24")
def test_every_error_is_said_beside_its_field_and_what_was_typed_is_kept(lou: Personne) -> None:
    reponse = lou.client.post(AJOUTER, {"titre": "<b>", "jour": "2999-01-01", "rubrique": ""})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    for ancre in ("fichier-erreur", "titre-erreur", "jour-erreur", "rubrique-erreur"):
        assert f'id="{ancre}"' in page
        assert ancre in page.replace(f'id="{ancre}"', ""), "tied to its field"
    assert 'value="&lt;b&gt;"' in page
    assert "<title>Erreur" in page
    trop = lou.client.post(AJOUTER, {**SAISIE, "fichier": fichier("a.pdf", b"%PDF-" + b"a" * 5_000_000)})
    assert "5\u00a0000\u00a0000" in trop.content.decode()
    assert motifs(lou, "depot") == ["titre_invalide", "fichier_trop_gros"]


@pytest.mark.rule("DOC-27")
def test_the_quota_is_told(lou: Personne) -> None:
    with override_settings(ES_QUOTA_TITULAIRE_DOCUMENTS=1):
        ajouter(lou)
        page = lou.client.post(AJOUTER, {**SAISIE, "fichier": fichier()}).content.decode()
    assert "Le maximum est de 1." in page


@pytest.mark.rule("DOC-28")
def test_directives_are_not_even_offered_to_a_minor(lou: Personne) -> None:
    with portee(lou.dossier_id):
        lire("UPDATE identite_titulaire SET date_naissance = '2020-01-01' RETURNING 1", [])
    assert "Mes directives anticipées" not in lou.page(AJOUTER)


@pytest.mark.rule("DOC-18", "DOC-23")
def test_what_is_received_stays_in_memory_within_bounds(
    lou: Personne, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_a, **_k: pytest.fail("health data on a disk"))
    ajouter(lou, fichier("a.txt", b"a" * 4_900_000))
    monkeypatch.setattr(depot_reception, "ENVOI_MAX", 100_000)
    page = lou.client.post(
        AJOUTER, {**SAISIE, "fichier": fichier("a.jpg", exemples.image() + b"\0" * 200_000)}
    )
    assert page.status_code == 422
    assert "trop gros" in page.content.decode()
    monkeypatch.setattr(depot_reception, "REQUETE_MAX", 100_000)
    assert (
        lou.client.post(AJOUTER, {**SAISIE, "fichier": fichier("a.txt", b"a" * 200_000)}).status_code == 400
    )


@pytest.mark.rule("DOC-60")
@pytest.mark.parametrize(
    ("nom", "contenu", "maniere"),
    [
        ("a.pdf", exemples.pdf(), "iframe"),
        ("a.jpg", exemples.image(), "<img"),
        ("a.png", exemples.image("PNG"), "<img"),
        ("a.txt", exemples.TEXTE, "iframe"),
        ("a.tif", exemples.image("TIFF"), "<img"),
        ("a.rtf", exemples.RTF, "Ce document ne s’affiche pas ici"),
        ("a.pdf", exemples.pdf_protege(), "protégé par un mot de passe"),
    ],
)
def test_kinds_of_preview(lou: Personne, nom: str, contenu: bytes, maniere: str) -> None:
    document_id = ajouter(lou, fichier(nom, contenu))
    page = lou.page(f"/espace/documents/{document_id}/")
    assert maniere in page
    garde = lou.client.post(f"/espace/documents/{document_id}/telecharger/")
    assert garde.content == contenu


@pytest.mark.rule("DOC-61")
def test_a_copy_leaves_after_a_warning_and_with_a_trace(lou: Personne) -> None:
    document_id = ajouter(lou)
    adresse = f"/espace/documents/{document_id}/telecharger/"
    page = lou.page(f"/espace/documents/{document_id}/")
    assert adresse in page
    avertissement = lou.page(adresse)
    assert "sort de votre espace" in avertissement
    assert motifs(lou, "telechargement") == []
    reponse = lou.client.post(adresse)
    assert reponse["Content-Disposition"].startswith("attachment")
    assert motifs(lou, "telechargement") == [""]
    for directe in ("original/", "fichier/"):
        assert lou.client.get(f"/espace/documents/{document_id}/{directe}").status_code == 404


@pytest.mark.rule("DOC-53", "DOC-54")
def test_folders_from_page_to_page(lou: Personne) -> None:
    assert "Vous n’avez pas encore de dossier" in lou.page("/espace/dossiers/")
    un, deux = ajouter(lou, titre="Un"), ajouter(lou, titre="Deux")
    cree = lou.client.post("/espace/dossiers/", {"nom": "Genou"})
    dossier = cree["Location"].split("?")[0]
    double = lou.client.post("/espace/dossiers/", {"nom": "GENOU"})
    assert double.status_code == 422
    assert "porte déjà ce nom" in double.content.decode()
    assert motifs(lou, "rangement") == ["dossier_cree", "dossier_existant"], "the refusal is traced too"
    assert "Ce dossier est vide" in lou.page(dossier)
    assert lou.client.post(f"{dossier}ajouter/").status_code == 422
    lou.client.post(f"{dossier}ajouter/", {"document": [str(un), str(deux)]})
    assert "2 documents dans ce dossier" in lou.page(dossier)
    assert "Rien d’autre à ranger" in lou.page(f"{dossier}ajouter/")
    lou.client.post(dossier, {"document": [str(un)], "vers": ""})
    page = lou.page(dossier)
    assert "Deux" in page
    assert ">Un<" not in page
    identifiant = dossier.split("/")[3]
    filtree = lou.page("/espace/documents/", dossier=identifiant)
    assert "1 document" in filtree
    lou.client.post(f"/espace/documents/{un}/rangement/", {"vers": identifiant})
    assert "2 documents dans ce dossier" in lou.page(dossier)
    assert lou.client.post(f"{dossier}nom/", {"nom": "x" * 51}).status_code == 422
    lou.client.post(f"{dossier}nom/", {"nom": "Genou droit"})
    assert "Genou droit" in lou.page("/espace/dossiers/")
    assert "Aucun document n’est supprimé" in lou.page(f"{dossier}suppression/")
    lou.client.post(f"{dossier}suppression/")
    assert lou.client.get(dossier).status_code == 404
    assert "2 documents" in lou.page("/espace/documents/")
    perdu = lou.client.post(f"/espace/documents/{un}/rangement/", {"vers": identifiant})
    assert "dossier_absent" in perdu["Location"]


@pytest.mark.rule("DOC-53")
def test_another_persons_folder_does_not_exist(lou: Personne, faire: Callable[..., Personne]) -> None:
    autre = faire(2)
    dossier = autre.client.post("/espace/dossiers/", {"nom": "Secret"})["Location"].split("?")[0]
    for suite in ("", "ajouter/", "nom/", "suppression/"):
        assert lou.client.get(dossier + suite).status_code == 404
        assert lou.client.post(dossier + suite).status_code == 404
    document_id = ajouter(autre)
    for adresse in ("epingle/", "telecharger/"):
        assert lou.client.post(f"/espace/documents/{document_id}/{adresse}").status_code == 404
    assert lou.client.post(f"/espace/documents/{document_id}/rangement/").status_code == 404


@pytest.mark.rule("DOC-55", "DOC-57")
def test_pinned_and_own_documents_can_be_asked_for(lou: Personne) -> None:
    medecin = lou.deposer(titre="Du médecin")
    mien = ajouter(lou, titre="De moi")
    lou.client.post(f"/espace/documents/{medecin}/epingle/", {"choix": "epingler"})
    assert "Retirer l’épingle" in lou.page(f"/espace/documents/{medecin}/")
    page = lou.page("/espace/documents/", epingles="oui")
    assert "Du médecin" in page
    assert "De moi" not in page
    reponse = lou.client.post("/espace/documents/", {"auteur": "titulaire"})
    page = lou.page(reponse["Location"])
    assert "De moi" in page
    assert "Du médecin</a>" not in page
    assert str(mien) in page


@pytest.mark.rule("DOC-59")
def test_hundreds_of_documents_to_tick_are_paged(lou: Personne) -> None:
    dossier = lou.client.post("/espace/dossiers/", {"nom": "Genou"})["Location"].split("?")[0]
    for _ in range(3):
        lou.deposer()
    with override_settings(ES_PAGE=2):
        page = lou.page(f"{dossier}ajouter/")
        assert page.count('type="checkbox"') == 2
        assert "page=2" in page
        assert "3 documents" in page
        assert lou.page(f"{dossier}ajouter/", page="2").count('type="checkbox"') == 1
