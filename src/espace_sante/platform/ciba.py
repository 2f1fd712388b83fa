"""Decoupled login at an identity provider: asked here, confirmed on a telephone (OpenID CIBA Core 1.0, rule OID-09).

The provider is polled: the person's answer is fetched when the caller asks for it. No identity is logged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform import oidc
from espace_sante.platform.oidc import Fournisseur, Identification

GRANT: Final = "urn:openid:params:grant-type:ciba"
# CIBA Core §7.3: what a client waits between two polls when nobody says.
INTERVALLE_S: Final = 5
_INTERVALLE_MAX_S: Final = 60
_EN_COURS: Final = {
    "authorization_pending": "La personne n'a pas encore répondu sur son téléphone.",
    "slow_down": "Le logiciel demande trop souvent où en est la connexion.",
    "expired_token": "La personne n'a pas répondu à temps.",
    "access_denied": "La personne a refusé la connexion sur son téléphone.",
}
_DEMANDE: Final = {
    "unknown_user_id": "Cette personne n'est pas connue, ou n'a pas d'e-CPS.",
    "invalid_binding_message": "Le message à montrer sur les deux écrans n'est pas accepté.",
    "access_denied": "Le service d'identité refuse cette demande.",
    "missing_user_code": "Le service d'identité demande un code que ce service ne transmet pas.",
}


class DecoupleRefuse(EspaceSanteError):
    """What the provider answers instead of a login: `code` is the CIBA error."""


@dataclass(frozen=True, slots=True, repr=False)
class Demandee:
    """A request that the provider took: its number, its life, the wait between two polls."""

    auth_req_id: str
    expire_s: int
    intervalle_s: int


def demander(fournisseur: Fournisseur, personne: str, message: str, expire_s: int) -> Demandee:
    """Have the telephone of that person ring. Raises DecoupleRefuse, FournisseurInjoignable."""
    adresse = oidc.adresses(fournisseur).decouplee
    if not adresse:
        raise oidc.injoignable()
    reponse = oidc.appeler(
        "POST",
        adresse,
        auth=(fournisseur.client_id, fournisseur.client_secret),
        data={
            "scope": fournisseur.portees,
            "acr_values": fournisseur.acr,
            "login_hint": personne,
            "binding_message": message,
            "requested_expiry": str(expire_s),
        },
    )
    if reponse.status_code != 200:
        raise _refus(reponse.status_code, _erreur(reponse), _DEMANDE)
    dit = oidc.objet(reponse)
    numero, vie, attente = dit.get("auth_req_id"), dit.get("expires_in"), dit.get("interval", INTERVALLE_S)
    if not isinstance(numero, str) or not numero or not _entier(vie) or not _entier(attente):
        raise oidc.injoignable()
    return Demandee(numero, min(vie, expire_s), min(max(attente, 1), _INTERVALLE_MAX_S))


def relever(fournisseur: Fournisseur, auth_req_id: str) -> Identification:
    """Who confirmed. Raises DecoupleRefuse (`authorization_pending`, `slow_down`, `expired_token`, `access_denied`,
    `invalid_grant`), JetonIdentiteRefuse, AuthentificationInsuffisante, FournisseurInjoignable."""
    reponse = oidc.appeler(
        "POST",
        oidc.adresses(fournisseur).jeton,
        auth=(fournisseur.client_id, fournisseur.client_secret),
        data={"grant_type": GRANT, "auth_req_id": auth_req_id},
    )
    if reponse.status_code != 200:
        raise _refus(reponse.status_code, _erreur(reponse), _EN_COURS, "invalid_grant")
    dit = oidc.objet(reponse)
    jeton, acces = dit.get("id_token"), dit.get("access_token")
    if not isinstance(jeton, str) or not isinstance(acces, str):
        raise oidc.injoignable()
    r = oidc.verifier_jeton_identite(fournisseur, jeton, None)
    return Identification(r["sub"], r.get("acr", ""), acces, jeton)


def _refus(statut: int, code: str, connus: dict[str, str], autre: str = "") -> EspaceSanteError:
    if code in connus:
        return DecoupleRefuse(code, connus[code])
    if autre and statut == 400:
        return DecoupleRefuse(autre, "Cette demande de connexion n'est pas, ou plus, valable.")
    # A provider that refuses ourselves is a matter for operations, not for the caller.
    return oidc.injoignable()


def _erreur(reponse: Any) -> str:
    try:
        corps = reponse.json()
    except ValueError:
        return ""
    code = corps.get("error") if isinstance(corps, dict) else ""
    return code if isinstance(code, str) else ""


def _entier(valeur: object) -> TypeGuard[int]:
    return isinstance(valeur, int) and not isinstance(valeur, bool) and valeur > 0
