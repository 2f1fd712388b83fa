"""The same second opinion on measures, appointments, slots, subscriptions and `$everything` (issue 4)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.interop.profils.tests.test_second_avis import _erreurs, _vraies, second_avis
from espace_sante.interop.tests import test_abonnements_http, test_plannings_http, test_tout_http
from espace_sante.interop.tests.agenda import lps, rendez_vous
from espace_sante.interop.tests.lps import Lps
from espace_sante.interop.tests.mesures import Service, appareil, lot, observation
from espace_sante.interop.tests.test_mesures_http import TOUS
from espace_sante.profil_medical.genres import genres

__all__ = ["second_avis"]
pytestmark = [pytest.mark.lent, pytest.mark.django_db]
_VALEURS = {"igg": 7.1, "hba1c": 6.9, "douleur": 4, "temperature": 37.2, "perimetre_cranien": 50}


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(91)


def _lues(reponse: Any, statut: int = 200) -> Any:
    assert reponse.status_code == statut, reponse.content
    return json.loads(reponse.content)


def _juger(avis: Any, envoyees: dict[str, Any], admis: dict[tuple[str, str], str]) -> None:
    """Nothing but the faults that were looked at; one that is no more seen fails."""
    trouvees = {nom: _vraies(_erreurs(avis, ressource)) for nom, ressource in envoyees.items()}
    vraies = {
        nom: [e for e in es if not any(e[0] == c and re.fullmatch(p, e[1]) for c, p in admis)]
        for nom, es in trouvees.items()
    }
    assert {nom: es for nom, es in vraies.items() if es} == {}
    for (code, place), raison in admis.items():
        assert any(e[0] == code and re.fullmatch(place, e[1]) for es in trouvees.values() for e in es), raison


@pytest.mark.rule("FHR-141", "FHR-153")
def test_measures(client: Client, scene: Scene, second_avis: Any) -> None:
    service = Service(client, scene, *TOUS)
    envoyees: dict[str, Any] = {}
    for nom, genre in genres().items():
        if genre.ecriture:
            corps = lot(
                observation(scene.ins, nom, _VALEURS.get(nom, 100)), appareil() if nom == "poids" else None
            )
            envoyees[f"lot {nom}"] = _lues(service.envoyer(corps))
        envoyees[f"recherche {nom}"] = _lues(service.chercher(genre.code))
        assert envoyees[f"recherche {nom}"]["total"] or not genre.ecriture, nom
    lieu = envoyees["lot poids"]["entry"][0]["response"]["location"]
    envoyees["appareil"] = _lues(service.appeler("GET", lieu))
    envoyees["refus"] = _lues(service.envoyer(lot(observation(scene.ins, "poids", 10_000))), 422)
    _juger(
        second_avis,
        envoyees,
        {
            (
                "bundle.searchset.id",
                r"Bundle\.entry\[\d+\]\.resource",
            ): "a computed BMI is kept nowhere, so it has no id: a rule of R5, absent from R4"
        },
    )


@pytest.mark.rule("FHR-154", "FHR-156", "FHR-158")
def test_appointments_and_slots(client: Client, scene: Scene, second_avis: Any, settings: Any) -> None:
    settings.ES_AGENDA_CRENEAUX = True
    lui = lps(client, scene.medecin)
    envoyees = {
        "ajout": _lues(lui.post(rendez_vous(scene.ins)), 201),
        "changement": _lues(lui.put(rendez_vous(scene.ins, description="Autre"))),
        "recherche": _lues(lui.chercher(scene.ins)),
        "refus": _lues(lui.post(rendez_vous(scene.ins, "3", status=None)), 422),
        "planning": _lues(lui.post(test_plannings_http.planning(), "/fhir/Schedule"), 201),
    }
    numero = envoyees["planning"]["id"]
    envoyees["créneaux"] = _lues(lui.get(f"/fhir/Slot?schedule=Schedule/{numero}"))
    assert envoyees["recherche"]["total"] == 1 and envoyees["créneaux"]["total"]
    _juger(second_avis, envoyees, {})


@pytest.mark.rule("FHR-168", "POR-01")
def test_subscriptions_and_everything(client: Client, scene: Scene, second_avis: Any) -> None:
    medecin = Lps(client, scene.medecin)
    test_abonnements_http.inscrire()
    cree = _lues(test_abonnements_http.poster(medecin, test_abonnements_http.abonnement(scene.ins)), 201)
    scene.deposer()
    moi = test_tout_http.porteur(scene.moi)
    envoyees = {
        "abonnement": cree,
        "abonnement lu": _lues(medecin.get(f"/fhir/Subscription/{cree['id']}")),
        "tout": _lues(test_tout_http.demander(client, moi, scene.dossier_id)),
    }
    assert len(envoyees["tout"]["entry"]) >= 3
    _juger(second_avis, envoyees, {})
