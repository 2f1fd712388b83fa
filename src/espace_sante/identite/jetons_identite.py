"""Identity tokens: who logged in, told to one service by the name that it alone knows (rules OID-27, OID-29, FHR-152)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey

from espace_sante.identite import cles_jetons
from espace_sante.identite.cles_jetons import DUREE_S
from espace_sante.identite.sujets import sujet
from espace_sante.kernel.errors import EspaceSanteError

_TAILLE_MAX = 4_096


class JetonIdentiteInvalide(EspaceSanteError):
    """No identity token of ours, altered or over. Code `jeton_identite_invalide`."""


@dataclass(frozen=True, slots=True)
class Identite:
    """What a good identity token says: for whom it was made, and of whom."""

    client_id: str
    sujet: str


def emettre(client_id: str, dossier_id: UUID, session_id: UUID, *, nonce: str, connecte_le: int) -> str:
    """The identity token of one authorization, of the same life as its access token. It says no trait of the person."""
    maintenant = int(time.time())
    reclamations = {
        "iss": settings.ES_BASE_URL,
        "aud": client_id,
        "sub": sujet(client_id, dossier_id),
        "iat": maintenant,
        "exp": maintenant + DUREE_S,
        "auth_time": connecte_le,
        "sid": str(session_id),
        **({"nonce": nonce} if nonce else {}),
    }
    cle = cles_jetons.signataire()
    entete = {"alg": "Ed25519", "typ": "JWT", "kid": cle.kid}
    return jwt.encode(entete, reclamations, cle.jwk, algorithms=["Ed25519"])


def lire(jeton: str) -> Identite:
    """What that token says. Raises JetonIdentiteInvalide."""
    try:
        if len(jeton) > _TAILLE_MAX or jeton.count(".") != 2:
            raise ValueError
        decode = jwt.decode(jeton, _cle_de, algorithms=["Ed25519"])
        # An access token is signed with the same key: the type keeps the one from being taken for the other.
        if decode.header.get("typ") != "JWT":
            raise ValueError
        r = decode.claims
        if r["iss"] != settings.ES_BASE_URL or float(r["exp"]) <= time.time():
            raise ValueError
        return Identite(str(r["aud"]), str(r["sub"]))
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise JetonIdentiteInvalide(
            "jeton_identite_invalide", "Le jeton d’identité n’est pas valable."
        ) from None


def _cle_de(objet: GuestProtocol) -> OKPKey:
    cle = cles_jetons.par_kid(objet.headers().get("kid"))
    if cle is None:
        raise ValueError
    return cle.jwk
