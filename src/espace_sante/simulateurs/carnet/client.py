"""What the fictitious service does on its own server: PKCE, its tokens, its calls."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from django.conf import settings

from espace_sante.platform.local import COMPTES

CLIENT_ID: Final = "carnet-de-tension"
NOM: Final = "Carnet de tension"
SOLUTION_OID: Final = "1.2.250.1.999.1"
PRESENTATION: Final = (
    "Un carnet pour noter votre tension et votre poids chez vous, et les montrer à votre médecin."
    " Ce service est fictif."
)
FINALITES: Final[list[dict[str, Any]]] = [
    {
        "code": "soins",
        "texte": "Montrer vos mesures à votre médecin, et voir les rendez-vous que vous avez avec lui.",
        "droits": [
            "mesures.pression_arterielle:lire", "mesures.pression_arterielle:ecrire", "mesures.frequence_cardiaque:lire",
            "mesures.frequence_cardiaque:ecrire", "rendez_vous:lire", "rendez_vous:ecrire", "documents:lire",
        ],
    },
    {
        "code": "prevention",
        "texte": "Vous aider à suivre votre poids.",
        "droits": ["mesures.poids:lire", "mesures.poids:ecrire", "identite:lire"],
    },
]  # fmt: skip
_DELAI_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Depart:
    """A request under way: what the service keeps until the browser comes back."""

    verifieur: str
    etat: str
    nonce: str

    @property
    def adresse(self) -> str:
        """Where to send the holder."""
        defi = urlsafe_b64encode(hashlib.sha256(self.verifieur.encode()).digest()).rstrip(b"=").decode()
        demande = {
            "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": retour(), "scope": "openid",
            "state": self.etat, "nonce": self.nonce, "code_challenge": defi, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{settings.ES_BASE_URL}/oauth/authorize?{urlencode(demande)}"


def partir() -> Depart:
    """A new request."""
    return Depart(secrets.token_urlsafe(48), secrets.token_urlsafe(16), secrets.token_urlsafe(16))


def retour() -> str:
    """The return address, as it is registered."""
    return f"{settings.ES_BASE_URL}/simulateurs/carnet/retour"


def jetons(**corps: str) -> dict[str, Any]:
    """Ask the token endpoint. The answer as it is, an error included."""
    reponse = httpx.post(
        f"{settings.ES_BASE_URL}/oauth/token",
        data={**corps, "client_id": CLIENT_ID, "client_secret": _secret()},
        timeout=_DELAI_S,
    )
    donne: dict[str, Any] = reponse.json()
    return donne


def informations(acces: str) -> tuple[int, dict[str, Any]]:
    """Who the holder is, as far as he said."""
    reponse = httpx.get(
        f"{settings.ES_BASE_URL}/oauth/userinfo",
        headers={"Authorization": f"Bearer {acces}"},
        timeout=_DELAI_S,
    )
    return reponse.status_code, reponse.json()


def _secret() -> str:
    comptes = json.loads((Path(settings.ES_DATA) / COMPTES).read_text(encoding="utf-8"))
    return next(str(c["client_secret"]) for c in comptes["logiciels"] if c["client_id"] == CLIENT_ID)
