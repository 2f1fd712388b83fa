"""The fictitious service of demonstrations goes through the public interfaces, as a browser leads it (OID-28, OID-36)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces.appairages.demandes import lignes_de, offres_de
from espace_sante.acces.appairages.essai import appairer
from espace_sante.acces.tests.fabrique import dossier, titulaire
from espace_sante.acces.tests.fabrique_appairage import service
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.local import COMPTES
from espace_sante.simulateurs.carnet import client as carnet
from espace_sante.web.espace.tests.conftest import connecter

pytestmark = pytest.mark.django_db


@pytest.fixture
def carnet_inscrit(simulateurs: Path, monkeypatch: pytest.MonkeyPatch) -> Logiciel:
    """The service as a demonstration registers it; its calls reach us without a network."""
    comptes = {"logiciels": [{"client_id": carnet.CLIENT_ID, "client_secret": "secret"}]}
    (Path(settings.ES_DATA) / COMPTES).write_text(json.dumps(comptes))

    def poster(adresse: str, *, data: dict[str, str], timeout: float) -> httpx.Response:
        recu = Client().post(
            urlsplit(adresse).path,
            httpx.QueryParams(data).__str__(),
            content_type="application/x-www-form-urlencoded",
        )
        return httpx.Response(recu.status_code, content=recu.content)

    def lire(adresse: str, *, headers: dict[str, str], timeout: float) -> httpx.Response:
        recu = Client().get(urlsplit(adresse).path, headers=headers)
        return httpx.Response(recu.status_code, content=recu.content)

    monkeypatch.setattr(httpx, "post", poster)
    monkeypatch.setattr(httpx, "get", lire)
    return service(
        carnet.CLIENT_ID,
        finalites=carnet.FINALITES,
        secret_hache=make_password("secret"),
        retours=[carnet.retour()],
    )


def aller(navigateur: Client, adresse: str) -> Any:
    lue = urlsplit(adresse)
    return navigateur.get(lue.path, dict(parse_qsl(lue.query)))


@pytest.mark.rule("OID-28", "OID-36")
def test_the_whole_way_from_its_page_and_back(carnet_inscrit: Logiciel) -> None:
    dossier_id, _ = dossier()
    navigateur = connecter(titulaire(dossier_id))
    demande = navigateur.get("/simulateurs/carnet/partir")["Location"]
    assert aller(navigateur, demande).status_code == 200
    champs = {
        **dict(parse_qsl(urlsplit(demande).query)),
        "reponse": "accepter",
        "ligne": "prevention identite:lire",
    }
    retour = navigateur.post("/oauth/authorize", champs)["Location"]
    assert aller(navigateur, retour).status_code == 302
    page = navigateur.get("/simulateurs/carnet/").content.decode()
    assert "identite:lire" in page
    assert "MARTIN" in page
    assert navigateur.post("/simulateurs/carnet/").status_code == 302
    assert "MARTIN" in navigateur.get("/simulateurs/carnet/").content.decode()
    # The same answer brought by a browser that asked for nothing is worth nothing.
    aller(Client(), retour)
    assert aller(navigateur, retour).status_code == 302
    assert "state_inconnu" in navigateur.get("/simulateurs/carnet/").content.decode()


def test_every_right_it_declares_exists(carnet_inscrit: Logiciel) -> None:
    assert len(lignes_de(offres_de(carnet_inscrit))) == sum(len(f["droits"]) for f in carnet.FINALITES)


@pytest.mark.rule("OID-28")
def test_a_pairing_without_a_browser_is_like_another(carnet_inscrit: Logiciel) -> None:
    dossier_id, _ = dossier()
    remise = appairer(carnet.CLIENT_ID, dossier_id)
    page = connecter(titulaire(dossier_id)).get("/espace/services/").content.decode()
    assert "Carnet de tension" in page
    assert remise.acteur.dossier_id == dossier_id
    with pytest.raises(EspaceSanteError, match="service_inconnu"):
        appairer("inconnu", dossier_id)
