"""The pages of measures: adding, seeing, deleting, and what belongs to somebody else (MES-01 to MES-19)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from espace_sante.acces.tests.fabrique_appairage import service_appaire
from espace_sante.platform.postgres.rls import portee
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.models import Mesure
from espace_sante.profil_medical.tests.fabrique import donnee, mesurer, mesurer_par_un_service
from espace_sante.traces.models import Trace
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
Faire = Callable[..., Personne]
MOI = "/espace/mesures/"


def envoyer(lou: Personne, genre: str, **champs: str) -> Any:
    hier = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    return lou.client.post(f"{MOI}{genre}/", {"jour": hier, "heure": "08:30", **champs})


def nombre(dossier_id: UUID) -> int:
    with portee(dossier_id):
        return Mesure.objects.filter(dossier_id=dossier_id).count()


@pytest.mark.rule("MES-01", "MES-02")
def test_every_kind_is_offered_and_its_bounds_are_told(faire: Faire) -> None:
    lou = faire()
    page = unescape(lou.page(MOI))
    assert "Vous n’avez pas encore de mesure" in page
    for g in genres().values():
        assert (f'href="{MOI}{g.code_genre}/"' in page) == g.saisie
    page = unescape(lou.page(f"{MOI}poids/"))
    assert "De 0,2 à 600 kg." in page and "Aucune mesure pour le moment" in page
    assert "De 0,1 à 2,5 m." in unescape(lou.page(f"{MOI}taille/"))
    assert lou.client.get(f"{MOI}inconnu/").status_code == 404


@pytest.mark.rule("MES-01", "MES-05", "MES-14")
@pytest.mark.parametrize(
    ("genre", "champs", "vu"),
    [
        ("poids", {"valeur": "71,5"}, "71,5\u00a0kg"),
        ("poids", {"valeur": "71.25"}, "71,25\u00a0kg"),
        ("taille", {"valeur": "1,80"}, "1,8\u00a0m"),
        ("pression_arterielle", {"valeur-8480-6": "120", "valeur-8462-4": "80"}, "120/80\u00a0mmHg"),
        ("glycemie", {"valeur": "95", "moment": "53049-3"}, "95\u00a0mg/dL"),
        ("douleur", {"valeur": "0"}, "0\u00a0sur 10"),
    ],
)
def test_a_measure_is_typed_and_seen(faire: Faire, genre: str, champs: dict[str, str], vu: str) -> None:
    lou = faire()
    reponse = envoyer(lou, genre, commentaire="Après le sport", **champs)
    assert (reponse.status_code, reponse["Location"]) == (302, f"{MOI}{genre}/?fait=ajoutee")
    page = unescape(lou.page(f"{MOI}{genre}/"))
    assert vu in page and "Après le sport" in page and "Vous" in page
    assert vu in unescape(lou.page(MOI))
    assert ("À jeun" in page.split("<table")[1]) == (genre == "glycemie")


@pytest.mark.rule("MES-03", "MES-05", "MES-06", "MES-07", "MES-08", "MES-11")
@pytest.mark.parametrize(
    ("genre", "champs", "texte"),
    [
        ("poids", {"valeur": ""}, "Tapez la valeur."),
        ("poids", {"valeur": "beaucoup"}, "Tapez un nombre"),
        ("poids", {"valeur": "601"}, "De 0,2 à 600 kg."),
        ("taille", {"valeur": "180"}, "De 0,1 à 2,5 m."),
        ("poids", {"valeur": "71,1234"}, "3 chiffres après la virgule"),
        ("taille", {"valeur": "1,80555"}, "3 chiffres après la virgule"),
        ("douleur", {"valeur": "5,5"}, "Tapez un nombre entier"),
        ("pression_arterielle", {"valeur-8480-6": "80", "valeur-8462-4": "120"}, "plus grand que le second"),
        ("pression_arterielle", {"valeur-8480-6": "120"}, "Tapez la valeur."),
        ("glycemie", {"valeur": "95"}, "Choisissez un moment."),
        ("glycemie", {"valeur": "95", "moment": "x"}, "Choisissez un moment."),
        ("poids", {"valeur": "71", "jour": "2999-01-01"}, "dans le futur"),
        ("poids", {"valeur": "71", "jour": "1900-01-01"}, "avant la naissance"),
        ("poids", {"valeur": "71", "jour": "demain"}, "Tapez une date"),
        ("poids", {"valeur": "71", "heure": "midi"}, "Tapez une heure"),
        ("poids", {"valeur": "71", "commentaire": "x" * 151}, "150 caractères"),
        ("poids", {"valeur": "71", "commentaire": "<b>x</b>"}, "caractère qui n’est pas accepté"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(
    faire: Faire, genre: str, champs: dict[str, str], texte: str
) -> None:
    lou = faire()
    reponse = envoyer(lou, genre, **champs)
    page = unescape(reponse.content.decode())
    assert reponse.status_code == 422
    assert texte in page and 'aria-invalid="true"' in page and 'role="alert"' in page
    assert nombre(lou.dossier_id) == 0


def test_all_that_is_wrong_is_told_at_once(faire: Faire) -> None:
    page = unescape(envoyer(faire(), "glycemie", valeur="99999").content.decode())
    assert "De 10 à 1000 mg/dL." in page and "La valeur n’est pas possible" in page
    assert "Choisissez un moment." in page


@pytest.mark.rule("MES-12")
def test_what_only_a_service_measures_cannot_be_typed(faire: Faire) -> None:
    lou = faire()
    assert "<form" not in lou.page(f"{MOI}igg/").split("<main")[1]
    for genre in ("igg", "glucose_interstitiel", "imc"):
        assert envoyer(lou, genre, valeur="7").status_code == 403
    assert nombre(lou.dossier_id) == 0


@pytest.mark.rule("MES-16")
def test_the_same_measure_typed_again_is_not_added(faire: Faire) -> None:
    lou = faire()
    assert envoyer(lou, "poids", valeur="71").status_code == 302
    reponse = envoyer(lou, "poids", valeur="71,0")
    assert (reponse.status_code, nombre(lou.dossier_id)) == (409, 1)
    assert "Vous avez déjà noté cette mesure" in unescape(reponse.content.decode())


@pytest.mark.rule("MES-19", "FHR-150")
def test_ones_own_is_deleted_and_a_services_is_only_read(faire: Faire) -> None:
    lou = faire()
    quand = datetime.now(UTC) - timedelta(days=1)
    mien = mesurer(lou.dossier_id, donnee("poids", quand, "71"), datetime.now(UTC)).mesure.id
    acteur, *_ = service_appaire(lou.dossier_id, ["mesures.poids:ecrire"])
    sien = mesurer_par_un_service(acteur, "72", quand).mesure.id
    page = unescape(lou.page(f"{MOI}poids/"))
    assert "Service Carnet de tension" in page
    assert f"{mien}/suppression/" in page and f"{sien}/suppression/" not in page
    assert "Supprimer cette mesure" in lou.page(f"{MOI}poids/{mien}/suppression/")
    assert lou.client.post(f"{MOI}poids/{sien}/suppression/").status_code == 403
    assert lou.client.post(f"{MOI}taille/{mien}/suppression/").status_code == 404
    assert nombre(lou.dossier_id) == 2
    assert lou.client.post(f"{MOI}poids/{mien}/suppression/")["Location"].endswith("?fait=supprimee")
    assert lou.client.post(f"{MOI}poids/{mien}/suppression/").status_code == 404
    assert nombre(lou.dossier_id) == 1


@pytest.mark.rule("MES-17", "MES-18", "MES-10")
def test_hundreds_are_paged_with_a_curve_and_its_table(faire: Faire) -> None:
    lou = faire()
    maintenant = datetime.now(UTC)
    mesurer(lou.dossier_id, donnee("taille", maintenant - timedelta(days=900), "180"), maintenant)
    for rang in range(210):
        d = donnee("poids", maintenant - timedelta(days=rang), f"{60 + rang % 7}")
        mesurer(lou.dossier_id, d, maintenant)
    page = unescape(lou.page(f"{MOI}poids/"))
    assert page.count("<circle") == 200 and "200 dernières mesures" in page
    assert page.count('<th scope="row"') == 25 and "Mesures 1 à 25 sur 210" in page
    assert 'role="img"' in page and "<desc" in page
    mois = unescape(lou.page(f"{MOI}poids/", periode="mois"))
    assert mois.count("<circle") == 31
    assert "Mesures 201 à 210 sur 210" in unescape(lou.page(f"{MOI}poids/", page="9"))
    assert "Cette page est vide" in unescape(lou.page(f"{MOI}poids/", page="99"))
    imc = unescape(lou.page(f"{MOI}imc/"))
    assert "kg/m²" in imc and "Calculé de votre poids et de votre taille" in imc and "<circle" in imc
    assert "Calculé" in unescape(lou.page(MOI))
    # SVG takes points, whatever the language of the page.
    assert re.fullmatch(
        r"(\d+\.\d,\d+\.\d ?)+", page.split("<polyline")[1].split('points="')[1].split('"')[0]
    )


@pytest.mark.rule("MES-18")
def test_two_numbers_are_told_apart_by_their_marks(faire: Faire) -> None:
    lou = faire()
    maintenant = datetime.now(UTC)
    for jours in (1, 2):
        mesurer(
            lou.dossier_id,
            donnee("pression_arterielle", maintenant - timedelta(days=jours), "120", "80"),
            maintenant,
        )
    page = unescape(lou.page(f"{MOI}pression_arterielle/"))
    assert "Ronds : systolique. Carrés : diastolique." in page
    assert page.count("<polyline") == 2


@pytest.mark.rule("REG-16", "AUD-01")
def test_measures_of_another_are_not_there_and_each_act_is_traced(faire: Faire) -> None:
    lou, voisin = faire(), faire(2)
    quand = datetime.now(UTC) - timedelta(days=1)
    d = mesurer(voisin.dossier_id, donnee("poids", quand, "99"), datetime.now(UTC)).mesure.id
    assert "99\u00a0kg" not in unescape(lou.page(MOI)) + unescape(lou.page(f"{MOI}poids/"))
    assert lou.client.get(f"{MOI}poids/{d}/suppression/").status_code == 404
    assert lou.client.post(f"{MOI}poids/{d}/suppression/").status_code == 404
    assert nombre(voisin.dossier_id) == 1
    envoyer(lou, "poids", valeur="71")
    with portee(lou.dossier_id):
        actes = Trace.objects.filter(dossier_id=lou.dossier_id, action__startswith="mesure")
        assert {(t.action, t.document_titre) for t in actes} == {
            ("mesures_lues", ""), ("mesures_lues", "Poids"), ("mesure_ajoutee", "Poids"),
        }  # fmt: skip
    assert "ajouté une mesure de santé\u00a0: Poids" in unescape(lou.page("/espace/historique/"))
