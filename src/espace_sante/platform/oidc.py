"""OpenID Connect client: discovery, code flow with PKCE, ID token checks, userinfo (rules OID-02, OID-03, OID-24).

Nothing of a provider is a constant: addresses come from its discovery document, kept one hour.
No claim, token or identity is ever logged here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.hebergement import exiger_hote

# OID-03: asymmetric only. `none` and HS* are refused whatever the provider advertises.
ALGORITHMES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_DECALAGE_S = 60
_AGE_MAX_S = 600
_CACHE_S = 3600
_TAILLE_MAX = 1_000_000
_NIVEAUX = {"eidas1": 1, "eidas2": 2, "eidas3": 3}


class FournisseurInjoignable(EspaceSanteError):
    """The provider does not answer, or answers what cannot be read. Code `fournisseur_injoignable`."""


class RetourRefuse(EspaceSanteError):
    """The return of a login is not ours, was used, or says no. Codes `retour_inattendu`, `connexion_annulee`."""


class JetonIdentiteRefuse(EspaceSanteError):
    """An ID token or signed userinfo is not good (OID-03). Code `jeton_identite_refuse`, detail `raison`."""


class AuthentificationInsuffisante(EspaceSanteError):
    """The login was made with less than what is asked (IDN-51, OID-24). Code `authentification_insuffisante`."""


@dataclass(frozen=True, slots=True)
class Fournisseur:
    """One identity provider, as we are registered with it."""

    emetteur: str
    client_id: str
    client_secret: str = field(repr=False)
    portees: str
    acr: str
    decouverte: str = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Adresses:
    """The endpoints of a provider, from its discovery document."""

    autorisation: str
    jeton: str
    informations: str
    cles: str
    fin: str = ""
    introspection: str = ""
    decouplee: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Demande:
    """A login under way; kept in the visitor's session, used once."""

    url: str
    etat: str
    nonce: str
    verificateur: str
    retour: str
    # When the person was sent away: a login left for too long is started again.
    debut: float = 0.0


@dataclass(frozen=True, slots=True, repr=False)
class Identification:
    """Who came back: subject, level, and the tokens to ask for more or to log out."""

    sub: str
    acr: str
    jeton_acces: str
    jeton_identite: str

    @property
    def niveau(self) -> int:
        """0 (less than eidas1, or not said) to 3."""
        return niveau(self.acr)


_verrou = Lock()
_cache: dict[str, tuple[float, Any]] = {}
_client: httpx.Client | None = None


def niveau(acr: object) -> int:
    """Rank of an `acr`; what is not a known level counts for nothing."""
    return _NIVEAUX.get(acr, 0) if isinstance(acr, str) else 0


def utiliser_transport(transport: httpx.BaseTransport | None) -> None:
    """Send the calls through another transport (tests); None comes back to the network."""
    global _client
    with _verrou:
        _client = _nouveau_client(transport) if transport else None
        _cache.clear()


def commencer(fournisseur: Fournisseur, retour: str) -> Demande:
    """Where to send the person, with fresh state, nonce and PKCE verifier. Raises FournisseurInjoignable."""
    etat, nonce, verificateur = (secrets.token_urlsafe(n) for n in (32, 32, 48))
    defi = base64.urlsafe_b64encode(hashlib.sha256(verificateur.encode()).digest()).rstrip(b"=").decode()
    parametres = {
        "response_type": "code",
        "client_id": fournisseur.client_id,
        "redirect_uri": retour,
        "scope": fournisseur.portees,
        "acr_values": fournisseur.acr,
        "state": etat,
        "nonce": nonce,
        "code_challenge": defi,
        "code_challenge_method": "S256",
    }
    url = _avec(adresses(fournisseur).autorisation, parametres)
    return Demande(url, etat, nonce, verificateur, retour, time.time())


def conclure(fournisseur: Fournisseur, demande: Demande, reponse: Mapping[str, str]) -> Identification:
    """Exchange the code that came back and check the ID token (OID-03).

    Raises RetourRefuse, JetonIdentiteRefuse, AuthentificationInsuffisante, FournisseurInjoignable.
    """
    if not hmac.compare_digest(reponse.get("state", "").encode(), demande.etat.encode()):
        raise RetourRefuse("retour_inattendu", "Cette connexion n'a pas commencé ici, ou a déjà servi.")
    if reponse.get("iss", fournisseur.emetteur) != fournisseur.emetteur:
        raise RetourRefuse("retour_inattendu", "Cette connexion vient d'un autre service.")
    if time.time() - demande.debut > _AGE_MAX_S:
        raise RetourRefuse("retour_inattendu", "Cette connexion a duré trop longtemps.")
    if "error" in reponse or not reponse.get("code"):
        raise RetourRefuse("connexion_annulee", "La connexion a été annulée ou refusée.")
    corps = appeler(
        "POST",
        adresses(fournisseur).jeton,
        auth=(fournisseur.client_id, fournisseur.client_secret),
        data={
            "grant_type": "authorization_code",
            "code": reponse["code"],
            "redirect_uri": demande.retour,
            "code_verifier": demande.verificateur,
        },
    )
    if corps.status_code != 200:
        raise RetourRefuse("retour_inattendu", "Le service d'identité n'a pas reconnu cette connexion.")
    jetons = objet(corps)
    jeton, acces = jetons.get("id_token"), jetons.get("access_token")
    if not isinstance(jeton, str) or not isinstance(acces, str):
        raise injoignable()
    r = verifier_jeton_identite(fournisseur, jeton, demande.nonce)
    return Identification(r["sub"], r.get("acr", ""), acces, jeton)


