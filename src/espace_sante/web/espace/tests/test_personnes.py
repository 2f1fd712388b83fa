"""The holder's page of who may open the record: each act, its refusal, and what it shows."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from espace_sante.acces import propositions
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db


@pytest.fixture
def chez_lui(lou: Personne) -> tuple[Client, UUID]:
    return lou.client, lou.dossier_id


@pytest.mark.rule("ACC-24", "ACC-25", "REG-12")
def test_a_code_is_shown_once_and_can_be_cancelled(chez_lui: tuple[Client, UUID]) -> None:
    client, _ = chez_lui
    page = client.post(reverse("web:code_acces")).content.decode()
    trouve = re.search(r"<strong>(\d{4} \d{4})</strong>", page)
    assert trouve
    suite = client.get(reverse("web:personnes")).content.decode()
    assert trouve[1] not in suite
    annuler = re.search(r'action="([^"]+/annulation/)"', suite)
    assert annuler
    assert client.post(annuler[1]).status_code == 302
    assert client.post(annuler[1]).status_code == 404
    assert client.post(reverse("web:code_acces"), {"rpps": "12345678901"}).status_code == 422


@pytest.mark.rule("ACC-48", "ACC-50", "ACC-52")
def test_block_and_unblock(chez_lui: tuple[Client, UUID]) -> None:
    client, _ = chez_lui
    medecin = professionnel("99000000091")
    assert "Vous n’avez bloqué personne" in client.get(reverse("web:personnes")).content.decode()
    assert client.post(reverse("web:blocage"), {"cle": "12345678901"}).status_code == 422
    fait = client.post(reverse("web:blocage"), {"cle": medecin.rpps, "genre": "professionnel"}, follow=True)
    lever = re.search(r'action="([^"]+/levee/)"', fait.content.decode())
    assert lever
    assert client.post(lever[1]).status_code == 302
    assert client.post(lever[1]).status_code == 404


@pytest.mark.rule("ACC-55")
def test_administrateur(chez_lui: tuple[Client, UUID]) -> None:
    client, dossier_id = chez_lui
    medecin = professionnel("99000000092")
    assert client.post(reverse("web:administrateur"), {"rpps": medecin.rpps}).status_code == 422
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    fait = client.post(reverse("web:administrateur"), {"rpps": medecin.rpps}, follow=True).content.decode()
    assert ", administrateur" in fait
    retire = client.post(
        reverse("web:administrateur"), {"rpps": medecin.rpps, "acte": "retirer"}, follow=True
    )
    assert ", administrateur" not in retire.content.decode()


@pytest.mark.rule("EMG-05", "EMG-07")
def test_switches(chez_lui: tuple[Client, UUID]) -> None:
    client, _ = chez_lui
    page = client.get(reverse("web:personnes")).content.decode()
    assert re.search(r'name="urgence_samu" value="oui" checked', page)
    assert not re.search(r'name="urgence_documents_masques" value="oui" checked', page)
    suite = client.post(
        reverse("web:urgences"), {"urgence_documents_masques": "oui"}, follow=True
    ).content.decode()
    assert not re.search(r'name="urgence_samu" value="oui" checked', suite)
    assert re.search(r'name="urgence_documents_masques" value="oui" checked', suite)


@pytest.mark.rule("ACC-42", "ACC-12", "DOC-42")
def test_who_sees_this_document_and_what_masking_would_change(lou: Personne) -> None:
    document_id = lou.deposer()
    autre = professionnel("99000000093")
    recueillir_consentement(autre, lou.dossier_id, contexte=CONTEXTE)
    adresse = reverse("web:qui_document", args=[document_id])
    page = lou.page(adresse)
    assert "Peuvent voir (1)" in page
    assert autre.nom in page
    suppose = lou.page(adresse, si="masque")
    assert "Rien n’est changé" in suppose
    assert "Vous avez masqué ce document" in suppose
    assert "Peuvent voir (1)" in lou.page(adresse)
    assert "Peuvent voir (1)" in lou.page(reverse("web:qui_dossier"))
    assert "Peuvent voir encore (0)" in lou.page(reverse("web:qui_dossier"), si="bloque")


@pytest.mark.rule("FHR-167")
def test_a_proposed_person_is_accepted_or_refused_on_the_page(lou: Personne) -> None:
    client, dossier_id = lou.client, lou.dossier_id
    medecin = professionnel("99000000092")
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    assert "Personnes proposées" not in client.get(reverse("web:personnes")).content.decode()
    for rpps in ("99000000093", "99000000094"):
        professionnel(rpps, structure="1990000009")
    propositions.proposer(
        medecin, dossier_id, ["99000000093", "99000000094"], contexte=CONTEXTE, identite_qualifiee=True
    )
    page = client.get(reverse("web:personnes")).content.decode()
    assert "Personnes proposées" in page
    un, deux = re.findall(r'action="([^"]+/proposition/[^"]+)"', page)
    assert "peut lire votre dossier" in client.post(un, {"reponse": "accepter"}, follow=True).content.decode()
    assert "aucun droit" in client.post(deux, {"reponse": "refuser"}, follow=True).content.decode()
    assert client.post(un, {"reponse": "accepter"}).status_code == 404
    assert client.get(un).status_code == 405
    assert "Personnes proposées" not in client.get(reverse("web:personnes")).content.decode()
