"""The first view of a record: two years, current documents, every vaccination, by twenty; all one click away (ACC-64)."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


def _titres(client: Client, adresse: str) -> set[str]:
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    return {d.titre for d in reponse.context["lignes"]}


@pytest.mark.rule("ACC-64")
def test_the_first_view_is_recent_and_the_whole_is_one_click_away() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    for titre, type_code, jours in (
        ("Récente", "11502-2", 3),
        ("Presque deux ans", "11502-2", 725),
        ("Ancienne", "11502-2", 760),
        ("Vaccins de l’enfance", "11369-6", 9000),
        ("Note de vaccination", "87273-9", 4000),
    ):
        atelier.deposer(dossier_id, qui, type_code, titre, jours=jours)
    client = atelier.averti(qui)
    adresse = f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/"
    vaccins = {"Vaccins de l’enfance", "Note de vaccination"}
    recents = {"Récente", "Presque deux ans"} | vaccins
    assert _titres(client, adresse) == recents
    texte = client.get(adresse).content.decode()
    assert "Premier affichage" in texte and "Voir tout" in texte and "Effacer les filtres" not in texte
    # Sorting is no search by hand.
    assert _titres(client, f"{adresse}?tri=titre&sens=asc") == recents
    assert client.post(adresse, {"effacer": "1"}).status_code == 302
    assert _titres(client, adresse) == recents | {"Ancienne"}
    assert "Premier affichage" not in client.get(adresse).content.decode()
    # And a search by hand has no limit but its own, from the first view too.
    client = atelier.averti(qui)
    adresse = f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/"
    client.post(adresse, {"texte": "ancienne"})
    assert _titres(client, adresse) == {"Ancienne"}


@pytest.mark.rule("ACC-64")
def test_superseded_documents_wait_behind_their_replacement() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    ancien = atelier.deposer(dossier_id, qui, "11502-2", "Provisoire")
    atelier.deposer(dossier_id, qui, "11502-2", "Définitive", remplace=f"urn:uuid:{ancien}")
    client = atelier.averti(qui)
    assert _titres(client, f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/") == {"Définitive"}


@pytest.mark.rule("ACC-64")
def test_lots_of_twenty_by_setting(settings: object) -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    for i in range(23):
        atelier.deposer(dossier_id, qui, "11502-2", f"Analyse {i}", jours=i)
    client = atelier.averti(qui)
    adresse = f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/"
    assert len(_titres(client, adresse)) == 20
    assert len(_titres(client, f"{adresse}?page=2")) == 3
    settings.ES_RECHERCHE_LOT = 5  # type: ignore[attr-defined]
    assert len(_titres(client, adresse)) == 5
    client.post(adresse, {"effacer": "1"})
    assert len(_titres(client, adresse)) == 23


@pytest.mark.rule("ACC-64")
def test_a_record_of_old_documents_only_says_so() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    atelier.deposer(dossier_id, qui, "11502-2", "Ancienne", jours=2000)
    client = atelier.averti(qui)
    texte = client.get(f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/").content.decode()
    assert "Aucun document récent" in texte and "Voir tout" in texte


@pytest.mark.rule("ACC-64")
def test_the_first_view_opens_on_a_leap_day() -> None:
    with time_machine.travel("2028-02-29T12:00:00+01:00"):
        _, numero = atelier.creer_dossier()
        client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
        assert _titres(client, f"/pro/patient/{atelier.ouvrir(client, numero)}/documents/") == set()
