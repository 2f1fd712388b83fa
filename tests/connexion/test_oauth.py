"""`/oauth/token` against the simulated Pro Santé Connect."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.identite.jetons import lire_jeton
from espace_sante.identite.models import Logiciel, Professionnel
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification
from espace_sante.platform import oidc
from espace_sante.simulateurs.openid import codes
from tests.connexion import parcours
from tests.connexion.conftest import DEUX, INACTIF, REGULATEUR, UNE

pytestmark = pytest.mark.django_db
ECHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCES = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture(autouse=True)
def logiciels(simulateurs: Path) -> None:
    for client_id, structure in (("espace-sante", None), ("autre-lps", None), ("labo", "1140000011")):
        Logiciel.objects.create(
            client_id=client_id,
            nom=client_id,
            secret_hache=make_password("secret-de-test"),
            portees=["ITI-65", "ITI-67", "ITI-105"],
            structure_id=structure,
        )


def _jeton_psc(rpps: str, geste: str = "ecps") -> str:
    """An access token, as a software gets it from Pro Santé Connect."""
    from espace_sante.api.oauth.echange import pro_sante_connect

    client = Client()
    retour = parcours.retour_psc(client, rpps, geste)
    demande = oidc.Demande(**client.session["connexion_psc"]["demande"])
    psc = pro_sante_connect()
    reponse = httpx.Client(transport=oidc._client._transport).post(  # type: ignore[union-attr]
        oidc.adresses(psc).jeton,
        auth=(psc.client_id, psc.client_secret),
        data={
            "grant_type": "authorization_code",
            "code": httpx.URL(retour).params["code"],
            "redirect_uri": demande.retour,
            "code_verifier": demande.verificateur,
        },
    )
    return str(reponse.json()["access_token"])


def _demander(client_id: str = "espace-sante", secret: str = "secret-de-test", **corps: str) -> Any:
    donnees = {"client_id": client_id, "client_secret": secret, **corps}
    formulaire = urlencode({k: v for k, v in donnees.items() if v})
    return Client().post("/oauth/token", formulaire, content_type="application/x-www-form-urlencoded")


def _echanger(jeton: str, **corps: str) -> Any:
    return _demander(
        **{
            "grant_type": ECHANGE,
            "subject_token": jeton,
            "subject_token_type": ACCES,
            "scope": "ITI-67",
            **corps,
        }
    )


@pytest.mark.rule("OID-11", "OID-14", "OID-15", "OID-17", "IDN-59")
def test_echange(simulateurs: Path) -> None:
    reponse = _echanger(_jeton_psc(UNE))
    assert reponse.status_code == 200, reponse.content
    corps = reponse.json()
    assert corps["token_type"] == "Bearer"
    assert corps["issued_token_type"] == ACCES
    assert corps["expires_in"] <= 3600
    assert "refresh_token" not in corps
    assert reponse["Cache-Control"] == "no-store"
    acteur = lire_jeton(corps["access_token"])
    assert acteur.genre is GenreActeur.PROFESSIONNEL
    assert (acteur.rpps, acteur.profession_code, acteur.structure_id) == (UNE, "10", "1140000011")
    assert acteur.deux_facteurs
    assert acteur.portees == {"ITI-67"}
    assert acteur.client_id == "espace-sante"
    assert acteur.mode_authentification is ModeAuthentification.DIRECTE
    assert acteur.finalite is ModeAcces.NORMAL


@pytest.mark.rule("OID-14")
def test_session_finie_chez_l_emetteur(simulateurs: Path) -> None:
    jeton = _jeton_psc(UNE)
    from espace_sante.simulateurs.openid import cles

    codes.finir(simulateurs / "psc", cles.lire(simulateurs / "psc", jeton)["sid"])  # type: ignore[index]
    refus = _echanger(jeton)
    assert (refus.status_code, refus.json()["error"]) == (400, "invalid_grant")


@pytest.mark.rule("OID-14")
@pytest.mark.parametrize("jeton", ["", "n'importe quoi", "eyJhbGciOiJub25lIn0.e30."])
def test_jeton_inconnu(jeton: str) -> None:
    refus = _echanger(jeton)
    assert refus.status_code == 400
    assert refus.json()["error"] == ("invalid_grant" if jeton else "invalid_request")


@pytest.mark.rule("OID-14")
def test_jeton_d_un_autre_logiciel(simulateurs: Path) -> None:
    refus = _echanger(_jeton_psc(UNE), client_id="autre-lps")
    assert (refus.status_code, refus.json()["error"]) == (400, "invalid_grant")


@pytest.mark.rule("OID-14")
def test_emetteur_injoignable(settings) -> None:
    jeton = _jeton_psc(UNE)
    settings.ES_PSC_ISSUER = "http://testserver/simulateurs/rien"
    refus = _echanger(jeton)
    assert (refus.status_code, refus.json()["error"]) == (503, "temporarily_unavailable")


@pytest.mark.rule("IDN-51")
def test_un_seul_facteur_refuse() -> None:
    refus = _echanger(_jeton_psc(UNE, "carte_sans_code"))
    assert refus.status_code == 400
    assert refus.json() == refus.json() | {"error": "invalid_grant", "motif": "authentification_insuffisante"}


@pytest.mark.rule("IDN-49")
def test_professionnel_inactif_refuse() -> None:
    refus = _echanger(_jeton_psc(INACTIF))
    assert refus.json() == refus.json() | {"error": "invalid_grant", "motif": "exercice_inactif"}
    jeton = _jeton_psc(UNE)
    Professionnel.objects.filter(rpps=UNE).update(actif=False)
    assert _echanger(jeton).status_code == 400


@pytest.mark.rule("IDN-53", "OID-06")
def test_choix_parmi_deux_situations() -> None:
    jeton = _jeton_psc(DEUX)
    refus = _echanger(jeton)
    assert (refus.status_code, refus.json()["error"]) == (400, "invalid_request")
    assert [s["structure"] for s in refus.json()["situations"]] == ["1140000011", "1140000029"]
    par_structure = _echanger(jeton, structure="140000029")
    assert lire_jeton(par_structure.json()["access_token"]).structure_id == "1140000029"
    par_situation = _echanger(jeton, situation=f"{DEUX}-0")
    assert lire_jeton(par_situation.json()["access_token"]).structure_id == "1140000011"
    assert _echanger(jeton, structure="999999999").json()["motif"] == "situation_inconnue"


@pytest.mark.rule("OID-07", "FHR-38")
def test_finalite_centre_15() -> None:
    sans = _echanger(_jeton_psc(UNE), purpose_of_use="centre_15")
    assert sans.status_code == 403
    avec = _echanger(_jeton_psc(REGULATEUR), purpose_of_use="centre_15")
    assert lire_jeton(avec.json()["access_token"]).finalite is ModeAcces.CENTRE_15
    assert _echanger(_jeton_psc(UNE), purpose_of_use="autre").status_code == 400


@pytest.mark.rule("OID-19")
@pytest.mark.parametrize("scope", ["", "ITI-68", "ITI-67 ITI-68", "inconnue"])
def test_portee_non_accordee(scope: str) -> None:
    refus = _echanger(_jeton_psc(UNE), scope=scope)
    assert (refus.status_code, refus.json()["error"]) == (400, "invalid_scope")


@pytest.mark.rule("IDN-61", "OID-31")
@pytest.mark.parametrize(
    ("client_id", "secret"), [("espace-sante", "faux"), ("inconnu", "secret-de-test"), ("", "")]
)
def test_logiciel_non_reconnu(client_id: str, secret: str) -> None:
    refus = _demander(client_id, secret, grant_type="client_credentials", scope="ITI-65")
    assert (refus.status_code, refus.json()["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" in refus


@pytest.mark.rule("OID-32")
def test_logiciel_suspendu() -> None:
    Logiciel.objects.filter(client_id="labo").update(actif=False)
    assert _demander("labo", grant_type="client_credentials", scope="ITI-65").status_code == 401


@pytest.mark.rule("OID-18", "IDN-58")
def test_structure_sans_personne() -> None:
    reponse = _demander("labo", grant_type="client_credentials", scope="ITI-65 ITI-105")
    acteur = lire_jeton(reponse.json()["access_token"])
    assert acteur.genre is GenreActeur.STRUCTURE
    assert acteur.structure_id == "1140000011"
    assert acteur.mode_authentification is ModeAuthentification.INDIRECTE
    assert not acteur.deux_facteurs
    for scope in ("ITI-67", "ITI-65 ITI-67", ""):
        refus = _demander("labo", grant_type="client_credentials", scope=scope)
        assert (refus.status_code, refus.json()["error"]) == (400, "invalid_scope")
    sans_structure = _demander(grant_type="client_credentials", scope="ITI-65")
    assert sans_structure.json()["error"] == "unauthorized_client"


@pytest.mark.rule("OID-23")
def test_rien_dans_l_adresse() -> None:
    refus = Client().post(
        "/oauth/token?client_id=labo&client_secret=secret-de-test&grant_type=client_credentials"
    )
    assert refus.status_code == 400


def test_demandes_mal_formees() -> None:
    assert Client().get("/oauth/token").status_code == 405
    assert Client().post("/oauth/token", "{}", content_type="application/json").status_code == 400
    double = "client_id=labo&client_id=autre-lps&grant_type=client_credentials"
    reponse = Client().post("/oauth/token", double, content_type="application/x-www-form-urlencoded")
    assert reponse.json()["error"] == "invalid_request"
    for grant in ("password", ""):
        assert _demander(grant_type=grant).json()["error"] == "unsupported_grant_type"
    for grant in ("authorization_code", "refresh_token"):
        assert _demander(grant_type=grant).json()["error"] == "unauthorized_client"


@pytest.mark.rule("OID-21")
def test_decouvertes_concordantes_et_vraies() -> None:
    serveur = Client().get("/.well-known/oauth-authorization-server").json()
    smart = Client().get("/fhir/.well-known/smart-configuration").json()
    openid = Client().get("/.well-known/openid-configuration").json()
    propres = {
        "capabilities", "subject_types_supported", "id_token_signing_alg_values_supported", "claims_supported",
    }  # fmt: skip
    for document in (smart, openid):
        assert {k: v for k, v in document.items() if k not in propres} == serveur
    attendus = [ECHANGE, "client_credentials", "authorization_code", "refresh_token"]
    assert serveur["grant_types_supported"] == attendus
    assert serveur["code_challenge_methods_supported"] == ["S256"]
    assert serveur["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "client_secret_post"]
    assert "mtls_endpoint_aliases" not in serveur
    for nom, adresse in serveur.items():
        if nom.endswith("_endpoint") or nom == "jwks_uri":
            statut = Client().get(adresse.removeprefix("http://testserver")).status_code
            assert statut in {200, 400, 401, 405}, nom
    cles = Client().get("/.well-known/jwks.json").json()["keys"]
    assert [set(c) & {"d"} for c in cles] == [set()]


@pytest.mark.rule("OID-12", "OID-21")
def test_la_decouverte_annonce_le_tls_mutuel_la_ou_il_est(settings) -> None:
    settings.ES_MTLS_URL = "https://api.testserver"
    serveur = Client().get("/.well-known/oauth-authorization-server").json()
    assert serveur["token_endpoint_auth_methods_supported"][0] == "tls_client_auth"
    assert serveur["tls_client_certificate_bound_access_tokens"] is True
    for nom, adresse in serveur["mtls_endpoint_aliases"].items():
        assert adresse == serveur[nom].replace("http://testserver", "https://api.testserver")
    settings.ES_INSTANCE = "production"
    serveur = Client().get("/.well-known/oauth-authorization-server").json()
    assert serveur["token_endpoint_auth_methods_supported"] == ["tls_client_auth"]
