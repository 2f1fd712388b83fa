"""The portal for a professional who administers a record, or to whom one document is shared."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces import controle, partages
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


@pytest.fixture
def medecin() -> Acteur:
    return atelier.acteur(atelier.professionnel()[0])


@pytest.fixture
def patient(medecin: Acteur) -> tuple[Client, str, UUID]:
    dossier_id, numero = atelier.creer_dossier()
    client = atelier.averti(medecin)
    return client, atelier.confirmer(client, numero), dossier_id


@pytest.mark.rule("ACC-55")
def test_only_the_administrateur_finds_the_page_and_his_block_counts(
    patient: tuple[Client, str, UUID], medecin: Acteur
) -> None:
    client, cle, dossier_id = patient
    adresse, liste = f"/pro/patient/{cle}/blocage/", f"/pro/patient/{cle}/documents/"
    autre = atelier.acteur(atelier.professionnel()[0])
    assert client.get(adresse).status_code == 403
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    assert client.get(adresse).status_code == 404
    assert client.post(adresse, {"rpps": autre.rpps}).status_code == 404
    assert adresse not in client.get(liste).content.decode()
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.nommer_administrateur(espace, medecin.rpps)
        assert controle.blocages(espace) == []
    assert adresse in client.get(liste).content.decode()
    assert client.get(adresse).status_code == 200
    assert client.post(adresse, {"rpps": "12345678901"}).status_code == 422
    assert client.post(adresse, {"rpps": medecin.rpps}).status_code == 422
    fait = client.post(adresse, {"rpps": autre.rpps})
    assert "ne peut plus lire ce dossier" in fait.content.decode()
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert [b.cle for b in controle.blocages(espace)] == [autre.rpps]


@pytest.mark.rule("ACC-12", "ACC-34", "DOC-58", "DOC-43")
def test_a_shared_document_is_all_that_the_portal_shows(
    patient: tuple[Client, str, UUID], medecin: Acteur
) -> None:
    client, cle, dossier_id = patient
    auteur = atelier.acteur(atelier.professionnel()[0])
    ids = {
        titre: atelier.deposer(dossier_id, auteur, "11488-4", titre)
        for titre in ("Compte rendu partagé", "Compte rendu secret")
    }
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        partages.partager(espace, ids["Compte rendu partagé"], medecin.rpps)
    panneau = client.get(f"/pro/patient/{cle}/").content.decode()
    assert "la personne vous a partagé des documents" in panneau
    assert "Enregistrer le consentement" in panneau
    liste = client.get(f"/pro/patient/{cle}/documents/").content.decode()
    assert "1 document que votre profession peut lire" in liste
    assert "Compte rendu partagé" in liste
    assert "Compte rendu secret" not in liste
    cherche = client.post(f"/pro/patient/{cle}/documents/", {"texte": "secret"}, follow=True).content.decode()
    assert "Compte rendu secret" not in cherche
    for titre, statut in (("Compte rendu partagé", 200), ("Compte rendu secret", 404)):
        assert client.get(f"/pro/patient/{cle}/documents/{ids[titre]}/").status_code == statut
        assert client.get(f"/pro/patient/{cle}/documents/{ids[titre]}/original/").status_code == statut
