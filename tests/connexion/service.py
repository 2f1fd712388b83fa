"""A holder in front of his browser and the server of a service, for the tests of pairing."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, titulaire
from espace_sante.acces.tests.fabrique_appairage import service
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.web.espace.tests.conftest import connecter

RETOUR = "https://carnet.exemple.test/retour"
VERIFIEUR = "v" * 43
DEFI = base64.urlsafe_b64encode(hashlib.sha256(VERIFIEUR.encode()).digest()).rstrip(b"=").decode()
FINALITES = [
    {
        "code": "soins",
        "texte": "Suivre votre tension avec votre médecin.",
        "droits": [
            "mesures.pression_arterielle:lire",
            "mesures.pression_arterielle:ecrire",
            "mesures.poids:lire",
        ],
    },
    {"code": "prevention", "texte": "Vous conseiller.", "droits": ["mesures.poids:lire", "identite:lire"]},
]
TENSION = "soins mesures.pression_arterielle:lire"
ECRIRE = "soins mesures.pression_arterielle:ecrire"
POIDS = "prevention mesures.poids:lire"


@dataclass
class Monde:
    """A holder in front of his browser, and the server of a service."""

    dossier_id: UUID
    navigateur: Client
    client_id: str = "carnet-de-tension"

    def demande(self, **autres: str) -> dict[str, str]:
        valeurs = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": RETOUR, "scope": "openid",
            "state": "etat-1", "nonce": "nonce-1", "code_challenge": DEFI, "code_challenge_method": "S256", **autres,
        }  # fmt: skip
        return {k: v for k, v in valeurs.items() if v}

    def repondre(self, *lignes: str, reponse: str = "accepter", **autres: str) -> Any:
        return self.navigateur.post(
            "/oauth/authorize", {**self.demande(**autres), "reponse": reponse, "ligne": list(lignes)}
        )

    def code(self, *lignes: str, **autres: str) -> str:
        fait = retour(self.repondre(*(lignes or (TENSION,)), **autres))
        assert fait["state"] == "etat-1"
        return fait["code"]

    def jeton(self, **corps: str) -> Any:
        donnees = {"client_id": self.client_id, "client_secret": "secret-de-test", **corps}
        formulaire = urlencode({k: v for k, v in donnees.items() if v})
        return Client().post("/oauth/token", formulaire, content_type="application/x-www-form-urlencoded")

    def echanger(self, donne: str, **autres: str) -> Any:
        return self.jeton(
            **{
                "grant_type": "authorization_code", "code": donne, "redirect_uri": RETOUR, "code_verifier": VERIFIEUR,
                **autres,
            }
        )  # fmt: skip

    def rafraichir(self, jeton: str, **autres: str) -> Any:
        return self.jeton(grant_type="refresh_token", refresh_token=jeton, **autres)

    def remise(self, *lignes: str) -> dict[str, Any]:
        reponse = self.echanger(self.code(*lignes))
        assert reponse.status_code == 200, reponse.content
        donnee: dict[str, Any] = reponse.json()
        return donnee


def retour(reponse: Any) -> dict[str, str]:
    """The parameters that the service gets back, at its own address and nowhere else."""
    assert reponse.status_code == 302, (reponse.status_code, reponse.content[:400])
    assert reponse["Location"].startswith(RETOUR + "?"), reponse["Location"]
    return {k: v for k, (v,) in parse_qs(urlsplit(reponse["Location"]).query).items()}


def corps(jeton: str) -> dict[str, Any]:
    milieu = jeton.split(".")[1]
    lu: dict[str, Any] = json.loads(base64.urlsafe_b64decode(milieu + "=" * (-len(milieu) % 4)))
    return lu


def infos(jeton: str) -> Any:
    return Client().get("/oauth/userinfo", headers={"Authorization": f"Bearer {jeton}"})


def traces(dossier_id: UUID) -> list[tuple[str, str, str]]:
    with portee(dossier_id):
        return list(
            Trace.objects.filter(dossier_id=dossier_id, action__startswith="appairage")
            .order_by("quand", "id").values_list("action", "resultat", "motif")
        )  # fmt: skip


def un_monde() -> Monde:
    """A registered service and a holder who is logged in."""
    dossier_id, _ = dossier()
    service(finalites=FINALITES, secret_hache=make_password("secret-de-test"), editeur="Carnet SAS")
    return Monde(dossier_id, connecter(titulaire(dossier_id)))
