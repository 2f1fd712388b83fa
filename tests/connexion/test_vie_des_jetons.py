"""A token's life at our addresses: what it says, its end, what is traced, and what no token is (OID-20, OID-23, OID-35)."""

from __future__ import annotations

import base64
import json
import logging
import zlib
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from espace_sante.identite import cles_jetons, jetons, revocations
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import JetonInvalide, lire_jeton, oublier
from espace_sante.identite.logiciels.queries import CANAL
from espace_sante.identite.models import JetonRevoque, Logiciel
from espace_sante.traces.ecriture import Acte, tracer_hors_dossier
from tests.connexion.conftest import UNE
from tests.connexion.test_oauth import _demander, _echanger, _jeton_psc

pytestmark = pytest.mark.django_db
_FORMULAIRE = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def logiciels(simulateurs: Path) -> None:
    for client_id, portees in (
        ("espace-sante", ["ITI-67", "user/DocumentReference.rs"]),
        ("labo", ["ITI-65", "ITI-105"]),
        ("serveur", ["ITI-102"]),
    ):
        Logiciel.objects.create(
            client_id=client_id,
            nom=client_id,
            secret_hache=make_password("secret-de-test"),
            portees=portees,
            structure_id="1140000011",
        )


def _a(adresse: str, client_id: str, **corps: str) -> Any:
    donnees = {"client_id": client_id, "client_secret": "secret-de-test", **corps}
    return Client(raise_request_exception=False).post(adresse, urlencode(donnees), content_type=_FORMULAIRE)


def _jeton() -> str:
    return str(_demander("labo", grant_type="client_credentials", scope="ITI-65").json()["access_token"])


def _etat(jeton: str, client_id: str = "serveur") -> Any:
    return _a("/oauth/introspect", client_id, token=jeton).json()


@pytest.mark.rule("OID-15", "OID-20")
def test_introspection_says_what_the_token_states() -> None:
    jeton = _echanger(_jeton_psc(UNE)).json()["access_token"]
    etat = _etat(jeton)
    assert etat["active"] is True
    assert (etat["client_id"], etat["scope"], etat["token_type"]) == ("espace-sante", "ITI-67", "Bearer")
    iua = etat["extensions"]["ihe_iua"]
    assert iua["national_provider_identifier"] == f"8{UNE}"
    assert iua["subject_role"] == [{"system": "TRE_G15", "code": "10"}]
    assert iua["purpose_of_use"] == [{"code": "normal"}]
    assert iua["subject_organization_id"] == "1140000011"
    assert "person_id" not in iua, "a token names no patient"


@pytest.mark.rule("OID-20")
def test_introspection_tells_nothing_to_others() -> None:
    jeton = _jeton()
    assert _etat(jeton, "labo")["active"] is True, "its own"
    assert _etat(jeton, "espace-sante") == {"active": False}
    for autre in ("n'importe quoi", "a.b.c", jeton[:-4] + "AAAA"):
        assert _etat(autre) == {"active": False}
    refus = Client().post("/oauth/introspect", urlencode({"token": jeton}), content_type=_FORMULAIRE)
    assert (refus.status_code, refus.json()["error"]) == (401, "invalid_client")
    assert _a("/oauth/introspect", "serveur").json()["error"] == "invalid_request"


@pytest.mark.rule("OID-20")
def test_a_revoked_token_dies_at_once() -> None:
    jeton, autre = _jeton(), _jeton()
    assert lire_jeton(jeton) == lire_jeton(autre)
    assert _a("/oauth/revoke", "espace-sante", token=jeton).status_code == 200
    assert _etat(jeton)["active"] is True, "nobody ends another's token"
    reponse = _a("/oauth/revoke", "labo", token=jeton)
    assert (reponse.status_code, reponse.content) == (200, b"")
    with pytest.raises(JetonInvalide) as refus:
        lire_jeton(jeton)
    assert refus.value.code == "jeton_revoque"
    assert lire_jeton(autre).client_id == "labo"
    assert _etat(jeton) == {"active": False}
    for inconnu in (jeton, "rien", "a.b.c"):
        assert _a("/oauth/revoke", "labo", token=inconnu).status_code == 200


