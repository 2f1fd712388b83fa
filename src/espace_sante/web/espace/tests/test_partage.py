"""The holder's pages of shares: sharing, its refusals, what is shown, and stopping it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.kernel.ids import uuid7
from espace_sante.web.espace.calendrier import aujourd_hui
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db


@pytest.mark.rule("ACC-12", "ACC-15", "DOC-61", "AUD-05")
def test_share_see_it_said_everywhere_and_stop_it(lou: Personne) -> None:
    document_id = lou.deposer()
    confrere = professionnel("99000000301")
    adresse = reverse("web:document_partage", args=[document_id])
    assert "Il ne verra aucun autre document" in lou.page(adresse)
    fait = lou.client.post(adresse, {"rpps": confrere.rpps}, follow=True).content.decode()
    assert "Ce document est partagé" in fait
    assert confrere.nom in fait
    assert "Vous lui avez partagé ce document" in lou.page(reverse("web:qui_document", args=[document_id]))
    assert "ce partage continue" in lou.page(reverse("web:document_masquage", args=[document_id]))
    dossier = lou.page(reverse("web:qui_dossier"))
    assert "Seulement les documents que vous lui avez partagés" in dossier
    assert f"avec le {confrere.nom}" in lou.page(reverse("web:historique"))
    gens = lou.page(reverse("web:personnes"))
    arret = re.search(r'action="([^"]+/retrait/)"', gens)
    assert arret
    assert (
        "partage est arrêté"
        in lou.client.post(arret[1], {"retour": "document"}, follow=True).content.decode()
    )
    assert lou.client.post(arret[1]).status_code == 404
    assert "Vous ne partagez aucun document" in lou.page(reverse("web:personnes"))


def test_known_people_are_proposed_and_refusals_are_told(lou: Personne) -> None:
    document_id = lou.deposer()
    connu = professionnel("99000000302")
    recueillir_consentement(connu, lou.dossier_id, contexte=CONTEXTE)
    adresse = reverse("web:document_partage", args=[document_id])
    assert f'value="{connu.rpps}"' in lou.page(adresse)
    loin = (aujourd_hui() + timedelta(days=400)).isoformat()
    for envoi, dit in (
        ({"qui": "autre", "rpps": "12345678901"}, "L’annuaire ne connaît personne"),
        ({"qui": connu.rpps, "jusqua": loin}, "entre aujourd’hui et dans un an"),
        ({"qui": connu.rpps, "jusqua": "demain"}, "entre aujourd’hui et dans un an"),
        ({}, "Choisissez avec qui"),
    ):
        refus = lou.client.post(adresse, envoi)
        assert refus.status_code == 422
        assert dit in refus.content.decode()
    assert lou.client.post(adresse, {"qui": connu.rpps}).status_code == 302
    assert lou.client.get(reverse("web:document_partage", args=[uuid7()])).status_code == 404
    assert (
        lou.client.post(reverse("web:document_partage", args=[uuid7()]), {"rpps": connu.rpps}).status_code
        == 404
    )
    assert lou.client.get(reverse("web:partage_retrait", args=[uuid7()])).status_code == 405
