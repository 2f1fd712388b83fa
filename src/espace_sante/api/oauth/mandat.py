"""`actor_token`: a structure's own assertion beside the person's token (rules OID-16, RFC 8693 §4.1).

A JWT signed with the key of the very certificate of the call: nobody can show the assertion of another. It must
name the structure of that certificate. A VIHF (SAML) is not read here.
"""

from __future__ import annotations

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from espace_sante.api.oauth.clients import Appelant
from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.kernel.identifiants import IdentifiantInvalide, struct_idnat
from espace_sante.platform.certificats import Certificat
from espace_sante.platform.oidc import ALGORITHMES

TYPE_JWT = "urn:ietf:params:oauth:token-type:jwt"
_VIE_MAX_S = 300
_DECALAGE_S = 60
_TAILLE_MAX = 8_192


def structure_mandante(corps: dict[str, str], appelant: Appelant) -> str:
    """The structure (Struct_IdNat) that vouches for this exchange; empty without `actor_token`. Raises RefusOAuth."""
    jeton = corps.get("actor_token", "")
    if not jeton and "actor_token_type" not in corps:
        return ""
    if not jeton or corps.get("actor_token_type") != TYPE_JWT:
        raise RefusOAuth(
            "invalid_request", "Le paramètre actor_token est un JWT, et son type est dit (actor_token_type)."
        )
    if appelant.certificat is None:
        raise RefusOAuth("invalid_request", "Le paramètre actor_token demande un certificat de structure.")
    r = _verifier(jeton, appelant.certificat)
    maintenant = time.time()
    exp, audiences = r.get("exp"), r.get("aud")
    attendues = {
        settings.ES_BASE_URL,
        f"{settings.ES_BASE_URL}/oauth/token",
        f"{settings.ES_MTLS_URL}/oauth/token",
    }
    if (
        isinstance(exp, bool)
        or not isinstance(exp, int | float)
        or not maintenant - _DECALAGE_S < exp <= maintenant + _VIE_MAX_S + _DECALAGE_S
        or r.get("iss") != appelant.logiciel.client_id
        or not attendues & set(audiences if isinstance(audiences, list) else [str(audiences)])
    ):
        raise _refus("actor_token_invalide")
    nommee = _idnat(str(r.get("subject_organization_id") or ""))
    siennes = {_idnat(appelant.certificat.structure), appelant.logiciel.structure_id} - {"", None}
    # Both when both are known: a certificate moved to another structure proves nothing.
    if not nommee or siennes != {nommee}:
        raise _refus("structure_differente")
    return nommee


def _verifier(jeton: str, certificat: Certificat) -> dict[str, Any]:
    publique = certificat.x509.public_key()
    pem = publique.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        if len(jeton) > _TAILLE_MAX or jeton.count(".") != 2:
            raise ValueError
        cle: RSAKey | ECKey
        if isinstance(publique, RSAPublicKey):
            cle = RSAKey.import_key(pem)
        elif isinstance(publique, EllipticCurvePublicKey):
            cle = ECKey.import_key(pem)
        else:
            raise ValueError
        return dict(jwt.decode(jeton, cle, algorithms=list(ALGORITHMES)).claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise _refus("actor_token_invalide") from None


def _idnat(identifiant: str) -> str:
    """A FINESS of nine characters or a Struct_IdNat, as Struct_IdNat; other numbers as they are."""
    identifiant = identifiant.removeprefix("urn:oid:1.2.250.1.71.4.2.2|")
    if len(identifiant) != 9:
        return identifiant
    try:
        return struct_idnat(identifiant)
    except IdentifiantInvalide:
        return ""


def _refus(motif: str) -> RefusOAuth:
    return RefusOAuth(
        "invalid_grant", "L'assertion de la structure n'est pas valable (actor_token).", motif=motif
    )
