"""The simulators as the identity providers of the run, reached over HTTP inside the process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from espace_sante.identite.insi import client as insi
from espace_sante.identite.models import Professionnel, SituationExercice, Structure
from espace_sante.platform import oidc
from espace_sante.simulateurs import donnees

# RPPS of the fictitious professionals, by what is said of them in our directory.
UNE, DEUX, ABSENT, INACTIF, REGULATEUR = (f"9900000000{n}" for n in (1, 2, 3, 4, 5))
CLAIRE = "sub-claire-fictive"


class DansLeProcessus(httpx.BaseTransport):
    """Server-to-server calls as requests of the same application, inside the test's transaction.

    httpx.WSGITransport would end each request by closing the connection that holds the transaction.
    """

    def __init__(self) -> None:
        self._client = Client(raise_request_exception=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._client.cookies.clear()
        reponse = self._client.generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            content_type=request.headers.get("content-type", "application/octet-stream"),
            headers={k: v for k, v in request.headers.items() if k in {"authorization", "accept"}},
        )
        return httpx.Response(reponse.status_code, headers=dict(reponse.headers), content=reponse.content)


@pytest.fixture
def simulateurs(db: None) -> Iterator[Path]:
    """Fictitious people at the providers, and the same but one in our directory."""
    dossier = Path(settings.ES_DATA) / "simulateurs"
    cabinet = donnees.Activite(raison_sociale="CABINET MOREL", finess="140000011", mode="L", secteur="SA07")
    donnees.ecrire(
        dossier,
        [
            donnees.Professionnel(
                rpps=rpps,
                nom="MOREL",
                prenom="Anne",
                description="Médecin",
                regulation=rpps == REGULATEUR,
                exercices=(donnees.Exercice(profession="10", activites=(cabinet,)),),
            )
            for rpps in (UNE, DEUX, ABSENT, INACTIF, REGULATEUR)
        ],
        [
            donnees.Pivot(
                sub=CLAIRE,
                given_name="Claire Louise",
                family_name="MARTIN",
                birthdate="1978-03-02",
                gender="female",
                birthplace="14118",
                email="claire@courriel.example",
            )
        ],
    )
    for numero in ("1140000011", "1140000029"):
        Structure.objects.create(id=numero, nom=f"Cabinet {numero[-2:]}", commune="Caen")
    for rpps in (UNE, DEUX, INACTIF, REGULATEUR):
        pro = Professionnel.objects.create(
            rpps=rpps, nom="MOREL", prenom="Anne", civilite="Dr", actif=rpps != INACTIF
        )
        for rang, structure in enumerate(("1140000011", "1140000029")[: 2 if rpps == DEUX else 1]):
            SituationExercice.objects.create(
                id=f"{rpps}-{rang}",
                professionnel=pro,
                profession_systeme="TRE_G15",
                profession_code="10",
                structure_id=structure,
            )
    oidc.utiliser_transport(DansLeProcessus())
    insi.utiliser_transport(DansLeProcessus())
    yield dossier
    oidc.utiliser_transport(None)
    insi.utiliser_transport(None)
    shutil.rmtree(dossier, ignore_errors=True)


@pytest.fixture(autouse=True)
def hachage_rapide(settings: Any) -> None:
    """Passwords cost nothing here; the test of equal times puts the real hasher back."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def navigateur() -> Client:
    """A visitor's browser."""
    return Client()
