"""The professional's two other ways in: the holder's code, and an emergency with its reason."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces import codes, controle
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db
RAISON = {"motif": "Personne inconsciente aux urgences", "hors_d_etat": "oui", "risque_immediat": "oui"}


@pytest.fixture
def patient() -> tuple[Client, str, UUID]:
    dossier_id, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    return client, atelier.confirmer(client, numero), dossier_id


def _liste(client: Client, cle: str) -> int:
    return client.get(f"/pro/patient/{cle}/documents/").status_code


@pytest.mark.rule("ACC-24", "ACC-25", "ACC-27", "ACC-29")
def test_the_code_of_the_holder_opens_and_wrong_ones_are_stopped(patient: tuple[Client, str, UUID]) -> None:
    client, cle, dossier_id = patient
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        chiffres, _ = codes.creer(espace)
    faux = client.post(f"/pro/patient/{cle}/code/", {"code": "00000000" if chiffres != "0" * 8 else "1" * 8})
    assert faux.status_code == 422
    assert _liste(client, cle) == 403
    bon = client.post(f"/pro/patient/{cle}/code/", {"code": f"{chiffres[:4]} {chiffres[4:]}"})
    assert bon["Location"] == f"/pro/patient/{cle}/documents/"
    assert _liste(client, cle) == 200


@pytest.mark.rule("ACC-27")
def test_the_sixth_wrong_code_is_too_many(patient: tuple[Client, str, UUID]) -> None:
    client, cle, _ = patient
    statuts = [client.post(f"/pro/patient/{cle}/code/", {"code": "12"}).status_code for _ in range(6)]
    assert statuts == [422] * 5 + [429]


@pytest.mark.rule("EMG-01", "EMG-12", "AUD-02")
def test_the_glass_is_broken_with_a_reason_and_closes_with_the_record(
    patient: tuple[Client, str, UUID],
) -> None:
    client, cle, dossier_id = patient
    assert "Ouvrir en urgence" in client.get(f"/pro/patient/{cle}/").content.decode()
    for envoi in ({}, {**RAISON, "motif": "court"}, {**RAISON, "hors_d_etat": ""}):
        assert client.post(f"/pro/patient/{cle}/urgence/", envoi).status_code == 422
    assert _liste(client, cle) == 403
    assert client.post(f"/pro/patient/{cle}/urgence/", RAISON).status_code == 302
    assert _liste(client, cle) == 200
    assert atelier.traces(dossier_id, "liste")[-1].mode == "bris_de_glace"
    client.post(f"/pro/patient/{cle}/fermer/")
    assert atelier.traces(dossier_id, "urgence")[-1].motif == "fermee"


@pytest.mark.rule("EMG-06", "ACC-53")
def test_refusals_of_the_holder_are_told_and_open_nothing(patient: tuple[Client, str, UUID]) -> None:
    client, cle, dossier_id = patient
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.regler(espace, "urgence_bris_de_glace", permis=False)
    refus = client.post(f"/pro/patient/{cle}/urgence/", RAISON)
    assert refus.status_code == 403
    assert "refusé cet accès en urgence" in refus.content.decode()
    assert _liste(client, cle) == 403


@pytest.mark.rule("EMG-17")
def test_social_professions_are_not_offered_the_emergency() -> None:
    _, numero = atelier.creer_dossier()
    (situation,) = atelier.professionnel("41", systeme="TRE_R94")
    client = atelier.averti(atelier.acteur(situation))
    cle = atelier.confirmer(client, numero)
    assert "Ouvrir en urgence" not in client.get(f"/pro/patient/{cle}/").content.decode()
    assert client.post(f"/pro/patient/{cle}/urgence/", RAISON).status_code == 403