def verifier_jeton_identite(fournisseur: Fournisseur, jeton: str, nonce: str | None) -> dict[str, Any]:
    """The claims of a good ID token; a decoupled login has no nonce. Raises JetonIdentiteRefuse,
    AuthentificationInsuffisante (OID-03)."""
    r = _verifier_signature(fournisseur, jeton)
    maintenant = time.time()
    aud = r.get("aud")
    audiences = [aud] if isinstance(aud, str) else aud if isinstance(aud, list) else []
    exp, iat = r.get("exp"), r.get("iat")
    if r.get("iss") != fournisseur.emetteur:
        raise _refuse("iss")
    if fournisseur.client_id not in audiences:
        raise _refuse("aud")
    if ("azp" in r or len(audiences) > 1) and r.get("azp") != fournisseur.client_id:
        raise _refuse("azp")
    if not _est_nombre(exp) or exp < maintenant - _DECALAGE_S:
        raise _refuse("exp")
    if not _est_nombre(iat) or not -_AGE_MAX_S - _DECALAGE_S <= iat - maintenant <= _DECALAGE_S:
        raise _refuse("iat")
    recu = r.get("nonce")
    if nonce is not None and not (
        isinstance(recu, str) and hmac.compare_digest(recu.encode(), nonce.encode())
    ):
        raise _refuse("nonce")
    if not isinstance(r.get("sub"), str) or not 0 < len(r["sub"]) <= 255:
        raise _refuse("sub")
    exige_niveau(r.get("acr"), fournisseur.acr)
    return r


def exige_niveau(acr: object, minimum: str) -> None:
    """Raises AuthentificationInsuffisante when `acr` is below `minimum` or unknown."""
    if niveau(acr) < niveau(minimum):
        raise AuthentificationInsuffisante(
            "authentification_insuffisante", "Cette connexion n'apporte pas les garanties demandées."
        )


def informations(fournisseur: Fournisseur, jeton_acces: str, sub: str = "") -> dict[str, Any]:
    """The userinfo, plain JSON or signed JWT; its `sub` must be the one of the login.

    Raises JetonIdentiteRefuse, FournisseurInjoignable; JetonIdentiteRefuse too when the token is refused.
    """
    reponse = appeler(
        "GET", adresses(fournisseur).informations, headers={"Authorization": f"Bearer {jeton_acces}"}
    )
    if reponse.status_code in {401, 403}:
        raise _refuse("acces")
    if reponse.status_code != 200:
        raise injoignable()
    if reponse.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/jwt":
        r = _verifier_signature(fournisseur, reponse.text)
        if r.get("iss", fournisseur.emetteur) != fournisseur.emetteur:
            raise _refuse("iss")
    else:
        r = objet(reponse)
    if sub and r.get("sub") != sub:
        raise _refuse("sub")
    return r


def introspecter(fournisseur: Fournisseur, jeton: str) -> dict[str, Any]:
    """What the issuer says of a token now (RFC 7662, OID-14). Raises FournisseurInjoignable."""
    adresse = adresses(fournisseur).introspection
    if not adresse:
        raise injoignable()
    reponse = appeler(
        "POST",
        adresse,
        auth=(fournisseur.client_id, fournisseur.client_secret),
        data={"token": jeton, "token_type_hint": "access_token"},
    )
    if reponse.status_code != 200:
        raise injoignable()
    return objet(reponse)


def url_de_fin(fournisseur: Fournisseur, jeton_identite: str, retour: str) -> str:
    """Where to send the person to end the provider's session too; empty when it has no such address (OID-08)."""
    fin = adresses(fournisseur).fin
    parametres = {
        "id_token_hint": jeton_identite,
        "post_logout_redirect_uri": retour,
        "client_id": fournisseur.client_id,
    }
    return _avec(fin, parametres) if fin else ""