@pytest.mark.rule("OID-20")
def test_a_process_that_cannot_hear_of_revocations_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    jeton = _jeton()
    assert lire_jeton(jeton).client_id == "labo"
    # Revoked by another process, of which this one was not told.
    jti = json.loads(_b64d(jeton.split(".")[1]))["jti"]
    JetonRevoque.objects.create(jti=jti, expire_le="2036-01-01T00:00Z")
    assert lire_jeton(jeton).client_id == "labo", "from memory: this is what hearing is for"
    monkeypatch.setattr(revocations, "_entend", False)
    with pytest.raises(JetonInvalide):
        lire_jeton(jeton)


@pytest.mark.rule("OID-20")
def test_what_was_verified_before_a_revocation_is_not_kept_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    jeton = _jeton()
    vivant = jetons.logiciel_actif_et_jeton_revoque

    def pendant(client_id: str, noms: tuple[str, ...]) -> tuple[bool, bool]:
        lu = vivant(client_id, noms)
        (jti,) = noms
        JetonRevoque.objects.get_or_create(jti=jti, defaults={"expire_le": "2036-01-01T00:00Z"})
        oublier(jti)
        return lu

    monkeypatch.setattr(jetons, "logiciel_actif_et_jeton_revoque", pendant)
    assert lire_jeton(jeton).client_id == "labo", "judged just before"
    with pytest.raises(JetonInvalide):
        lire_jeton(jeton)


@pytest.mark.rule("OID-20")
def test_a_process_hears_revocations_as_they_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    entendus: Queue[str] = Queue()
    fin = Event()
    monkeypatch.setattr(revocations, "_VEILLE_S", 0.1)
    monkeypatch.setattr(revocations, "_entend", None)
    fil = revocations.ecouter(entendus.put, fin=fin)
    try:
        assert not revocations.memoire_sure() or not entendus.empty()
        assert entendus.get(timeout=5) == "", "what was kept before it could hear is forgotten"
        parametres = connection.get_connection_params()
        joindre = {
            c: parametres[c] for c in ("dbname", "user", "password", "host", "port") if parametres.get(c)
        }
        with psycopg.connect(**joindre, autocommit=True) as autre:
            autre.execute("SELECT pg_notify(%s, %s)", [CANAL, "un-jeton"])
        assert entendus.get(timeout=5) == "un-jeton"
        assert revocations.memoire_sure()
    finally:
        fin.set()
        fil.join(timeout=5)
    assert not fil.is_alive()


