"""Decoupled login with the e-CPS, asked by software, against the simulated Pro Santé Connect (OID-09, OID-36)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces.jetons import tracer_jeton
from espace_sante.identite import decouple
from espace_sante.identite.jetons import lire_jeton
from espace_sante.identite.models import DemandeDecouplee, Logiciel, Professionnel
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform import ciba, oidc
from espace_sante.simulateurs.openid import ciba as telephone
from tests.connexion.conftest import ABSENT, DEUX, INACTIF, REGULATEUR, UNE

pytestmark = pytest.mark.django_db
GRANT = "urn:openid:params:grant-type:ciba"
SECRET = "secret-de-test"


@pytest.fixture(autouse=True)
def offerte(simulateurs: Path, settings: Any) -> None:
    settings.ES_CIBA = True
    for client_id in ("lps", "autre-lps"):
        Logiciel.objects.create(
            client_id=client_id,
            nom=client_id,
            secret_hache=make_password(SECRET),
            portees=["ITI-65", "ITI-67"],
        )


def _poster(adresse: str, client_id: str = "lps", **corps: str) -> Any:
    formulaire = urlencode({"client_id": client_id, "client_secret": SECRET, **corps})
    return Client().post(adresse, formulaire, content_type="application/x-www-form-urlencoded")


def _demander(rpps: str = UNE, **corps: str) -> Any:
    return _poster(
        "/oauth/ciba",
        **{"login_hint": f"8{rpps}", "scope": "openid ITI-67", "binding_message": "Salle 4", **corps},
    )


def _numero(**corps: str) -> str:
    reponse = _demander(**corps)
    assert reponse.status_code == 200, reponse.content
    return str(json.loads(reponse.content)["auth_req_id"])


def _relever(numero: str, client_id: str = "lps", **corps: str) -> Any:
    return _poster("/oauth/token", client_id, grant_type=GRANT, auth_req_id=numero, **corps)


def _code(reponse: Any) -> str:
    return str(json.loads(reponse.content).get("error"))


def _repondre(geste: str = "ecps", message: str = "Salle 4") -> None:
    """The person takes her telephone, sees the message, answers."""
    page = Client().get("/simulateurs/psc/telephone").content.decode()
    assert message in page
    appel = re.search(r'name="appel" value="([0-9a-f]+)"', page)
    assert appel
    fait = Client().post("/simulateurs/psc/telephone", {"appel": appel[1], "geste": geste})
    assert "C&#x27;est fait" in fait.content.decode() or "C'est fait" in fait.content.decode()


def _plus_tard(secondes: float = 6) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=secondes))


@pytest.mark.rule("OID-09", "OID-36", "OID-15", "OID-17")
def test_a_login_on_the_telephone_gives_the_token_of_an_exchange() -> None:
    reponse = _demander()
    dit = json.loads(reponse.content)
    assert dit["binding_message"] == "Salle 4" and 0 < dit["expires_in"] <= 120 and dit["interval"] >= 1
    assert "no-store" in reponse["Cache-Control"]
    numero = dit["auth_req_id"]
    attente = _relever(numero)
    assert (attente.status_code, _code(attente)) == (400, "authorization_pending")
    _repondre()
    with _plus_tard():
        donne = _relever(numero)
        assert donne.status_code == 200, donne.content
        corps = json.loads(donne.content)
        assert "refresh_token" not in corps and corps["scope"] == "ITI-67"
        acteur = lire_jeton(corps["access_token"])
    assert (acteur.genre, acteur.rpps, acteur.client_id) == (GenreActeur.PROFESSIONNEL, UNE, "lps")
    assert acteur.deux_facteurs and acteur.structure_id == "1140000011"
    # Once.
    assert _code(_relever(numero)) == "invalid_grant"
    assert not DemandeDecouplee.objects.exists()


@pytest.mark.rule("OID-09")
def test_it_is_off_by_default_and_then_nothing_tells_of_it(settings: Any) -> None:
    settings.ES_CIBA = False
    assert _code(_demander()) == "unauthorized_client"
    assert _code(_relever("x")) == "unsupported_grant_type"
    assert "ciba" not in Client().get("/.well-known/oauth-authorization-server").content.decode()
    settings.ES_CIBA = True
    dit = json.loads(Client().get("/.well-known/oauth-authorization-server").content)
    assert dit["backchannel_authentication_endpoint"].endswith("/oauth/ciba")
    assert (
        dit["backchannel_token_delivery_modes_supported"] == ["poll"]
        and GRANT in dit["grant_types_supported"]
    )


@pytest.mark.rule("OID-09")
def test_who_polls_too_fast_is_slowed_and_who_refuses_ends_it() -> None:
    numero = _numero()
    assert [_code(_relever(numero)) for _ in range(3)] == ["authorization_pending", "slow_down", "slow_down"]
    assert DemandeDecouplee.objects.get().intervalle_s == telephone.INTERVALLE_S + 10
    _repondre("refus")
    with _plus_tard(20):
        assert _code(_relever(numero)) == "access_denied"
        assert _code(_relever(numero)) == "invalid_grant"


@pytest.mark.rule("OID-09")
def test_a_request_dies_in_time_even_confirmed() -> None:
    numero = _numero(requested_expiry="30")
    _repondre()
    with _plus_tard(31):
        assert _code(_relever(numero)) == "expired_token"
    assert _code(_relever(numero)) == "invalid_grant"
    # Ours ends it too, whatever the provider would still give.
    numero = _numero()
    _repondre()
    DemandeDecouplee.objects.update(expire_le=datetime.now(UTC) - timedelta(seconds=1))
    assert _code(_relever(numero)) == "expired_token"
    assert json.loads(_demander(requested_expiry="9999").content)["expires_in"] == 120
    decouple.purger(datetime.now(UTC) + timedelta(minutes=5))
    assert not DemandeDecouplee.objects.exists()


@pytest.mark.rule("OID-09", "OID-19")
def test_a_request_belongs_to_its_software() -> None:
    numero = _numero()
    _repondre()
    assert _code(_relever(numero, "autre-lps")) == "invalid_grant"
    assert _relever(numero).status_code == 200


@pytest.mark.rule("OID-09", "OID-03")
def test_a_confirmation_without_two_factors_gives_nothing() -> None:
    numero = _numero()
    _repondre("niveau_absent")
    refus = _relever(numero)
    assert (_code(refus), json.loads(refus.content)["motif"]) == (
        "invalid_grant",
        "authentification_insuffisante",
    )


@pytest.mark.rule("OID-09")
def test_another_person_s_confirmation_is_refused() -> None:
    numero = _numero()
    DemandeDecouplee.objects.update(parametres={"rpps": REGULATEUR, "scope": "ITI-67"})
    _repondre()
    refus = _relever(numero)
    assert (_code(refus), json.loads(refus.content)["motif"]) == ("access_denied", "personne_differente")


@pytest.mark.rule("OID-09", "OID-04", "IDN-53")
def test_no_telephone_rings_for_what_would_be_refused(simulateurs: Path) -> None:
    cas: list[tuple[dict[str, str], str]] = [
        ({"login_hint": ""}, "invalid_request"), ({"login_hint": "Anne"}, "unknown_user_id"),
        ({"login_hint": "0" * 12}, "unknown_user_id"), ({"rpps": ABSENT}, "unknown_user_id"),
        ({"rpps": INACTIF}, "unknown_user_id"), ({"rpps": DEUX}, "invalid_request"),
        ({"login_hint_token": "x"}, "invalid_request"), ({"id_token_hint": "x"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"), ({"scope": "ITI-68"}, "invalid_scope"), ({"scope": ""}, "invalid_scope"),
        ({"binding_message": "x"}, "invalid_binding_message"), ({"binding_message": "a" * 33}, "invalid_binding_message"),
        ({"binding_message": "Allez sur https://faux.example"}, "invalid_binding_message"),
        ({"binding_message": " ab"}, "invalid_binding_message"), ({"binding_message": "a\nb"}, "invalid_binding_message"),
        ({"requested_expiry": "0"}, "invalid_request"), ({"requested_expiry": "-1"}, "invalid_request"),
        ({"requested_expiry": "²"}, "invalid_request"), ({"client_id": "inconnu"}, "invalid_client"),
        ({"structure": "990000018"}, "unknown_user_id"),
    ]  # fmt: skip
    assert [_code(_demander(**corps)) for corps, _ in cas] == [attendu for _, attendu in cas]
    assert not list(telephone.qui_sonnent(simulateurs / "psc"))
    assert not DemandeDecouplee.objects.exists()
    assert _demander(rpps=DEUX, structure="140000029").status_code == 200


@pytest.mark.rule("OID-09")
def test_without_a_message_one_is_made_for_both_screens() -> None:
    message = json.loads(_demander(binding_message="").content)["binding_message"]
    assert re.fullmatch(r"[0-9]{4}", message)
    _repondre(message=message)


@pytest.mark.rule("OID-09")
def test_a_telephone_does_not_ring_without_end() -> None:
    assert [_demander().status_code for _ in range(4)] == [200, 200, 200, 403]
    with _plus_tard(121):
        assert _demander().status_code == 200


@pytest.mark.rule("OID-09", "OID-35")
def test_request_and_token_are_traced_polls_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    motifs: list[tuple[str, bool, str]] = []

    def noter(acteur: Any, contexte: Any, motif: str, *, refus: bool = False) -> None:
        motifs.append((motif, refus, acteur.rpps))
        tracer_jeton(acteur, contexte, motif, refus=refus)

    monkeypatch.setattr("espace_sante.api.oauth.traces.tracer_jeton", noter)
    numero = _numero()
    assert [_code(_relever(numero)) for _ in range(2)] == ["authorization_pending", "slow_down"]
    _repondre()
    with _plus_tard(20):
        assert _relever(numero).status_code == 200
    _relever(numero)
    assert motifs == [
        ("decouplee demandee", False, UNE), ("emis decouplee", False, UNE), ("refus invalid_grant", True, ""),
    ]  # fmt: skip


@pytest.mark.rule("OID-09", "OID-14")
def test_a_provider_that_fails_accepts_nobody() -> None:
    numero = _numero()
    _repondre()
    oidc.utiliser_transport(httpx.MockTransport(lambda _: httpx.Response(503)))
    panne = _relever(numero)
    assert (panne.status_code, _code(panne)) == (503, "temporarily_unavailable")
    assert _demander().status_code == 503
    assert Professionnel.objects.filter(rpps=UNE).exists()


@pytest.mark.rule("OID-09")
@pytest.mark.parametrize(
    ("statut", "corps", "attendu"),
    [
        (400, {"error": "unknown_user_id"}, "unknown_user_id"),
        (400, {"error": "invalid_binding_message"}, "invalid_binding_message"),
        (403, {"error": "access_denied"}, "access_denied"),
        (401, {"error": "invalid_client"}, "temporarily_unavailable"),
        (400, [], "temporarily_unavailable"), (200, {}, "temporarily_unavailable"),
        (200, {"auth_req_id": "x", "expires_in": True}, "temporarily_unavailable"),
        (200, {"auth_req_id": "x", "expires_in": 60, "interval": -1}, "temporarily_unavailable"),
    ],
)  # fmt: skip
def test_what_the_provider_says_is_read_with_care(statut: int, corps: Any, attendu: str) -> None:
    decouverte = json.loads(Client().get("/simulateurs/psc/.well-known/wallet-openid-configuration").content)

    def repondre(requete: httpx.Request) -> httpx.Response:
        if requete.method == "GET":
            return httpx.Response(200, json=decouverte)
        return httpx.Response(statut, json=corps)

    oidc.utiliser_transport(httpx.MockTransport(repondre))
    assert _code(_demander()) == attendu
    assert not DemandeDecouplee.objects.exists()


def test_the_provider_s_number_is_not_kept_in_clear() -> None:
    numero = _numero()
    ligne = DemandeDecouplee.objects.get()
    (appel,) = telephone.qui_sonnent(Path(_dossier()))
    assert numero.encode() not in bytes(ligne.scelle) + bytes(ligne.empreinte)
    assert appel.cle not in str(ligne.parametres)
    assert "auth_req_id" not in repr(ciba.Demandee("secret", 1, 1)) and "secret" not in repr(
        ciba.Demandee("secret", 1, 1)
    )


def _dossier() -> str:
    from django.conf import settings

    return f"{settings.ES_DATA}/simulateurs/psc"