def adresses(fournisseur: Fournisseur) -> Adresses:
    """The provider's endpoints, from discovery, kept one hour (OID-02). Raises FournisseurInjoignable."""
    cle = fournisseur.emetteur + fournisseur.decouverte
    connu = _connu(cle)
    if connu is None:
        connu = _retenir(cle, lire_decouverte(objet(appeler("GET", cle)), fournisseur.emetteur))
    return connu  # type: ignore[no-any-return]


def lire_decouverte(document: Mapping[str, Any], emetteur: str) -> Adresses:
    """Read a discovery document. Raises FournisseurInjoignable (wrong issuer, missing or unsafe address)."""
    if document.get("issuer") != emetteur:
        raise injoignable()

    def adresse(nom: str, *, obligatoire: bool = True) -> str:
        valeur = document.get(nom, "")
        if not isinstance(valeur, str) or (obligatoire and not valeur):
            raise injoignable()
        schema = urlsplit(valeur).scheme
        if valeur and schema != "https" and (settings.ES_INSTANCE == "production" or schema != "http"):
            raise injoignable()
        return valeur

    return Adresses(
        autorisation=adresse("authorization_endpoint"),
        jeton=adresse("token_endpoint"),
        informations=adresse("userinfo_endpoint"),
        cles=adresse("jwks_uri"),
        fin=adresse("end_session_endpoint", obligatoire=False),
        introspection=adresse("introspection_endpoint", obligatoire=False),
        decouplee=adresse("backchannel_authentication_endpoint", obligatoire=False),
    )


def _verifier_signature(fournisseur: Fournisseur, jeton: str) -> dict[str, Any]:
    url = adresses(fournisseur).cles
    deja_lues = _connu(url)
    try:
        return dict(jwt.decode(jeton, deja_lues or _cles(url), algorithms=ALGORITHMES).claims)
    except (JoseError, ValueError):
        if deja_lues is None:
            raise _refuse("signature") from None
    # The provider may have changed its keys within the hour: read them again, once.
    try:
        return dict(jwt.decode(jeton, _cles(url), algorithms=ALGORITHMES).claims)
    except (JoseError, ValueError):
        raise _refuse("signature") from None


def _cles(url: str) -> KeySet:
    document = objet(appeler("GET", url))
    brutes = document.get("keys")
    if not isinstance(brutes, list):
        raise injoignable()
    # A symmetric key in a public set would let anyone sign; encryption keys sign nothing.
    utiles = [
        k
        for k in brutes
        if isinstance(k, dict) and k.get("kty") in {"RSA", "EC"} and k.get("use", "sig") == "sig"
    ]
    try:
        cles = KeySet.import_key_set({"keys": utiles})
    except (JoseError, ValueError, KeyError):
        raise injoignable() from None
    return _retenir(url, cles)  # type: ignore[no-any-return]


def _connu(cle: str) -> Any:
    with _verrou:
        ligne = _cache.get(cle)
    return ligne[1] if ligne and ligne[0] > time.monotonic() else None


def _retenir(cle: str, valeur: Any) -> Any:
    with _verrou:
        _cache[cle] = (time.monotonic() + _CACHE_S, valeur)
    return valeur


def _nouveau_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    # A local simulator is never behind the outgoing proxy of the machine.
    return httpx.Client(
        transport=transport,
        timeout=httpx.Timeout(6.0, connect=3.0),
        trust_env=not settings.ES_LOCAL,
        # Nothing leaves for a host that nobody declared (REG-16); a test's transport goes nowhere.
        event_hooks={} if transport else {"request": [lambda requete: exiger_hote(str(requete.url))]},
    )


def appeler(methode: str, url: str, **options: Any) -> httpx.Response:
    """One call to a provider. Raises FournisseurInjoignable: no answer, a failure of its own, too long."""
    global _client
    with _verrou:
        if _client is None:
            _client = _nouveau_client()
        client = _client
    try:
        reponse = client.request(methode, url, **options)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise injoignable() from None
    if reponse.status_code >= 500 or len(reponse.content) > _TAILLE_MAX:
        raise injoignable()
    return reponse


def objet(reponse: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises FournisseurInjoignable."""
    try:
        valeur = reponse.json()
    except ValueError:
        raise injoignable() from None
    if reponse.status_code != 200 or not isinstance(valeur, dict):
        raise injoignable()
    return valeur


def _avec(url: str, parametres: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parametres)}"


def _est_nombre(valeur: object) -> TypeGuard[float]:
    return isinstance(valeur, int | float) and not isinstance(valeur, bool)


def _refuse(raison: str) -> JetonIdentiteRefuse:
    return JetonIdentiteRefuse(
        "jeton_identite_refuse", "La réponse du service d'identité n'est pas valable.", raison=raison
    )


def injoignable() -> FournisseurInjoignable:
    """To raise when an answer cannot be read."""
    return FournisseurInjoignable(
        "fournisseur_injoignable", "Le service d'identité ne répond pas pour le moment. Réessayez plus tard."
    )
