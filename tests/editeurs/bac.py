"""The sandbox of these tests: its people, its programs, the sample client on it."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import httpx
import psycopg

from espace_sante.platform.postgres import embarque
from tests.navigateur.installation import RACINE, Installation, environnement

CLIENT = RACINE / "docs" / "interop" / "client" / "client_espace_sante.py"
LECTURE = "ITI-65 ITI-67 ITI-68 ITI-105 user/Patient.r user/Consent.c"


def client_exemple() -> ModuleType:
    """The sample client, loaded from the documents where publishers find it."""
    trouve = importlib.util.spec_from_file_location("client_espace_sante", CLIENT)
    assert trouve is not None
    assert trouve.loader is not None
    module = importlib.util.module_from_spec(trouve)
    trouve.loader.exec_module(module)
    return module


@dataclass
class Bac:
    """A started sandbox."""

    installation: Installation

    @property
    def serveur(self) -> str:
        return self.installation.adresse

    @property
    def comptes(self) -> dict[str, Any]:
        return self.installation.comptes

    @cached_property
    def client(self) -> ModuleType:
        return client_exemple()

    @property
    def ins(self) -> str:
        return str(self.comptes["titulaires"][0]["ins"])

    def professionnel(self, rang: int = 0) -> tuple[str, str]:
        """RPPS and Struct_IdNat of one who has a single situation."""
        p = [p for p in self.comptes["professionnels"] if p["structure"]][rang]
        return p["rpps"], f"1{p['structure']}"

    def jeton(self, rpps: str) -> str:
        return self.installation.commande("token", "--rpps", rpps)

    def dossier(self, rang: int = 0, ins: str = "") -> Any:
        """The sample client on a record, for one professional."""
        rpps, structure = self.professionnel(rang)
        return self.client.Dossier(self.serveur, self.jeton(rpps), ins or self.ins, rpps, structure)

    def jeton_psc(self, rpps: str) -> str:
        """What the professional's gesture on her telephone gives to the publisher's software."""
        (lps,) = [x for x in self.comptes["logiciels"] if "psc_client_secret" in x]
        psc, retour, verificateur = (
            f"{self.serveur}/simulateurs/psc",
            "http://localhost/retour",
            secrets.token_urlsafe(48),
        )
        defi = base64.urlsafe_b64encode(hashlib.sha256(verificateur.encode()).digest()).rstrip(b"=").decode()
        with httpx.Client(timeout=30) as navigateur:
            page = navigateur.get(
                f"{psc}/auth",
                params={
                    "client_id": lps["client_id"], "redirect_uri": retour, "response_type": "code",
                    "scope": "openid scope_all", "state": "etat", "nonce": "nonce", "code_challenge": defi,
                    "code_challenge_method": "S256", "acr_values": "eidas1",
                },
            )  # fmt: skip
            demande = re.search(r'name="demande" value="([^"]*)"', page.text)
            assert demande, page.text
            formulaire = {
                "demande": demande[1],
                "personne": rpps,
                "geste": "ecps",
                "csrfmiddlewaretoken": _csrf(page),
            }
            fini = navigateur.post(f"{psc}/confirmation", data=formulaire, headers={"Referer": str(page.url)})
            assert fini.status_code == 302, fini.text
            donne = navigateur.post(
                f"{psc}/token",
                auth=(lps["client_id"], lps["psc_client_secret"]),
                data={
                    "grant_type": "authorization_code", "code": httpx.URL(fini.headers["Location"]).params["code"],
                    "redirect_uri": retour, "code_verifier": verificateur,
                },
            )  # fmt: skip
        return str(donne.json()["access_token"])

    def remettre(self) -> str:
        """What `sandbox reset` prints; fails with its own words."""
        fait = subprocess.run(
            [sys.executable, "-m", "espace_sante.commands", "sandbox", "reset", "--data", str(self.installation.donnees)],
            cwd=RACINE, env=environnement(), capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert fait.returncode == 0, fait.stderr
        return fait.stdout.strip()

    def base(self) -> psycopg.Connection[Any]:
        """The database, as its owner."""
        prise = (self.installation.donnees / "postgres.socket").read_text()
        adresse = f"postgresql://{embarque.PROPRIETAIRE}@/{embarque.BASE}?host={prise}&port=5432"
        return psycopg.connect(adresse, autocommit=True)


def _csrf(page: httpx.Response) -> str:
    trouve = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page.text)
    return trouve[1] if trouve else ""