@pytest.mark.rule("OID-35")
def test_each_token_given_refused_or_revoked_is_traced(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    faites: list[tuple[str, str, str, str]] = []

    def noter(acteur: Acteur, contexte: Contexte, acte: Acte) -> None:
        # The application's role writes these traces and cannot read them back.
        tracer_hors_dossier(acteur, contexte, acte)
        faites.append((acte.resultat.value, acte.motif, acteur.identifiant, contexte.logiciel))

    monkeypatch.setattr("espace_sante.acces.jetons.tracer_hors_dossier", noter)
    caplog.set_level(logging.INFO, "espace_sante")
    jeton = _echanger(_jeton_psc(UNE)).json()["access_token"]
    _demander("espace-sante", grant_type="client_credentials", scope="ITI-67")
    _demander("inconnu", grant_type="client_credentials", scope="ITI-67")
    _a("/oauth/revoke", "espace-sante", token=jeton)
    assert faites == [
        ("fait", "emis echange", UNE, "espace-sante"),
        ("refus", "refus invalid_scope", "1140000011", "espace-sante"),
        ("refus", "refus invalid_client", "", ""),
        ("fait", "revoque", UNE, "espace-sante"),
    ]
    champs = [r.champs for r in caplog.records if r.message == "jeton"]  # type: ignore[attr-defined]
    assert [c["motif"] for c in champs] == [motif for _, motif, _, _ in faites]
    assert UNE not in json.dumps(champs), "the journal names no person"


@pytest.mark.rule("OID-35")
def test_no_token_without_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def panne(*_: object, **__: object) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr("espace_sante.acces.jetons.tracer_hors_dossier", panne)
    reponse = _a("/oauth/token", "labo", grant_type="client_credentials", scope="ITI-65")
    assert reponse.status_code >= 500
    assert b"access_token" not in reponse.content


@pytest.mark.rule("OID-23")
@pytest.mark.parametrize("adresse", ["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/lien"])
def test_nothing_is_given_in_the_address(adresse: str) -> None:
    donnees = urlencode({"client_id": "labo", "client_secret": "secret-de-test"})
    for requete in (donnees, "access_token=x", "%00"):
        refus = Client().post(f"{adresse}?{requete}", "token=x", content_type=_FORMULAIRE)
        assert (refus.status_code, refus.json()["error"]) == (400, "invalid_request")
    jeton = _jeton()
    assert Client().get(f"/fhir/Patient?access_token={jeton}").status_code == 400
    entete = {"Authorization": f"Bearer {jeton}"}
    assert Client().get(f"/fhir/Patient?access_token={jeton}", headers=entete).status_code == 400


@pytest.mark.rule("OID-19")
def test_a_call_outside_the_token_is_insufficient_scope() -> None:
    refus = Client().get("/fhir/Patient", headers={"Authorization": f"Bearer {_jeton()}"})
    assert refus.status_code == 403
    assert 'error="insufficient_scope"' in refus["WWW-Authenticate"]


@pytest.mark.rule("OID-19")
def test_a_smart_scope_is_granted_within_the_registration() -> None:
    reponse = _echanger(_jeton_psc(UNE), scope="user/DocumentReference.rs")
    assert reponse.json()["scope"] == "user/DocumentReference.rs"
    assert "ITI-67" in lire_jeton(reponse.json()["access_token"]).portees
    for scope in (
        "user/DocumentReference.crs",
        "patient/DocumentReference.rs",
        "system/DocumentReference.rs",
    ):
        assert _echanger(_jeton_psc(UNE), scope=scope).json()["error"] == "invalid_scope"


@pytest.mark.rule("OID-11")
def test_a_token_for_another_service_is_refused() -> None:
    assert _echanger(_jeton_psc(UNE), audience="https://ailleurs.example").json()["error"] == "invalid_target"
    assert _echanger(_jeton_psc(UNE), resource="http://testserver/fhir").status_code == 200


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _b64d(texte: str) -> bytes:
    return base64.urlsafe_b64decode(texte + "==")


def _faux(jeton: str) -> dict[str, str]:
    tete, charge, signature = jeton.split(".")
    r = json.loads(_b64d(charge))
    kid = cles_jetons.signataire().kid

    def tetes(**h: object) -> str:
        return _b64(json.dumps(h).encode())

    return {
        "alg none": f"{tetes(alg='none')}.{charge}.",
        "alg None": f"{tetes(alg='None', typ='at+jwt', kid=kid)}.{charge}.",
        "alg HS256": f"{tetes(alg='HS256', typ='at+jwt', kid=kid)}.{charge}.{signature}",
        "alg a list": f"{tetes(alg=['Ed25519'], kid=kid)}.{charge}.{signature}",
        "kid a path": f"{tetes(alg='Ed25519', typ='at+jwt', kid='../../jetons.key')}.{charge}.{signature}",
        "kid an object": f"{tetes(alg='Ed25519', typ='at+jwt', kid={})}.{charge}.{signature}",
        "key in the token": f"{tetes(alg='Ed25519', jwk=cles_jetons.publiques()[0])}.{charge}.{signature}",
        "crit": f"{tetes(alg='Ed25519', kid=kid, crit=['b64'], b64=False)}.{charge}.{signature}",
        "other claims": f"{tete}.{_b64(json.dumps(r | {'scope': 'ITI-67'}).encode())}.{signature}",
        "signature swapped": f"{tete}.{charge}.{_jeton().split('.')[2]}",
        "no signature": f"{tete}.{charge}.",
        "one part": tete,
        "two parts": f"{tete}.{charge}",
        "four parts": f"{jeton}.{signature}",
        "five parts, compressed": f"{tetes(alg='dir', enc='A256GCM', zip='DEF')}...{_b64(zlib.compress(bytes(10**6)))}.",
        "very long": f"{tete}.{_b64(b'[' * 200_000)}.{signature}",
        "deep": f"{_b64(b'[' * 5000)}.{charge}.{signature}",
        "no JSON": f"{_b64(b'rien')}.{charge}.{signature}",
        "JSON, no object": f"{_b64(b'1')}.{charge}.{signature}",
        "unicode": jeton + "é",
        "empty parts": "..",
    }  # fmt: skip


@pytest.mark.rule("OID-20")
def test_what_no_token_is_opens_nothing() -> None:
    bon = _jeton()
    for nom, faux in _faux(bon).items():
        oublier()
        with pytest.raises(JetonInvalide):
            lire_jeton(faux)
        reponse = Client().get("/fhir/Patient", headers={"Authorization": f"Bearer {faux}"})
        assert reponse.status_code == 401, nom
        etat = _etat(faux)
        assert etat == {"active": False} or etat["error"] == "invalid_request", nom


_TEXTE = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
_CORPS = st.dictionaries(
    st.sampled_from(
        ["grant_type", "scope", "subject_token", "subject_token_type", "actor_token", "actor_token_type", "audience",
         "requested_token_type", "situation", "structure", "purpose_of_use", "person_id", "token", "client_id"]
    ),
    st.one_of(
        _TEXTE,
        st.sampled_from(
            ["urn:ietf:params:oauth:grant-type:token-exchange", "client_credentials", "ITI-65", "ITI-67 ITI-67",
             "urn:ietf:params:oauth:token-type:jwt", "urn:oid:1.2.250.1.213.1.4.10|279035121518989", "a.b.c", "0" * 300]
        ),
    ),
    max_size=8,
)  # fmt: skip


@pytest.mark.rule("OID-11", "OID-20")
@given(
    _CORPS,
    st.sampled_from(["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/lien"]),
    st.booleans(),
)
@example({"scope": "\x00"}, "/oauth/token", True)
@example({"token": "é" * 50}, "/oauth/introspect", True)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_request_breaks_the_server(corps: dict[str, str], adresse: str, connu: bool) -> None:
    base = {"client_id": "labo", "client_secret": "secret-de-test"} if connu else {}
    reponse = Client(raise_request_exception=False).post(
        adresse, urlencode({**corps, **base}, errors="surrogatepass"), content_type=_FORMULAIRE
    )
    assert reponse.status_code < 500, (corps, reponse.content)
    if adresse == "/oauth/token" and reponse.status_code == 200:
        assert "ITI-67" not in lire_jeton(reponse.json()["access_token"]).portees


@pytest.mark.parametrize(
    "entete",
    [
        "Bearer",
        "Basic",
        "Basic é",
        "Basic " + "A" * 3000,
        "Basic Og==",
        "Bearer a.b.c",
        "Digest x",
        "Basic /w==",
    ],
)
def test_no_header_breaks_the_server(entete: str) -> None:
    for adresse in ("/oauth/token", "/oauth/revoke", "/oauth/lien"):
        reponse = Client(raise_request_exception=False).post(
            adresse, "grant_type=client_credentials&token=x", content_type=_FORMULAIRE,
            headers={"Authorization": entete},
        )  # fmt: skip
        assert reponse.status_code == 401, reponse.content


def test_revocations_over_are_forgotten() -> None:
    vieux = UUID(int=1)
    JetonRevoque.objects.create(jti=vieux, expire_le="2020-01-01T00:00Z")
    _a("/oauth/revoke", "labo", token=_jeton())
    assert not JetonRevoque.objects.filter(jti=vieux).exists()
    assert JetonRevoque.objects.count() == 1
