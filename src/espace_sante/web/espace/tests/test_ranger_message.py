"""« Ranger les documents d’un message », as the holder meets it (XDM-16, MSG-74, MSG-75)."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.cda.tests.exemple import INS, document, sans
from espace_sante.documents.xdm.modele import PatientXdm
from espace_sante.documents.xdm.tests.fabrique import AUTRE_INS
from espace_sante.kernel.ins import Ins
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.tests.fabrique import entree, envoi
from espace_sante.web.espace.ranger_message import phrase
from espace_sante.web.espace.tests.conftest import Personne
from espace_sante.web.espace.tests.test_depot import motifs

RANGER = "/espace/documents/ajouter/message/"


def _message(numero: Ins, *changements: tuple[str, str], **autres: Any) -> bytes:
    """A letter of a professional about the holder of these tests."""
    contenu = document(
        (INS, numero.matricule), sans("<relatedDocument", "</relatedDocument>"), ("PAT-TROIS", "MARTIN"),
        (">DOMINIQUE MARIE-LOUISE<", ">Lou<"), ('"19790328"', '"19780302"'), *changements,
    )  # fmt: skip
    return composer(envoi(entree(contenu, **autres), patient=PatientXdm(numero)))


def _poster(lou: Personne, brut: bytes) -> Any:
    return lou.client.post(RANGER, {"fichier": SimpleUploadedFile("message.eml", brut)})


@pytest.mark.django_db
@pytest.mark.rule("XDM-16", "MSG-74", "MSG-75", "MSG-79")
def test_a_letter_goes_in_the_space_once(lou: Personne) -> None:
    assert "Ranger les documents d’un message" in lou.page(RANGER)
    assert RANGER in lou.page("/espace/documents/ajouter/")
    assert "Lettre de liaison" not in lou.page("/espace/documents/")
    for attendu in ("1 document rangé.", "1 document déjà là"):
        reponse = _poster(lou, _message(lou.ins))
        assert reponse.status_code == 302, reponse.content.decode()
        assert attendu in lou.client.get(reponse["Location"]).content.decode()
    assert "Lettre de liaison" in lou.page("/espace/documents/")
    assert motifs(lou, "depot") == ["message"]
    assert "reçu dans un message" in lou.page("/espace/historique/")


@pytest.mark.django_db
@pytest.mark.rule("XDM-09", "XDM-04", "XDM-14", "CDA-29")
@pytest.mark.parametrize(
    ("brut", "dit", "motif"),
    [
        (lambda lou: _message(AUTRE_INS), "ne sont pas à votre nom", "autre_personne"),
        (lambda lou: b"Subject: rien\r\n\r\nBonjour", "IHE_XDM.zip", "archive_refusee"),
        (lambda lou: b"a\x00b", "forme sûre", "message_dangereux"),
        (lambda lou: _message(lou.ins, invisible_patient=True), "vous annoncer", "archive_refusee"),
        (lambda lou: _message(lou.ins, ("19780302", "19780303")), "date de naissance", "traits_differents"),
    ],
    ids=["autre", "sans-archive", "hostile", "annonce", "naissance"],
)
def test_what_may_not_go_in_is_said_and_traced(lou: Personne, brut: Any, dit: str, motif: str) -> None:
    reponse = _poster(lou, brut(lou))
    assert reponse.status_code == 422
    assert dit in reponse.content.decode()
    assert motifs(lou, "depot") == [motif]
    assert "Lettre de liaison" not in lou.page("/espace/documents/")


@pytest.mark.django_db
@pytest.mark.rule("CDA-41", "DOC-61")
def test_a_clinical_document_is_taken_home_as_pages(lou: Personne) -> None:
    _poster(lou, _message(lou.ins))
    adresse = re.findall(r'href="(/espace/documents/[0-9a-f-]{36}/)', lou.page("/espace/documents/"))[0]
    assert f"{adresse}telecharger/?partie=pdf" in lou.page(adresse)
    assert 'value="pdf"' in lou.page(f"{adresse}telecharger/", partie="pdf")
    copie = lou.client.post(f"{adresse}telecharger/", {"partie": "pdf"})
    assert copie["Content-Disposition"].endswith('.pdf"')
    with pikepdf.open(io.BytesIO(copie.content)) as pdf, pdf.open_metadata() as donnees:
        assert donnees.pdfa_status == "1B"
    assert motifs(lou, "telechargement") == [""]
    autre = lou.deposer("11488-4")
    assert lou.client.post(f"/espace/documents/{autre}/telecharger/", {"partie": "pdf"}).status_code == 404


@pytest.mark.django_db
def test_without_a_file_the_page_says_so(lou: Personne) -> None:
    reponse = lou.client.post(RANGER)
    assert reponse.status_code == 422
    assert "Choisissez le fichier du message." in reponse.content.decode()
    assert "document rangé" not in lou.page(RANGER, fait="1-2-3-<b>")


@given(*[st.integers(0, 3)] * 4)
def test_the_sentence_says_each_number(ajoutes: int, presents: int, directives: int, refuses: int) -> None:
    dit = phrase(ajoutes, presents, directives, refuses)
    assert ("Aucun document rangé" in dit) is (ajoutes == 0)
    assert ("déjà là" in dit) is (presents > 0)
    assert ("directives" in dit) is (directives > 0)
    assert ("mauvais état" in dit) is (refuses > 0)
