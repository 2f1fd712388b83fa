"""The portal's page of notices and requests: its addressee alone, an answer once, bad input kept out (AUD-19)."""

from __future__ import annotations

from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces import signalements
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import EtapeSignalement
from espace_sante.traces.signalements import Etape
from espace_sante.web.pro.tests.atelier import (
    acteur,
    averti,
    connecter,
    creer_dossier,
    deposer,
    professionnel,
)

pytestmark = pytest.mark.django_db
CONTEXTE = Contexte("cli")
TEXTE = "La date de l’opération est fausse <script>."
REPONSE = "Vous avez raison, je dépose une version corrigée."
LISTE = "/pro/demandes/"


@pytest.fixture
def medecin() -> Acteur:
    return acteur(professionnel()[0])


@pytest.fixture
def demande(medecin: Acteur) -> tuple[UUID, UUID]:
    """(record, request): a correction that the operator asked of this doctor."""
    dossier_id, _ = creer_dossier()
    doc = deposer(dossier_id, medecin, "11488-4", "Compte rendu d’opération")
    lui = Acteur(GenreActeur.TITULAIRE, nom="Pauline", dossier_id=dossier_id)
    with ouvrir_mon_espace(lui, contexte=CONTEXTE) as espace:
        fait = signalements.demander_rectification(espace, TEXTE, doc).id
    operateur = Acteur(GenreActeur.OPERATEUR, nom="Camille")
    signalements.avancer(operateur, dossier_id, fait, Etape.JUSTIFICATION, contexte=CONTEXTE)
    return dossier_id, fait


def _texte(client: Client, adresse: str, statut: int = 200) -> str:
    reponse = client.get(adresse)
    assert reponse.status_code == statut
    return unescape(reponse.content.decode())


@pytest.mark.rule("AUD-19", "REG-07")
def test_the_request_is_read_and_answered(medecin: Acteur, demande: tuple[UUID, UUID]) -> None:
    client, (dossier_id, fait) = averti(medecin), demande
    liste = _texte(client, LISTE)
    assert "À répondre" in liste
    assert "L’assistance vous demande une explication." in liste
    assert "DURAND" not in liste.upper(), "the list names no patient"
    adresse = f"{LISTE}{fait}/"
    assert str(dossier_id) not in adresse
    lue = client.get(adresse).content.decode()
    assert "Compte rendu d’opération" in unescape(lue)
    assert "&lt;script&gt;" in lue
    assert "<script>." not in lue

    refus = client.post(adresse, {"texte": "bref"})
    assert refus.status_code == 422
    assert "bref" in refus.content.decode()
    with portee(dossier_id):
        assert not EtapeSignalement.objects.filter(dossier_id=dossier_id, etape="explication_recue").exists()
    assert client.post(adresse, {"texte": REPONSE}, follow=True).status_code == 200
    lue = _texte(client, adresse)
    assert REPONSE in lue
    assert "Envoyer ma réponse" not in lue
    assert client.post(adresse, {"texte": REPONSE}).status_code == 422, "once"
    assert "Vous avez répondu" in _texte(client, LISTE)


@pytest.mark.rule("AUD-19")
def test_another_professional_sees_nothing(demande: tuple[UUID, UUID]) -> None:
    dossier_id, fait = demande
    client = averti(acteur(professionnel()[0]))
    liste = _texte(client, LISTE)
    assert "Aucune demande" in liste
    assert "Aucun avis" in liste
    inconnue = _texte(client, f"{LISTE}{uuid7()}/", 404)
    assert _texte(client, f"{LISTE}{fait}/", 404) == inconnue, "what exists and what does not look the same"
    assert client.post(f"{LISTE}{fait}/", {"texte": REPONSE}).status_code == 404
    with portee(dossier_id):
        assert EtapeSignalement.objects.filter(dossier_id=dossier_id).count() == 2


@pytest.mark.rule("REG-19")
def test_the_warning_comes_before(medecin: Acteur, demande: tuple[UUID, UUID]) -> None:
    for adresse in (LISTE, f"{LISTE}{demande[1]}/"):
        assert connecter(medecin).get(adresse)["Location"] == "/pro/avertissement/"
