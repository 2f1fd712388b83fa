"""The protocol side of a simulated OpenID provider, common to Pro Santé Connect and FranceConnect."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.openid import ciba, cles, codes


class DemandeRefusee(Exception):
    """An authorization request that cannot be answered by a redirect: shown to the person instead."""


class Autorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A checked authorization request."""

    client_id: str
    retour: str
    etat: str
    nonce: str
    defi: str
    portees: str
    acr: str


@dataclass(frozen=True, slots=True)
class Simulateur:
    """One provider: where its files are, who its clients are, what it says of a person.

    `reclamations` gives the userinfo of a person (None: unknown); `signe` sends it as a signed JWT.
    """

    nom: str
    emetteur: str
    client: tuple[str, str]
    retours: tuple[str, ...]
    fins: tuple[str, ...]
    decouverte: dict[str, Any]
    reclamations: Callable[[str], dict[str, Any] | None]
    signe: bool
    vie_acces_s: int
    decouple: bool = False

    @property
    def dossier(self) -> Path:
        return racine() / self.nom

    def clients(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Registered clients: secret and exact return addresses."""
        autres = donnees.clients(racine()) if self.nom == "psc" else ()
        return {c.client_id: (c.secret, c.retours) for c in autres} | {
            self.client[0]: (self.client[1], self.retours)
        }

    def lire_demande(self, p: Mapping[str, str]) -> Autorisation:
        """Check an authorization request. Raises DemandeRefusee."""
        connu = self.clients().get(p.get("client_id", ""))
        if connu is None or p.get("redirect_uri") not in connu[1]:
            raise DemandeRefusee("Ce service n'est pas connu, ou son adresse de retour n'est pas la bonne.")
        if p.get("response_type") != "code" or "openid" not in p.get("scope", "").split():
            raise DemandeRefusee("Cette demande n'est pas une demande de connexion.")
        if p.get("code_challenge_method") != "S256" or len(p.get("code_challenge", "")) != 43:
            raise DemandeRefusee("La demande n'est pas protégée par PKCE (S256).")
        if not p.get("state") or not p.get("nonce"):
            raise DemandeRefusee("La demande n'a pas d'état ou de nonce.")
        return Autorisation(
            client_id=p["client_id"],
            retour=p["redirect_uri"],
            etat=p["state"],
            nonce=p["nonce"],
            defi=p["code_challenge"],
            portees=p["scope"],
            acr=p.get("acr_values", ""),
        )

    def accorder(self, demande: Autorisation, personne: str, acr: str, amr: tuple[str, ...]) -> str:
        """Address to go back to, with a code."""
        code = codes.emettre(
            self.dossier,
            codes.Octroi(
                client_id=demande.client_id, retour=demande.retour, nonce=demande.nonce, defi=demande.defi,
                portees=demande.portees, personne=personne, acr=acr, amr=amr, sid=secrets.token_urlsafe(16),
            ),
        )  # fmt: skip
        return self._retour(demande, {"code": code})

    def refuser(self, demande: Autorisation) -> str:
        """Address to go back to when the person says no."""
        return self._retour(demande, {"error": "access_denied", "error_description": "connexion refusée"})

    def _retour(self, demande: Autorisation, p: dict[str, str]) -> str:
        return f"{demande.retour}?{urlencode({**p, 'state': demande.etat, 'iss': self.emetteur})}"

    def jetons(self, request: HttpRequest) -> HttpResponse:
        """The token endpoint."""
        client_id = self.client_connu(request)
        if client_id is None:
            return erreur("invalid_client", 401)
        if request.POST.get("grant_type") == ciba.GRANT and self.decouple:
            return ciba.jetons(self, client_id, request.POST.get("auth_req_id", ""))
        if request.POST.get("grant_type") != "authorization_code":
            return erreur("unsupported_grant_type")
        octroi = codes.consommer(self.dossier, request.POST.get("code", ""))
        verificateur = request.POST.get("code_verifier", "")
        defi = base64.urlsafe_b64encode(hashlib.sha256(verificateur.encode()).digest()).rstrip(b"=").decode()
        if (
            octroi is None
            or octroi.client_id != client_id
            or octroi.retour != request.POST.get("redirect_uri")
            or not hmac.compare_digest(octroi.defi, defi)
        ):
            return erreur("invalid_grant")
        return self.donner(client_id, octroi)

    def donner(self, client_id: str, octroi: codes.Octroi) -> HttpResponse:
        """Tokens of a person who said yes."""
        fiche = self.reclamations(octroi.personne)
        if fiche is None:
            return erreur("invalid_grant")
        maintenant = int(time.time())
        commun = {
            "iss": self.emetteur,
            "sub": fiche["sub"],
            "iat": maintenant,
            "azp": client_id,
            "sid": octroi.sid,
            **({"acr": octroi.acr} if octroi.acr else {}),
        }
        acces = {
            **commun,
            "aud": client_id,
            "exp": maintenant + self.vie_acces_s,
            "scope": octroi.portees,
            "personne": octroi.personne,
            "typ": "Bearer",
        }
        identite = {
            **commun,
            "aud": client_id,
            "exp": maintenant + self.vie_acces_s,
            "auth_time": maintenant,
            **({"nonce": octroi.nonce} if octroi.nonce else {}),
            "amr": list(octroi.amr),
        }
        return reponse(
            {
                "access_token": cles.signer(self.dossier, acces, "at+jwt"),
                "id_token": cles.signer(self.dossier, identite),
                "token_type": "Bearer",
                "expires_in": self.vie_acces_s,
                "scope": octroi.portees,
            }
        )

    def informations(self, request: HttpRequest) -> HttpResponse:
        """The userinfo endpoint."""
        genre, _, jeton = request.headers.get("Authorization", "").partition(" ")
        acces = self._vivant(jeton) if genre == "Bearer" else None
        fiche = self.reclamations(acces["personne"]) if acces else None
        if acces is None or fiche is None:
            refus = erreur("invalid_token", 401)
            refus["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return refus
        if not self.signe:
            return reponse(fiche)
        corps = cles.signer(self.dossier, {**fiche, "iss": self.emetteur, "aud": acces["aud"]})
        return HttpResponse(corps, content_type="application/jwt", headers={"Cache-Control": "no-store"})

    def introspection(self, request: HttpRequest) -> HttpResponse:
        """The introspection endpoint (RFC 7662)."""
        if self.client_connu(request) is None:
            return erreur("invalid_client", 401)
        acces = self._vivant(request.POST.get("token", ""))
        if acces is None:
            return reponse({"active": False})
        visibles = {k: v for k, v in acces.items() if k not in {"personne", "typ"}}
        return reponse({"active": True, "client_id": acces["azp"], "token_type": "Bearer", **visibles})

    def terminer(self, request: HttpRequest) -> str | None:
        """End the session of the given ID token; where to go next, or None to stay on the provider's page."""
        jeton = cles.lire(self.dossier, request.GET.get("id_token_hint", ""))
        if jeton is None:
            return None
        codes.finir(self.dossier, jeton["sid"])
        retour = request.GET.get("post_logout_redirect_uri", "")
        return retour if retour in self.fins else None

    def _vivant(self, jeton: str) -> dict[str, Any] | None:
        r = cles.lire(self.dossier, jeton)
        if r is None or "personne" not in r or r["exp"] <= time.time() or codes.finie(self.dossier, r["sid"]):
            return None
        return r

    def client_connu(self, request: HttpRequest) -> str | None:
        """The client that a request proves, or None."""
        client_id, secret = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
        genre, _, valeur = request.headers.get("Authorization", "").partition(" ")
        if genre == "Basic":
            try:
                brut = base64.b64decode(valeur, validate=True).decode()
            except ValueError:
                return None
            client_id, _, secret = (unquote_plus(x) for x in brut.partition(":"))
        connu = self.clients().get(client_id)
        if connu is None or not hmac.compare_digest(connu[0].encode(), secret.encode()):
            return None
        return client_id


def racine() -> Path:
    """Folder of the simulators' files."""
    return Path(settings.ES_DATA) / "simulateurs"


def reponse(corps: dict[str, Any], statut: int = 200) -> JsonResponse:
    return JsonResponse(corps, status=statut, headers={"Cache-Control": "no-store"})


def erreur(code: str, statut: int = 400) -> JsonResponse:
    return reponse({"error": code}, statut)


def decouverte(emetteur: str, autorisation: str, acr: list[str], portees: list[str]) -> dict[str, Any]:
    """A discovery document."""
    return {
        "issuer": emetteur,
        "authorization_endpoint": f"{emetteur}/{autorisation}",
        "token_endpoint": f"{emetteur}/token",
        "userinfo_endpoint": f"{emetteur}/userinfo",
        "introspection_endpoint": f"{emetteur}/introspect",
        "end_session_endpoint": f"{emetteur}/logout",
        "jwks_uri": f"{emetteur}/certs",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": acr,
        "scopes_supported": portees,
        "authorization_response_iss_parameter_supported": True,
    }
