"""Codes and tokens of a paired service: one use, one service, one address, and their end (OID-28, OID-29)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces.models import Appairage, SessionAppairage
from espace_sante.acces.tests.fabrique import dossier, titulaire
from espace_sante.dossier.models import Dossier
from espace_sante.identite import jetons
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.espace.tests.conftest import connecter
from tests.connexion.service import (
    ECRIRE,
    FINALITES,
    RETOUR,
    TENSION,
    Monde,
    corps,
    infos,
    traces,
    un_monde,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> Monde:
    return un_monde()


@pytest.mark.rule("OID-28")
@pytest.mark.parametrize(
    ("autres", "motif"),
    [
        ({"redirect_uri": RETOUR + "/"}, "autre_retour"),
        ({"code_verifier": "w" * 43}, "pkce"),
        ({"code_verifier": "court"}, "pkce"),
        ({"code": "invente"}, "illisible"),
    ],
)
def test_a_code_serves_only_as_it_was_asked_for(monde: Monde, autres: dict[str, str], motif: str) -> None:
    code = monde.code()
    reponse = monde.echanger(code, **autres)
    assert (reponse.status_code, reponse.json()["error"], reponse.json()["motif"]) == (
        400,
        "invalid_grant",
        motif,
    )
    if motif != "illisible":
        assert monde.echanger(code).status_code == 400, "a code that was tried serves no more"


@pytest.mark.rule("OID-28")
def test_a_code_lives_sixty_seconds(monde: Monde) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as temps:
        monde.navigateur = connecter(titulaire(monde.dossier_id))
        premier, second = monde.code(), monde.code()
        temps.shift(59)
        assert monde.echanger(premier).status_code == 200
        temps.shift(1)
        assert monde.echanger(second).json()["motif"] == "expire"


@pytest.mark.rule("OID-28")
def test_a_code_shown_twice_ends_every_token_that_came_of_it(monde: Monde) -> None:
    code = monde.code()
    remis = monde.echanger(code).json()
    assert infos(remis["access_token"]).status_code == 200
    assert monde.echanger(code).json()["error"] == "invalid_grant"
    assert infos(remis["access_token"]).status_code == 401
    assert monde.rafraichir(remis["refresh_token"]).status_code == 400
    with portee(monde.dossier_id):
        assert Avis.objects.filter(genre="appairage_coupe").exists()
    assert ("appairage_acces", "refus", "jeton_deja_utilise") in traces(monde.dossier_id)


@pytest.mark.rule("OID-28")
def test_a_refresh_token_serves_once_and_slides(monde: Monde) -> None:
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as temps:
        monde.navigateur = connecter(titulaire(monde.dossier_id))
        remis = monde.remise(TENSION, ECRIRE)
        for _ in range(3):
            temps.shift(89 * 86_400)
            jetons.oublier()
            suivant = monde.rafraichir(remis["refresh_token"])
            assert suivant.status_code == 200, suivant.content
            assert suivant.json()["refresh_token"] != remis["refresh_token"]
            ancien, remis = remis, suivant.json()
        assert infos(remis["access_token"]).status_code == 200
        # The former one again: somebody else has it.
        assert monde.rafraichir(ancien["refresh_token"]).json()["motif"] == "deja_utilise"
        assert infos(remis["access_token"]).status_code == 401
        assert monde.rafraichir(remis["refresh_token"]).json()["motif"] == "termine"
        monde.navigateur = connecter(titulaire(monde.dossier_id))
        remis = monde.remise(TENSION)
        temps.shift(90 * 86_400)
        assert monde.rafraichir(remis["refresh_token"]).json()["motif"] == "expire"


@pytest.mark.rule("OID-19", "OID-28")
def test_a_refresh_may_ask_less_and_never_more(monde: Monde) -> None:
    remis = monde.remise(TENSION, ECRIRE)
    reponse = monde.rafraichir(remis["refresh_token"], scope="patient/Appointment.rs")
    assert (reponse.status_code, reponse.json()["error"]) == (400, "invalid_scope")
    moins = monde.rafraichir(remis["refresh_token"], scope="patient/Observation.crus")
    assert moins.status_code == 200, "a refused scope costs nothing"


@pytest.mark.rule("OID-28")
def test_codes_and_tokens_of_another_service_are_refused(monde: Monde) -> None:
    Logiciel.objects.create(
        client_id="autre-service", nom="Autre", service=True, secret_hache=make_password("secret-de-test"),
        retours=[RETOUR], finalites=FINALITES,
    )  # fmt: skip
    code = monde.code()
    autre = Monde(monde.dossier_id, monde.navigateur, "autre-service")
    assert autre.echanger(code).json()["motif"] == "autre_client"
    remis = monde.echanger(code).json()
    assert autre.rafraichir(remis["refresh_token"]).json()["motif"] == "autre_client"
    # Trying to end it does nothing either.
    Client().post(
        "/oauth/revoke",
        urlencode(
            {"client_id": "autre-service", "client_secret": "secret-de-test", "token": remis["refresh_token"]}
        ),
        content_type="application/x-www-form-urlencoded",
    )
    assert infos(remis["access_token"]).status_code == 200
    assert monde.rafraichir(remis["refresh_token"]).status_code == 200
    assert autre.remise(TENSION)["id_token"] != remis["id_token"]
    assert corps(autre.remise(TENSION)["id_token"])["sub"] != corps(remis["id_token"])["sub"]


@pytest.mark.rule("OID-30")
@pytest.mark.parametrize(
    "grant", ["password", "implicit", "", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_other_grants_are_refused(monde: Monde, grant: str) -> None:
    reponse = monde.jeton(grant_type=grant, username="a", password="b")
    assert (reponse.status_code, reponse.json()["error"]) == (400, "unsupported_grant_type")


def test_a_software_that_is_no_service_gets_no_pairing(monde: Monde) -> None:
    Logiciel.objects.filter(client_id=monde.client_id).update(service=False)
    assert monde.navigateur.get("/oauth/authorize", monde.demande()).status_code == 400
    assert monde.echanger("x").json()["error"] == "unauthorized_client"


@pytest.mark.rule("OID-28", "OID-20", "OID-35")
def test_withdrawn_by_the_holder_its_tokens_die_at_once(monde: Monde) -> None:
    remis = monde.remise()
    en_attente = monde.code()
    assert infos(remis["access_token"]).status_code == 200
    with portee(monde.dossier_id):
        appairage_id = Appairage.objects.get().id
    assert "Carnet de tension" in monde.navigateur.get("/espace/services/").content.decode()
    assert monde.navigateur.get(f"/espace/services/{appairage_id}/retrait/").status_code == 200
    assert monde.navigateur.post(f"/espace/services/{appairage_id}/retrait/").status_code == 302
    assert infos(remis["access_token"]).status_code == 401
    assert monde.rafraichir(remis["refresh_token"]).json()["motif"] == "termine"
    assert monde.echanger(en_attente).json()["motif"] == "termine"
    assert traces(monde.dossier_id)[-1] == ("appairage_retrait", "fait", "")
    assert monde.navigateur.post(f"/espace/services/{appairage_id}/retrait/").status_code == 404
    # A new pairing gives nothing back to the former tokens.
    nouveau = monde.remise()
    assert infos(nouveau["access_token"]).status_code == 200
    assert infos(remis["access_token"]).status_code == 401


@pytest.mark.rule("OID-28")
def test_the_holder_changes_kinds_one_by_one(monde: Monde) -> None:
    remis = monde.remise(TENSION, ECRIRE)
    with portee(monde.dossier_id):
        appairage_id = Appairage.objects.get().id
    page = f"/espace/services/{appairage_id}/"
    assert monde.navigateur.get(page).content.decode().count(" checked") == 2
    assert monde.navigateur.post(page, {"ligne": []}).status_code == 422
    assert monde.navigateur.post(page, {"ligne": [TENSION, "soins documents:lire"]}).status_code == 302
    with portee(monde.dossier_id):
        assert Appairage.objects.get().lignes == [TENSION]
    assert monde.rafraichir(remis["refresh_token"]).json()["scope"] == "openid patient/Observation.rs"
    assert [a for a, _, _ in traces(monde.dossier_id)] == ["appairage", "appairage_change"]


def test_the_pages_of_another_holder_are_not_found(monde: Monde) -> None:
    monde.remise()
    with portee(monde.dossier_id):
        appairage_id = Appairage.objects.get().id
    autre_id, _ = dossier(2)
    autre = connecter(titulaire(autre_id))
    assert "Carnet de tension" not in autre.get("/espace/services/").content.decode()
    for adresse in (f"/espace/services/{appairage_id}/", f"/espace/services/{appairage_id}/retrait/"):
        assert autre.get(adresse).status_code == 404
        assert autre.post(adresse, {"ligne": [TENSION]}).status_code == 404
    assert monde.navigateur.get(f"/espace/services/{uuid7()}/").status_code == 404


@pytest.mark.rule("OID-20")
def test_a_service_gives_its_tokens_back(monde: Monde) -> None:
    remis = monde.remise()
    reponse = Client().post(
        "/oauth/revoke",
        urlencode(
            {"client_id": monde.client_id, "client_secret": "secret-de-test", "token": remis["refresh_token"]}
        ),
        content_type="application/x-www-form-urlencoded",
    )
    assert reponse.status_code == 200
    assert infos(remis["access_token"]).status_code == 401
    assert monde.rafraichir(remis["refresh_token"]).status_code == 400
    assert traces(monde.dossier_id)[-1] == ("appairage_retrait", "fait", "jeton_rendu")


@pytest.mark.rule("OID-32")
def test_a_suspended_service_is_refused_everywhere(monde: Monde) -> None:
    remis, code = monde.remise(), monde.code()
    Logiciel.objects.filter(client_id=monde.client_id).update(actif=False)
    jetons.oublier()
    assert infos(remis["access_token"]).status_code == 401
    assert monde.rafraichir(remis["refresh_token"]).status_code == 401
    assert monde.echanger(code).status_code == 401
    assert monde.navigateur.get("/oauth/authorize", monde.demande()).status_code == 400


def test_a_closed_record_gives_no_token(monde: Monde) -> None:
    remis = monde.remise()
    with portee(monde.dossier_id):
        Dossier.objects.filter(dossier_id=monde.dossier_id).update(etat=EtatProfil.SUSPENDU.value)
    assert monde.rafraichir(remis["refresh_token"]).json()["motif"] == "dossier_ferme"
    assert infos(remis["access_token"]).status_code == 403
    assert monde.navigateur.get("/oauth/authorize", monde.demande()).status_code == 403


@pytest.mark.rule("OID-21", "OID-28")
def test_discovery_tells_the_same_facts(monde: Monde) -> None:
    for adresse in ("oauth-authorization-server", "openid-configuration"):
        dit = Client().get(f"/.well-known/{adresse}").json()
        assert dit["authorization_endpoint"].endswith("/oauth/authorize")
        assert dit["response_types_supported"] == ["code"]
        assert dit["code_challenge_methods_supported"] == ["S256"]
        assert {"authorization_code", "refresh_token"} <= set(dit["grant_types_supported"])
        assert "patient/Observation.crus" in dit["scopes_supported"]
    assert dit["subject_types_supported"] == ["pairwise"]


def test_what_is_kept_of_codes_and_tokens_opens_nothing(monde: Monde) -> None:
    code = monde.code()
    remis = monde.echanger(code).json()
    with portee(monde.dossier_id):
        garde = repr(SessionAppairage.objects.values().get())
    assert code not in garde
    assert remis["refresh_token"] not in garde
