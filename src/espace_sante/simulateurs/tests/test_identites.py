"""The simulated providers: strict with their clients, and never in production."""

from __future__ import annotations

import base64
import hashlib
import re
import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.courriels.reception import demarrer
from espace_sante.simulateurs.garde import exiger_local
from espace_sante.simulateurs.openid import cles, codes

VERIFICATEUR = "v" * 64
DEFI = base64.urlsafe_b64encode(hashlib.sha256(VERIFICATEUR.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def demande(settings: Any, tmp_path: Path) -> dict[str, str]:
    """A good authorization request, on files of this test."""
    settings.ES_DATA = tmp_path
    settings.ES_PSC_CLIENT = ("nous", "secret")
    donnees.ecrire(
        tmp_path / "simulateurs",
        [donnees.Professionnel(rpps="99000000001", nom="MOREL", prenom="Anne", description="Médecin")],
        [
            donnees.Pivot(
                sub="s1", given_name="Zoé", family_name="ÉTÉ", birthdate="2001-01-01", gender="female"
            )
        ],
    )
    return {
        "client_id": "nous",
        "redirect_uri": "http://testserver/connexion/pro/retour/",
        "response_type": "code",
        "scope": "openid scope_all",
        "state": "e",
        "nonce": "n",
        "code_challenge": DEFI,
        "code_challenge_method": "S256",
    }


@pytest.mark.rule("OID-36")
def test_refuse_la_production(settings: Any) -> None:
    exiger_local()
    settings.ES_LOCAL = False
    with pytest.raises(ImproperlyConfigured):
        exiger_local()
    settings.ES_LOCAL, settings.ES_INSTANCE = True, "production"
    with pytest.raises(ImproperlyConfigured):
        exiger_local()


@pytest.mark.django_db
@pytest.mark.rule("OID-36", "OID-30")
@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "autre"},
        {"redirect_uri": "http://testserver/connexion/pro/retour/x"},
        {"redirect_uri": "https://mal.example/"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"nonce": ""},
    ],
)
def test_demande_refusee_sans_redirection(demande: dict[str, str], change: dict[str, str]) -> None:
    reponse = Client().get("/simulateurs/psc/auth", {**demande, **change})
    assert reponse.status_code == 400


@pytest.mark.django_db
@pytest.mark.rule("OID-36")
def test_recherche_d_une_personne(demande: dict[str, str]) -> None:
    page = Client().get("/simulateurs/psc/auth", {**demande, "q": "anne médecin"}).content.decode()
    assert "MOREL" in page
    scelle = re.search(r'name="demande" value="([^"]*)"', page)
    assert scelle
    vide = Client().get("/simulateurs/psc/auth", {"demande": scelle[1], "q": "personne"}).content.decode()
    assert "MOREL" not in vide
    assert Client().get("/simulateurs/psc/auth", {"demande": scelle[1] + "x"}).status_code == 400


def _octroi() -> codes.Octroi:
    return codes.Octroi(
        client_id="nous", retour="http://testserver/connexion/pro/retour/", nonce="n", defi=DEFI,
        portees="openid", personne="99000000001", acr="eidas1", amr=("ecps",), sid="s",
    )  # fmt: skip


def _echanger(code: str, **change: str) -> Any:
    corps = {
        "grant_type": "authorization_code", "code": code, "client_id": "nous", "client_secret": "secret",
        "redirect_uri": "http://testserver/connexion/pro/retour/", "code_verifier": VERIFICATEUR, **change,
    }  # fmt: skip
    return Client().post("/simulateurs/psc/token", corps)


@pytest.mark.rule("OID-36", "OID-05")
def test_jetons_et_userinfo(demande: dict[str, str], tmp_path: Path) -> None:
    dossier = tmp_path / "simulateurs" / "psc"
    jetons = _echanger(codes.emettre(dossier, _octroi())).json()
    identite = cles.lire(dossier, jetons["id_token"])
    assert identite is not None
    assert (identite["nonce"], identite["acr"], identite["aud"]) == ("n", "eidas1", "nous")
    entetes = {"authorization": f"Bearer {jetons['access_token']}"}
    infos = Client().get("/simulateurs/psc/userinfo", headers=entetes).json()
    assert infos["SubjectNameID"] == "899000000001"
    assert infos["Acces_Regulation_Medicale"] == "FAUX"
    assert infos["SubjectRefPro"]["exercices"] == []
    introspection = {"client_id": "nous", "client_secret": "secret", "token": jetons["access_token"]}
    assert Client().post("/simulateurs/psc/introspect", introspection).json()["active"] is True
    Client().get("/simulateurs/psc/logout", {"id_token_hint": jetons["id_token"]})
    assert Client().post("/simulateurs/psc/introspect", introspection).json() == {"active": False}
    assert Client().get("/simulateurs/psc/userinfo", headers=entetes).status_code == 401
    # An ID token is not an access token.
    faux = {"authorization": f"Bearer {jetons['id_token']}"}
    assert Client().get("/simulateurs/psc/userinfo", headers=faux).status_code == 401


@pytest.mark.rule("OID-36")
@pytest.mark.parametrize(
    ("change", "statut"),
    [
        ({"code_verifier": "x" * 64}, 400),
        ({"redirect_uri": "http://testserver/"}, 400),
        ({"client_secret": "faux"}, 401),
        ({"grant_type": "password"}, 400),
        ({"client_id": "inconnu"}, 401),
    ],
)
def test_echange_refuse(demande: dict[str, str], tmp_path: Path, change: dict[str, str], statut: int) -> None:
    code = codes.emettre(tmp_path / "simulateurs" / "psc", _octroi())
    assert _echanger(code, **change).status_code == statut


@pytest.mark.rule("OID-36")
def test_un_code_sert_une_fois_meme_en_parallele(tmp_path: Path) -> None:
    code = codes.emettre(tmp_path, _octroi())
    with ThreadPoolExecutor(8) as fils:
        gagnants = [o for o in fils.map(lambda _: codes.consommer(tmp_path, code), range(8)) if o]
    assert len(gagnants) == 1
    assert codes.finie(tmp_path, "s")


def test_deux_processus_ont_la_meme_cle(tmp_path: Path) -> None:
    premiere = cles.cle(tmp_path).kid
    cles.cle.cache_clear()
    assert cles.cle(tmp_path).kid == premiere
    assert (tmp_path / "cle.pem").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_courriels_recus_et_montres_sans_etre_interpretes(demande: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    serveur = demarrer(tmp_path / "simulateurs" / "courriels", port=port)
    try:
        message = EmailMessage()
        message["To"], message["Subject"] = "claire@courriel.example", "Votre code"
        message.set_content("Code : 123456 <script>alert(1)</script>")
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.send_message(message, "a@b.example", ["claire@courriel.example"])
    finally:
        serveur.stop()
    page = Client().get("/simulateurs/courriels/", {"pour": "claire"}).content.decode()
    assert "123456" in page
    assert "<script>alert" not in page
    assert "123456" not in Client().get("/simulateurs/courriels/", {"pour": "autre"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("adresse", ["", "psc/.well-known/wallet-openid-configuration", "psc/certs", "courriels/",
                                     "franceconnect/.well-known/openid-configuration", "psc/logout"])  # fmt: skip
def test_pages_ouvertes(demande: dict[str, str], adresse: str) -> None:
    assert Client().get(f"/simulateurs/{adresse}").status_code == 200
