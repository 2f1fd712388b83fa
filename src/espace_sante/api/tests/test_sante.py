"""The addresses of the probes."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from espace_sante.api import sante
from espace_sante.api.metriques import Mesures


@pytest.mark.django_db
def test_tout_va_bien() -> None:
    reponse = Client().get("/sante")
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/health+json"
    assert reponse.json() == {"status": "pass"}


@pytest.mark.django_db
def test_la_panne_est_nommee_sans_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    def panne() -> None:
        raise DatabaseError("adresse secrète")

    monkeypatch.setattr(sante.connection, "cursor", panne)
    reponse = Client().get("/sante")
    assert reponse.status_code == 503
    assert reponse.json()["status"] == "fail"
    assert list(reponse.json()["checks"]) == ["base"]
    assert "secrète" not in reponse.content.decode()


@pytest.mark.django_db
def test_cle_maitre_absente(monkeypatch: pytest.MonkeyPatch) -> None:
    def absente() -> None:
        raise FileNotFoundError

    monkeypatch.setattr(sante, "cle_maitre", absente)
    reponse = Client().get("/sante")
    assert reponse.status_code == 503
    assert list(reponse.json()["checks"]) == ["cle_maitre"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("adresse", "entetes", "statut"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("203.0.113.9", {"X-Forwarded-For": "127.0.0.1"}, 404),
        # A relay on this machine that the settings do not speak of: whoever calls it seems to be this machine.
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
    ],
)
def test_les_mesures_sont_pour_les_sondes(adresse: str, entetes: dict[str, str], statut: int) -> None:
    reponse = Client(REMOTE_ADDR=adresse).get("/metrics", headers=entetes)
    assert reponse.status_code == statut
    assert (b"espace_sante_requetes_total" in reponse.content) == (statut == 200)


@pytest.mark.django_db
def test_les_sondes_se_choisissent(settings: Any) -> None:
    settings.ES_METRICS_DE = (ip_network("10.9.0.0/16"),)
    assert Client(REMOTE_ADDR="10.9.1.1").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


@pytest.mark.django_db
def test_les_mesures_ne_portent_que_des_noms_de_route() -> None:
    def vue(request: object) -> HttpResponse:
        request.resolver_match = None  # type: ignore[attr-defined]
        return HttpResponse(status=404)

    Mesures(vue)(RequestFactory().get("/espace/documents/1850147012345/?q=nom"))
    Mesures(vue)(RequestFactory().generic("INVENTEE", "/x"))
    texte = Client().get("/metrics").content.decode()
    assert 'espace_sante_requetes_total{methode="GET",route="aucune",statut="404"}' in texte
    assert 'methode="AUTRE"' in texte
    assert "INVENTEE" not in texte
    assert "1850147012345" not in texte
    assert set(re.findall(r"(\w+)=\"", texte)) <= {"route", "methode", "statut", "le"}
