"""Mutual TLS end to end: a real handshake, a local authority, the product behind a relay (OID-12, OID-13, OID-22)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from espace_sante.identite.models import CertificatLogiciel, Logiciel
from espace_sante.kernel.ids import uuid7
from tests.connexion.autorite import Autorite, Porteur
from tests.connexion.front import Front

pytestmark = pytest.mark.django_db
AUTORITE = Autorite()
LABO, AUTRE = AUTORITE.structure(), AUTORITE.structure("autre.example", "1140000029")
DOC = Path(__file__).resolve().parents[2] / "docs" / "exploitation" / "relais-tls.md"


@pytest.fixture
def front(simulateurs: Path, settings: Any, tmp_path: Path) -> Iterator[Front]:
    for nom, porteur in (("labo", LABO), ("autre", AUTRE)):
        logiciel = Logiciel.objects.create(
            client_id=nom, nom=nom, portees=["ITI-65", "system/Patient.r"], structure_id="1140000011"
        )
        CertificatLogiciel.objects.create(id=uuid7(), logiciel=logiciel, dn=porteur.dn)
    ouvert = Front(AUTORITE.serveur().ecrire(tmp_path, "serveur"), AUTORITE.ecrire(tmp_path))
    settings.ES_RELAIS, settings.ES_MTLS_URL = (ip_network("127.0.0.0/8"),), ouvert.base
    settings.ES_MTLS_AC = str(tmp_path / "autorite.pem")
    yield ouvert
    ouvert.fermer()


def _tls(tmp_path: Path, porteur: Porteur | None) -> ssl.SSLContext:
    contexte = ssl.create_default_context(cafile=str(tmp_path / "autorite.pem"))
    if porteur:
        contexte.load_cert_chain(*porteur.ecrire(tmp_path, f"client-{id(porteur)}"))
    return contexte


def _appeler(
    front: Front, tmp_path: Path, porteur: Porteur | None, methode: str, chemin: str, **kw: Any
) -> Any:
    def appel() -> httpx.Response:
        with httpx.Client(verify=_tls(tmp_path, porteur), trust_env=False, timeout=15) as client:
            return client.request(methode, f"{front.base}{chemin}", **kw)

    return front.servir(appel)


def _jeton(front: Front, tmp_path: Path, porteur: Porteur | None, **entetes: str) -> Any:
    donnees = {"grant_type": "client_credentials", "scope": "system/Patient.r"}
    return _appeler(front, tmp_path, porteur, "POST", "/oauth/token", data=donnees, headers=entetes)


def _patient(front: Front, tmp_path: Path, porteur: Porteur | None, jeton: str, **entetes: str) -> Any:
    chemin = "/fhir/Patient?identifier=urn:oid:1.2.250.1.213.1.4.10%7C279035121518989"
    return _appeler(
        front, tmp_path, porteur, "GET", chemin, headers={"Authorization": f"Bearer {jeton}", **entetes}
    )


@pytest.mark.rule("OID-12", "OID-13", "OID-18")
def test_from_the_handshake_to_the_bound_call(front: Front, tmp_path: Path) -> None:
    recu = _jeton(front, tmp_path, LABO)
    assert recu.status_code == 200, recu.text
    jeton = recu.json()["access_token"]
    bon = _patient(front, tmp_path, LABO, jeton)
    assert bon.status_code not in {401, 403}, bon.text
    for porteur in (AUTRE, None):
        assert _patient(front, tmp_path, porteur, jeton).status_code == 401
    # A stolen token beside a copy of the public certificate: the relay drops what the caller writes.
    for nom in ("Client-Cert", "client_cert", "CLIENT-CERT"):
        assert _patient(front, tmp_path, None, jeton, **{nom: LABO.entete}).status_code == 401
        assert _patient(front, tmp_path, AUTRE, jeton, **{nom: LABO.entete}).status_code == 401


@pytest.mark.rule("OID-12")
def test_no_certificate_no_token(front: Front, tmp_path: Path) -> None:
    for recu in (
        _jeton(front, tmp_path, None),
        _jeton(front, tmp_path, None, **{"Client-Cert": LABO.entete}),
    ):
        assert (recu.status_code, recu.json()["error"]) == (401, "invalid_client")


@pytest.mark.rule("OID-12")
@pytest.mark.parametrize("quoi", ["another authority", "expired"])
def test_the_handshake_refuses_what_the_authority_did_not_sign(
    front: Front, tmp_path: Path, quoi: str
) -> None:
    porteur = Autorite("Autre").structure() if quoi == "another authority" else AUTORITE.structure(jours=-1)
    with pytest.raises(httpx.TransportError):
        _jeton(front, tmp_path, porteur)


@pytest.mark.rule("OID-22")
def test_older_tls_is_refused(front: Front, tmp_path: Path) -> None:
    contexte = _tls(tmp_path, LABO)
    contexte.set_ciphers("ALL:@SECLEVEL=0")
    contexte.minimum_version = contexte.maximum_version = ssl.TLSVersion.TLSv1_1

    def appel() -> httpx.Response:
        with httpx.Client(verify=contexte, trust_env=False, timeout=15) as client:
            return client.get(f"{front.base}/sante")

    with pytest.raises(httpx.TransportError):
        front.servir(appel)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        contexte = _tls(tmp_path, None)
        contexte.minimum_version = contexte.maximum_version = version
        assert front.servir(appel).status_code == 200


@pytest.mark.rule("OID-22", "OID-12")
def test_the_documented_relay_does_what_this_one_does() -> None:
    configuration = DOC.read_text(encoding="utf-8")
    for ligne in (
        "ssl-min-ver TLSv1.2",
        "verify optional",
        "option http-restrict-req-hdr-names delete",
        "http-request del-header Client-Cert",
        "http-request del-header Client-Cert-Chain",
        'http-request set-header Client-Cert ":%[ssl_c_der,base64]:" if { ssl_c_used }',
    ):
        assert ligne in configuration, ligne
