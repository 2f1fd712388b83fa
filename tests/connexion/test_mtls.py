"""Software proves who it is by a certificate, and what it is given serves with that one alone (RFC 8705, RFC 9440)."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings as reglages
from django.contrib.auth.hashers import make_password
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import (
    _MEMOIRE_S,
    JetonInvalide,
    emettre_jeton,
    examiner_jeton,
    lire_jeton,
    oublier,
)
from espace_sante.identite.models import CertificatLogiciel, Logiciel
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from tests.connexion.autorite import Autorite, Porteur
from tests.connexion.conftest import UNE
from tests.connexion.test_oauth import ACCES, ECHANGE, _jeton_psc

pytestmark = pytest.mark.django_db
AUTORITE = Autorite()
LABO = AUTORITE.structure()
ETRANGER = AUTORITE.structure("inconnu.example", "1750000018")
_FORMULAIRE = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def relais(settings: Any) -> None:
    """This machine is a relay that ends TLS and tells the certificate."""
    settings.ES_RELAIS = (ip_network("127.0.0.0/8"),)
    settings.ES_MTLS_URL = "https://api.testserver"


@pytest.fixture
def labo(simulateurs: Path) -> Logiciel:
    return _logiciel("labo", LABO.dn)


def _logiciel(client_id: str, *dns: str, **valeurs: Any) -> Logiciel:
    logiciel = Logiciel.objects.create(
        client_id=client_id,
        nom=client_id,
        portees=["ITI-65", "ITI-67", "ITI-105", "user/Patient.r"],
        structure_id="1140000011",
        secret_hache=make_password("secret-de-test"),
        **valeurs,
    )
    for dn in dns:
        CertificatLogiciel.objects.create(id=uuid7(), logiciel=logiciel, dn=dn)
    return logiciel


def _demander(porteur: Porteur | str | None, adresse: str = "/oauth/token", **corps: str) -> Any:
    donnees = {"grant_type": "client_credentials", "scope": "ITI-65", **corps}
    entetes = {"Client-Cert": porteur.entete if isinstance(porteur, Porteur) else porteur} if porteur else {}
    return Client().post(adresse, urlencode(donnees), content_type=_FORMULAIRE, headers=entetes)


def _lire(jeton: str, porteur: Porteur | None, **meta: str) -> Any:
    entetes = {"Authorization": f"Bearer {jeton}", "X-MES-Identite": "VALI"}
    if porteur:
        entetes["Client-Cert"] = porteur.entete
    numero = "urn:oid:1.2.250.1.213.1.4.10|279035121518989"
    return Client().get("/fhir/Patient", {"identifier": numero}, headers=entetes, **meta)


@pytest.mark.rule("OID-12", "OID-13", "OID-18")
def test_a_certificate_gives_a_token_bound_to_it(labo: Logiciel) -> None:
    reponse = _demander(LABO)
    assert reponse.status_code == 200, reponse.content
    lu = examiner_jeton(reponse.json()["access_token"])
    der = LABO.certificat.public_bytes(Encoding.DER)
    attendue = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    assert lu.reclamations["cnf"] == {"x5t#S256": attendue}
    assert lu.acteur.client_id == "labo"
    assert _demander(LABO, scope="ITI-67").json()["error"] == "invalid_scope"


@pytest.mark.rule("OID-13")
def test_a_bound_token_serves_with_its_certificate_alone(labo: Logiciel, settings: Any) -> None:
    jeton = _demander(LABO).json()["access_token"]
    for autre in (None, ETRANGER):
        refus = _lire(jeton, autre)
        assert (refus.status_code, refus["WWW-Authenticate"].split(" ")[0]) == (401, "Bearer")
    # The good one passes this door: what it says then is about its scopes.
    assert _lire(jeton, LABO).status_code == 403
    # The same header from somebody who is no relay of ours is nothing.
    settings.ES_RELAIS = (ip_network("10.0.0.0/8"),)
    assert _lire(jeton, LABO).status_code == 401


@pytest.mark.rule("OID-12")
@pytest.mark.parametrize(
    "porteur",
    [
        pytest.param(ETRANGER, id="unknown name"),
        pytest.param(AUTORITE.structure(jours=-1), id="expired"),
        pytest.param(AUTORITE.structure(jours=400), id="not yet valid"),
        pytest.param(AUTORITE.structure(usage=ExtendedKeyUsageOID.SERVER_AUTH), id="of a server"),
        pytest.param(":bm90IGEgY2VydGlmaWNhdGU=:", id="not a certificate"),
        pytest.param("::", id="empty"),
        pytest.param(LABO.entete[1:-1], id="no structured field"),
        pytest.param(f"{LABO.entete}, {LABO.entete}", id="two values joined"),
        pytest.param(":" + "A" * 20_000 + ":", id="very long"),
        pytest.param(None, id="none"),
    ],
)
def test_no_good_certificate_no_client(labo: Logiciel, porteur: Porteur | str | None) -> None:
    refus = _demander(porteur)
    assert (refus.status_code, refus.json()["error"]) == (401, "invalid_client")


@pytest.mark.rule("OID-12")
def test_a_secret_makes_up_for_nothing(labo: Logiciel, settings: Any) -> None:
    avec_secret = {"client_id": "labo", "client_secret": "secret-de-test"}
    # Outside production a secret serves alone, for the quick start; never beside a wrong certificate.
    assert _demander(None, **avec_secret).status_code == 200
    assert _demander(ETRANGER, **avec_secret).status_code == 401
    assert _demander(LABO, client_id="autre").status_code == 401
    Logiciel.objects.filter(client_id="labo").update(etape="production")
    settings.ES_INSTANCE = "production"
    assert _demander(None, **avec_secret).status_code == 401
    assert _demander(LABO).status_code == 200


@pytest.mark.rule("OID-12")
def test_the_authority_is_checked_again_when_it_is_named(
    labo: Logiciel, settings: Any, tmp_path: Path
) -> None:
    settings.ES_MTLS_AC = Autorite("Autre autorité").ecrire(tmp_path)
    assert _demander(LABO).status_code == 401
    (tmp_path / "bonne").mkdir()
    settings.ES_MTLS_AC = AUTORITE.ecrire(tmp_path / "bonne")
    assert _demander(LABO).status_code == 200


@pytest.mark.rule("OID-12")
@pytest.mark.parametrize("regle", ["no relay", "no mutual tls", "another relay"])
def test_the_header_of_a_stranger_is_dropped(labo: Logiciel, settings: Any, regle: str) -> None:
    if regle == "no mutual tls":
        settings.ES_MTLS_URL = ""
    else:
        settings.ES_RELAIS = () if regle == "no relay" else (ip_network("10.0.0.0/8"),)
    assert _demander(LABO).status_code == 401


@pytest.mark.rule("OID-33")
def test_two_names_at_once_then_the_former_goes(labo: Logiciel) -> None:
    nouveau = AUTORITE.structure("labo-2027.example")
    assert _demander(nouveau).status_code == 401
    CertificatLogiciel.objects.create(id=uuid7(), logiciel=labo, dn=nouveau.dn)
    assert [_demander(p).status_code for p in (LABO, nouveau)] == [200, 200]
    CertificatLogiciel.objects.filter(dn=LABO.dn).update(fin=datetime.now(UTC))
    assert [_demander(p).status_code for p in (LABO, nouveau)] == [401, 200]


@pytest.mark.rule("OID-13", "OID-32")
def test_an_unbound_token_is_worth_nothing_in_production(labo: Logiciel, settings: Any) -> None:
    acteur = Acteur(GenreActeur.STRUCTURE, client_id="labo", portees=frozenset({"ITI-65"}))
    nu, lie = emettre_jeton(acteur), emettre_jeton(acteur, certificat="abc")
    assert lire_jeton(nu).client_id == "labo"
    settings.ES_INSTANCE = "production"
    with pytest.raises(JetonInvalide):
        lire_jeton(nu)
    assert lire_jeton(lie, "abc").client_id == "labo"
    for autre in ("", "abd", "é"):
        with pytest.raises(JetonInvalide) as refus:
            lire_jeton(lie, autre)
        assert refus.value.code == "certificat_autre"


@pytest.mark.rule("OID-32")
def test_a_suspended_software_is_refused_within_a_minute(labo: Logiciel) -> None:
    jeton = _demander(LABO).json()["access_token"]
    assert _lire(jeton, LABO).status_code == 403
    Logiciel.objects.filter(client_id="labo").update(actif=False)
    assert _demander(LABO).status_code == 401
    assert _MEMOIRE_S < 60, "a verified token stays in memory for this long at most"
    oublier()
    assert _lire(jeton, LABO).status_code == 401


@pytest.mark.rule("OID-34")
def test_production_opens_after_the_conformance_run(labo: Logiciel, settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    refus = _demander(LABO)
    assert (refus.status_code, refus.json()["error"], refus.json()["motif"]) == (
        400, "unauthorized_client", "conformite_absente",
    )  # fmt: skip
    Logiciel.objects.filter(client_id="labo").update(etape="production")
    assert _demander(LABO).status_code == 200


def _assertion(porteur: Porteur, **changes: Any) -> str:
    r = {
        "iss": "espace-sante",
        "aud": f"{reglages.ES_BASE_URL}/oauth/token",
        "exp": int(time.time()) + 120,
        "subject_organization_id": "140000011",
    } | changes
    return jwt.encode({"alg": "ES256"}, r, ECKey.import_key(porteur.cle_pem), algorithms=["ES256"])


def _echanger(porteur: Porteur | None, **corps: str) -> Any:
    return _demander(
        porteur,
        **{
            "grant_type": ECHANGE, "subject_token": _jeton_psc(UNE), "subject_token_type": ACCES, "scope": "ITI-67",
            "actor_token_type": "urn:ietf:params:oauth:token-type:jwt", **corps,
        },
    )  # fmt: skip


@pytest.mark.rule("OID-16", "OID-11", "OID-13")
def test_a_structure_vouches_for_the_exchange_with_its_certificate(simulateurs: Path) -> None:
    _logiciel("espace-sante", LABO.dn)
    reponse = _echanger(LABO, actor_token=_assertion(LABO))
    assert reponse.status_code == 200, reponse.content
    lu = examiner_jeton(reponse.json()["access_token"])
    assert lu.reclamations["act"] == {"sub": "1140000011"}
    assert lu.acteur.structure_id == "1140000011"
    assert lu.certificat


@pytest.mark.rule("OID-16")
@pytest.mark.parametrize(
    ("jeton", "motif"),
    [
        (lambda: _assertion(ETRANGER), "actor_token_invalide"),
        (lambda: _assertion(LABO, subject_organization_id="750000018"), "structure_differente"),
        (lambda: _assertion(LABO, subject_organization_id=""), "structure_differente"),
        (lambda: _assertion(LABO, exp=int(time.time()) - 120), "actor_token_invalide"),
        (lambda: _assertion(LABO, exp=int(time.time()) + 4000), "actor_token_invalide"),
        (lambda: _assertion(LABO, exp=True), "actor_token_invalide"),
        (lambda: _assertion(LABO, iss="autre"), "actor_token_invalide"),
        (lambda: _assertion(LABO, aud="https://autre.example"), "actor_token_invalide"),
        (lambda: _assertion(LABO).rsplit(".", 1)[0] + ".", "actor_token_invalide"),
        (lambda: "a.b.c", "actor_token_invalide"),
        (lambda: "a" * 9000, "actor_token_invalide"),
    ],
)
def test_an_assertion_that_is_not_of_this_structure(
    simulateurs: Path, jeton: Callable[[], str], motif: str
) -> None:
    _logiciel("espace-sante", LABO.dn)
    refus = _echanger(LABO, actor_token=jeton())
    assert (refus.status_code, refus.json()["error"], refus.json()["motif"]) == (400, "invalid_grant", motif)


@pytest.mark.rule("OID-16")
def test_an_assertion_needs_the_certificate_of_the_call(simulateurs: Path) -> None:
    _logiciel("espace-sante", LABO.dn)
    secret = {"client_id": "espace-sante", "client_secret": "secret-de-test"}
    assert _echanger(None, actor_token=_assertion(LABO), **secret).json()["error"] == "invalid_request"
    assert _echanger(LABO).json()["error"] == "invalid_request"
    # A VIHF is not read: said so, never taken on trust beside a token that is good.
    for genre in ("saml2", "saml1"):
        type_ = f"urn:ietf:params:oauth:token-type:{genre}"
        for assertion in (_assertion(LABO), "PHNhbWwyOkFzc2VydGlvbi8+"):
            refus = _echanger(LABO, actor_token=assertion, actor_token_type=type_)
            assert (refus.status_code, refus.json()["error"]) == (400, "invalid_request")


@pytest.mark.rule("OID-14")
def test_a_token_of_two_minutes_that_is_over(simulateurs: Path) -> None:
    _logiciel("espace-sante", LABO.dn)
    with time_machine.travel(time.time() - 200, tick=True):
        jeton = _jeton_psc(UNE)
    refus = _echanger(LABO, subject_token=jeton, actor_token_type="")
    assert refus.json()["error"] == "invalid_request"
    corps = {"grant_type": ECHANGE, "subject_token": jeton, "subject_token_type": ACCES, "scope": "ITI-67"}
    assert _demander(LABO, **corps).json()["error"] == "invalid_grant"
