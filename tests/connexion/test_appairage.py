"""A service asks, its holder answers: who is shown what, and who is never redirected to (OID-28, OID-30)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.models import Appairage
from espace_sante.identite import jetons
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from tests.connexion.service import (
    ECRIRE,
    POIDS,
    RETOUR,
    TENSION,
    Monde,
    corps,
    infos,
    retour,
    traces,
    un_monde,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> Monde:
    return un_monde()


@pytest.mark.rule("OID-28", "OID-29", "OID-30")
def test_from_the_request_to_the_tokens(monde: Monde) -> None:
    page = monde.navigateur.get("/oauth/authorize", monde.demande())
    assert page.status_code == 200
    vue = page.content.decode()
    for attendu in (
        "Carnet de tension",
        "Carnet SAS",
        "Suivre votre tension",
        "Tension artérielle",
        "Prévention",
        "90 jours",
    ):
        assert attendu in vue
    assert " checked" not in vue, "boxes are empty at first"
    assert "https://carnet.exemple.test" in page["Content-Security-Policy"]

    fait = retour(
        monde.repondre(TENSION, ECRIRE, "soins mesures.taille:ecrire", "recherche mesures.poids:lire")
    )
    assert (fait["state"], fait["iss"]) == ("etat-1", settings.ES_BASE_URL)
    reponse = monde.echanger(fait["code"])
    assert reponse.status_code == 200, reponse.content
    remis = reponse.json()
    assert reponse["Cache-Control"] == "no-store"
    assert (remis["token_type"], remis["expires_in"]) == ("Bearer", 3600)
    assert remis["scope"] == "openid patient/Observation.crus"
    assert remis["accords"] == ["mesures.pression_arterielle:ecrire", "mesures.pression_arterielle:lire"]
    identite, acces = corps(remis["id_token"]), corps(remis["access_token"])
    assert (identite["aud"], identite["nonce"]) == ("carnet-de-tension", "nonce-1")
    assert identite["sub"] == acces["sub"] == infos(remis["access_token"]).json()["sub"]
    assert list(infos(remis["access_token"]).json()) == ["sub"], "no identity without that consent"
    acteur = jetons.lire_jeton(remis["access_token"])
    assert (acteur.dossier_id, acteur.genre.value) == (monde.dossier_id, "service")
    assert traces(monde.dossier_id) == [("appairage", "fait", "")]
    with portee(monde.dossier_id):
        assert Avis.objects.filter(genre="appairage").exists()


@pytest.mark.rule("OID-29")
def test_the_identity_is_told_only_when_it_was_consented(monde: Monde) -> None:
    dites = infos(monde.remise("prevention identite:lire")["access_token"]).json()
    assert dites["family_name"] == "MARTIN"
    assert "ins" in dites


@pytest.mark.rule("OID-28")
def test_a_visitor_logs_in_first_and_comes_back_to_the_request(monde: Monde) -> None:
    reponse = Client().get("/oauth/authorize", monde.demande())
    assert reponse.status_code == 302
    lue = urlsplit(reponse["Location"])
    assert lue.path == "/connexion/"
    (suite,) = parse_qs(lue.query)["suite"]
    assert monde.navigateur.get(suite).status_code == 200
    assert monde.navigateur.get(reponse["Location"])["Location"] == suite
    assert retour(Client().get("/oauth/authorize", monde.demande(prompt="none")))["error"] == "login_required"
    reponse = monde.navigateur.get("/oauth/authorize", monde.demande(prompt="none"))
    assert retour(reponse)["error"] == "consent_required"


@pytest.mark.rule("OID-28")
def test_a_refusal_gives_nothing_and_is_traced(monde: Monde) -> None:
    fait = retour(monde.repondre(TENSION, reponse="refuser"))
    assert fait == {"error": "access_denied", "state": "etat-1", "iss": settings.ES_BASE_URL}
    assert traces(monde.dossier_id) == [("appairage", "refus", "refus_du_titulaire")]
    with portee(monde.dossier_id):
        assert not Appairage.objects.exists()


@pytest.mark.rule("OID-28")
def test_nothing_ticked_is_asked_again_and_gives_nothing(monde: Monde) -> None:
    reponse = monde.repondre()
    assert reponse.status_code == 422
    assert "Cochez au moins une case" in reponse.content.decode()
    assert monde.repondre("soins mesures.taille:lire").status_code == 422, "only what the service declared"
    with portee(monde.dossier_id):
        assert not Appairage.objects.exists()


@pytest.mark.rule("OID-30")
@pytest.mark.parametrize(
    "autres",
    [
        {"redirect_uri": RETOUR + "/"},
        {"redirect_uri": RETOUR + "?a=1"},
        {"redirect_uri": RETOUR.upper()},
        {"redirect_uri": "https://pirate.exemple.test/"},
        {"redirect_uri": ""},
        {"client_id": "inconnu"},
        {"client_id": ""},
        {"client_id": "a\x00b"},
    ],
)
def test_an_unknown_service_or_address_is_never_redirected_to(monde: Monde, autres: dict[str, str]) -> None:
    for reponse in (
        monde.navigateur.get("/oauth/authorize", monde.demande(**autres)),
        monde.repondre(TENSION, **autres),
        Client().get("/oauth/authorize", monde.demande(**autres)),
    ):
        assert reponse.status_code == 400
        assert "Location" not in reponse


@pytest.mark.rule("OID-30", "OID-28", "OID-19")
@pytest.mark.parametrize(
    ("autres", "erreur"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "court"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "patient/Observation.rs"}, "invalid_scope"),
        ({"scope": "openid patient/DocumentReference.rs"}, "invalid_scope"),
        ({"scope": "openid mesures.taille:lire"}, "invalid_scope"),
        ({"scope": "openid ITI-67"}, "invalid_scope"),
        ({"request": "e30.e30."}, "request_not_supported"),
    ],
)
def test_a_request_that_is_wrong_is_told_to_the_service_alone(
    monde: Monde, autres: dict[str, str], erreur: str
) -> None:
    for reponse in (
        monde.navigateur.get("/oauth/authorize", monde.demande(**autres)),
        monde.repondre(TENSION, **autres),
    ):
        assert retour(reponse)["error"] == erreur
        assert retour(reponse)["error_description"].isascii()
    with portee(monde.dossier_id):
        assert not Appairage.objects.exists()


def test_a_parameter_given_twice_is_refused_here(monde: Monde) -> None:
    adresse = f"/oauth/authorize?{urlencode(monde.demande())}&redirect_uri=https://pirate.exemple.test/"
    reponse = monde.navigateur.get(adresse)
    assert (reponse.status_code, "Location" in reponse) == (400, False)


@pytest.mark.rule("OID-28")
def test_the_scope_asked_narrows_what_is_offered(monde: Monde) -> None:
    page = monde.navigateur.get(
        "/oauth/authorize", monde.demande(scope="openid mesures.poids:lire")
    ).content.decode()
    assert "Poids" in page
    assert "Tension artérielle" not in page
    assert monde.repondre(TENSION, scope="openid mesures.poids:lire").status_code == 422
    # What another request gave stays as it was.
    monde.code(TENSION)
    monde.code(POIDS, scope="openid mesures.poids:lire")
    with portee(monde.dossier_id):
        assert sorted(Appairage.objects.get().lignes) == sorted([TENSION, POIDS])
