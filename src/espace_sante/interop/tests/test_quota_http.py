"""The call quota at the FHIR door (FHR-18)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.interop import requete
from espace_sante.interop.tests.lps import FHIR, entetes, logiciel
from espace_sante.platform.quota import Quota

pytestmark = [pytest.mark.django_db, pytest.mark.rule("FHR-18")]


@pytest.fixture
def quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three calls at once, then one every hundred seconds."""
    commun = Quota(tmp_path / "quota", 0.01, 3)
    monkeypatch.setattr(requete, "_quota", lambda: commun)


@pytest.mark.usefixtures("quota")
def test_over_its_quota_a_client_is_told_when_to_come_back(client: Client) -> None:
    moi = entetes(logiciel(professionnel()))
    adresse = "/fhir/DocumentReference/" + "0" * 64
    statuts = [client.get(adresse, headers=moi).status_code for _ in range(3)]
    assert 429 not in statuts
    trop = client.get(adresse, headers=moi)
    assert trop.status_code == 429
    assert 90 <= int(trop["Retry-After"]) <= 100
    lu = json.loads(trop.content)
    assert lu["issue"][0]["details"]["coding"][0]["code"] == "trop-d-appels"
    # The other doors of this client are closed too, and what answers without a token is not counted.
    assert client.post("/fhir", b"{}", content_type=FHIR, headers=moi).status_code == 429
    assert client.get("/fhir/metadata").status_code == 200


@pytest.mark.usefixtures("quota")
def test_calls_without_a_good_token_use_up_nobody_s_quota(client: Client) -> None:
    adresse = "/fhir/DocumentReference/" + "0" * 64
    for _ in range(10):
        assert client.get(adresse, headers={"Authorization": "Bearer faux"}).status_code == 401
    assert client.get(adresse, headers=entetes(logiciel(professionnel()))).status_code != 429
