"""The OpenID Connect client against a provider that lies in every way."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from espace_sante.platform import oidc

EMETTEUR = "https://identite.example"
CLIENT = oidc.Fournisseur(EMETTEUR, "nous", "secret", "openid", "eidas1")
CLE = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


class Faux:
    """A provider in memory; tests change what it says."""

    def __init__(self) -> None:
        self.appels: list[str] = []
        self.decouverte: dict[str, Any] = {
            "issuer": EMETTEUR,
            **{
                nom: f"{EMETTEUR}/{nom}"
                for nom in (
                    "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
                    "introspection_endpoint", "end_session_endpoint",
                )
            },
        }  # fmt: skip
        self.cles: list[Any] = [CLE]
        self.reponses: dict[str, httpx.Response] = {}

    def __call__(self, requete: httpx.Request) -> httpx.Response:
        chemin = requete.url.path.rpartition("/")[2]
        self.appels.append(chemin)
        if chemin in self.reponses:
            return self.reponses[chemin]
        if chemin == "openid-configuration":
            return httpx.Response(200, json=self.decouverte)
        if chemin == "jwks_uri":
            return httpx.Response(200, json={"keys": [c.as_dict(private=False) for c in self.cles]})
        return httpx.Response(404)


@pytest.fixture
def faux() -> Iterator[Faux]:
    fournisseur = Faux()
    oidc.utiliser_transport(httpx.MockTransport(fournisseur))
    yield fournisseur
    oidc.utiliser_transport(None)


def _reclamations(**autres: object) -> dict[str, Any]:
    maintenant = int(time.time())
    bonnes = {
        "iss": EMETTEUR, "aud": "nous", "azp": "nous", "sub": "abc", "iat": maintenant,
        "exp": maintenant + 60, "nonce": "n1", "acr": "eidas1",
    }  # fmt: skip
    return {k: v for k, v in {**bonnes, **autres}.items() if v is not None}


def _signer(reclamations: dict[str, Any], cle: Any = CLE, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": cle.kid}, reclamations, cle, algorithms=[alg])


def _sans_signature(reclamations: dict[str, Any]) -> str:
    def b64(valeur: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(valeur).encode()).rstrip(b"=").decode()

    return f"{b64({'alg': 'none', 'typ': 'JWT', 'kid': CLE.kid})}.{b64(reclamations)}."


@pytest.mark.rule("OID-03")
@pytest.mark.parametrize("alg", ["RS256", "PS256", "RS512"])
def test_bon_jeton(faux: Faux, alg: str) -> None:
    assert oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(), alg=alg), "n1")["sub"] == "abc"


@pytest.mark.rule("OID-03")
def test_bon_jeton_es256(faux: Faux) -> None:
    courbe = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
    faux.cles = [CLE, courbe]
    jeton = _signer(_reclamations(), courbe, "ES256")
    assert oidc.verifier_jeton_identite(CLIENT, jeton, "n1")["sub"] == "abc"


@pytest.mark.rule("OID-03")
@pytest.mark.parametrize(
    ("raison", "change"),
    [
        ("iss", {"iss": "https://autre.example"}),
        ("aud", {"aud": "autre"}),
        ("aud", {"aud": None}),
        ("azp", {"azp": "autre"}),
        ("azp", {"aud": ["nous", "autre"], "azp": None}),
        ("exp", {"exp": int(time.time()) - 61}),
        ("exp", {"exp": None}),
        ("exp", {"exp": True}),
        ("exp", {"exp": "9999999999"}),
        ("iat", {"iat": int(time.time()) + 300}),
        ("iat", {"iat": int(time.time()) - 7200}),
        ("iat", {"iat": None}),
        ("nonce", {"nonce": "autre"}),
        ("nonce", {"nonce": None}),
        ("sub", {"sub": ""}),
        ("sub", {"sub": "x" * 256}),
        ("sub", {"sub": 12}),
    ],
)
def test_reclamation_fausse(faux: Faux, raison: str, change: dict[str, object]) -> None:
    with pytest.raises(oidc.JetonIdentiteRefuse) as refus:
        oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(**change)), "n1")
    assert refus.value.details["raison"] == raison


@pytest.mark.rule("OID-03", "IDN-51")
@pytest.mark.parametrize("acr", [None, "", "0", "eidas0", "EIDAS1", 1, ["eidas1"]])
def test_niveau_insuffisant(faux: Faux, acr: object) -> None:
    with pytest.raises(oidc.AuthentificationInsuffisante) as refus:
        oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(acr=acr)), "n1")
    assert refus.value.code == "authentification_insuffisante"


@pytest.mark.rule("OID-03", "OID-24")
def test_niveau_plus_haut_accepte_et_plus_bas_refuse(faux: Faux) -> None:
    for acr in ("eidas1", "eidas2", "eidas3"):
        oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(acr=acr)), "n1")
    with pytest.raises(oidc.AuthentificationInsuffisante):
        oidc.verifier_jeton_identite(replace(CLIENT, acr="eidas2"), _signer(_reclamations()), "n1")


@pytest.mark.rule("OID-03")
def test_sans_signature_refuse(faux: Faux) -> None:
    with pytest.raises(oidc.JetonIdentiteRefuse) as refus:
        oidc.verifier_jeton_identite(CLIENT, _sans_signature(_reclamations()), "n1")
    assert refus.value.details["raison"] == "signature"


@pytest.mark.rule("OID-03")
@pytest.mark.parametrize("secret", ["secret", "cle_publique"])
def test_signature_symetrique_refusee(faux: Faux, secret: str) -> None:
    """HS256 with the client secret, or with the public key taken as a secret (key confusion)."""
    octets = CLE.as_pem(private=False) if secret == "cle_publique" else b"secret" * 8
    symetrique = OctKey.import_key(base64.urlsafe_b64encode(octets).rstrip(b"=").decode(), {"kid": CLE.kid})
    faux.cles = [CLE, symetrique]
    with pytest.raises(oidc.JetonIdentiteRefuse):
        oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(), symetrique, "HS256"), "n1")


@pytest.mark.rule("OID-03")
def test_cle_d_un_autre_refusee(faux: Faux) -> None:
    autre = RSAKey.generate_key(2048, {"kid": CLE.kid})
    with pytest.raises(oidc.JetonIdentiteRefuse):
        oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(), autre), "n1")


@pytest.mark.parametrize("jeton", ["", "a.b", "a.b.c", "é.é.é", "." * 5000])
def test_jeton_illisible(faux: Faux, jeton: str) -> None:
    with pytest.raises(oidc.JetonIdentiteRefuse):
        oidc.verifier_jeton_identite(CLIENT, jeton, "n1")


@pytest.mark.rule("OID-02", "OID-22")
def test_decouverte_gardee_et_cles_relues_quand_elles_changent(faux: Faux) -> None:
    oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations()), "n1")
    oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations()), "n1")
    assert faux.appels == ["openid-configuration", "jwks_uri"]
    nouvelle = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    faux.cles = [nouvelle]
    oidc.verifier_jeton_identite(CLIENT, _signer(_reclamations(), nouvelle), "n1")
    assert faux.appels == ["openid-configuration", "jwks_uri", "jwks_uri"]


@pytest.mark.rule("OID-02")
def test_demande_complete(faux: Faux) -> None:
    demande = oidc.commencer(CLIENT, "https://nous.example/retour")
    p = httpx.URL(demande.url).params
    assert p["code_challenge_method"] == "S256"
    assert len(p["code_challenge"]) == 43
    assert demande.verificateur not in demande.url
    assert (p["state"], p["nonce"], p["acr_values"]) == (demande.etat, demande.nonce, "eidas1")
    autre = oidc.commencer(CLIENT, "https://nous.example/retour")
    assert autre.etat != demande.etat
    assert autre.nonce != demande.nonce
    assert autre.verificateur != demande.verificateur


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize(
    "change",
    [{"state": "x"}, {"iss": "https://autre.example"}, {"error": "access_denied"}, {"code": ""}],
)
def test_retour_refuse_avant_tout_echange(faux: Faux, change: dict[str, str]) -> None:
    demande = oidc.commencer(CLIENT, "https://nous.example/retour")
    with pytest.raises(oidc.RetourRefuse):
        oidc.conclure(CLIENT, demande, {"state": demande.etat, "code": "c", **change})
    assert "token_endpoint" not in faux.appels


@pytest.mark.rule("OID-02")
def test_retour_trop_tardif(faux: Faux) -> None:
    demande = replace(oidc.commencer(CLIENT, "https://nous.example/retour"), debut=time.time() - 601)
    with pytest.raises(oidc.RetourRefuse):
        oidc.conclure(CLIENT, demande, {"state": demande.etat, "code": "c"})


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://autre.example"},
        {"issuer": f"{EMETTEUR}/"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": ["x"]},
    ],
)
def test_decouverte_fausse(faux: Faux, change: dict[str, object]) -> None:
    faux.decouverte |= change
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.commencer(CLIENT, "https://nous.example/retour")


@pytest.mark.rule("OID-02")
def test_http_refuse_en_production(faux: Faux, settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    faux.decouverte["token_endpoint"] = "http://identite.example/token"
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.commencer(CLIENT, "https://nous.example/retour")


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize(
    "reponse",
    [
        httpx.Response(500),
        httpx.Response(200, text="pas du json"),
        httpx.Response(200, json=[1]),
        httpx.Response(302, headers={"Location": "https://ailleurs.example"}),
        httpx.Response(200, content=b"[" * 1_000_001),
    ],
)
def test_fournisseur_en_panne(faux: Faux, reponse: httpx.Response) -> None:
    faux.reponses["openid-configuration"] = reponse
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.commencer(CLIENT, "https://nous.example/retour")


@pytest.mark.rule("OID-04")
def test_informations_du_meme_sujet_seulement(faux: Faux) -> None:
    faux.reponses["userinfo_endpoint"] = httpx.Response(200, json={"sub": "abc", "x": 1})
    assert oidc.informations(CLIENT, "acces", "abc")["x"] == 1
    with pytest.raises(oidc.JetonIdentiteRefuse):
        oidc.informations(CLIENT, "acces", "autre")


@pytest.mark.rule("OID-24")
def test_informations_signees(faux: Faux) -> None:
    entetes = {"content-type": "application/jwt; charset=utf-8"}
    signe = _signer({"sub": "abc", "iss": EMETTEUR, "aud": "nous"})
    faux.reponses["userinfo_endpoint"] = httpx.Response(200, text=signe, headers=entetes)
    assert oidc.informations(CLIENT, "acces", "abc")["sub"] == "abc"
    faux.reponses["userinfo_endpoint"] = httpx.Response(
        200, text=_sans_signature({"sub": "abc"}), headers=entetes
    )
    with pytest.raises(oidc.JetonIdentiteRefuse):
        oidc.informations(CLIENT, "acces", "abc")


@pytest.mark.rule("OID-14")
@pytest.mark.parametrize(
    "reponse", [httpx.Response(503), httpx.Response(401), httpx.Response(200, text="oui")]
)
def test_introspection_jamais_crue_sur_parole(faux: Faux, reponse: httpx.Response) -> None:
    faux.reponses["introspection_endpoint"] = reponse
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.introspecter(CLIENT, "jeton")


@pytest.mark.rule("OID-02", "OID-03")
@pytest.mark.parametrize(
    "nom", ["DRIM-M_DRIMbox-configopenid.json", "psc-edc-proxy-esante-mock_discovery_response.json"]
)
def test_decouvertes_publiees(vectors: Path, nom: str) -> None:
    """Published documents are read; what they advertise (HS256, acr "0") widens nothing."""
    document = json.loads((vectors / "oidc" / nom).read_bytes())
    lues = oidc.lire_decouverte(document, document["issuer"])
    assert lues.jeton == document["token_endpoint"]
    assert lues.fin == document["end_session_endpoint"]
    assert lues.introspection == document["introspection_endpoint"]
    assert "HS256" in document["id_token_signing_alg_values_supported"]
    assert not {"none", "HS256", "HS384", "HS512"} & set(oidc.ALGORITHMES)
    assert oidc.niveau(document["acr_values_supported"][0]) == 0


def test_rien_de_secret_ne_se_montre() -> None:
    demande = oidc.Demande("u", "etat", "nonce-x", "verif-x", "r")
    identite = oidc.Identification("sub-x", "eidas1", "acces-x", "jeton-x")
    montre = f"{demande!r} {identite!r} {CLIENT!r}"
    for secret in ("nonce-x", "verif-x", "sub-x", "acces-x", "jeton-x", "secret"):
        assert secret not in montre
