"""Our own access tokens: signed, one hour at most (rules IDN-59, OID-15, OID-19).

A token carries who acts (from the identity provider and the directory, never from software), for
which client, with which scopes. It names no patient.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.local import secret

DUREE_S = 3600
# A verified token is not verified again for this long: a suspended client or an expiry takes effect
# within it, well under the 60 s of rule OID-32.
_MEMOIRE_S = 20.0
_MEMOIRE_MAX = 10_000
_vus: OrderedDict[bytes, tuple[float, Acteur]] = OrderedDict()
_verrou = Lock()


class JetonInvalide(EspaceSanteError):
    """No token, expired, altered, or of a client that may call no more (401)."""


@lru_cache(maxsize=1)
def _cle() -> OKPKey:
    graine = secret(Path(settings.ES_DATA) / "cles" / "jetons.key", 32)
    privee = Ed25519PrivateKey.from_private_bytes(graine)
    pem = privee.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(pem, {"use": "sig", "alg": "Ed25519"})


def cle_publique() -> dict[str, Any]:
    """The public key, for /.well-known/jwks.json."""
    cle = _cle()
    cle.ensure_kid()
    return dict(cle.as_dict(private=False))


def emettre_jeton(acteur: Acteur, *, duree_s: int = DUREE_S) -> str:
    """A bearer token for that actor."""
    maintenant = int(time.time())
    reclamations = {
        "iss": settings.ES_BASE_URL,
        "aud": f"{settings.ES_BASE_URL}/fhir",
        "iat": maintenant,
        "exp": maintenant + min(duree_s, DUREE_S),
        "jti": str(uuid7()),
        "sub": acteur.identifiant,
        "client_id": acteur.client_id,
        "scope": " ".join(sorted(acteur.portees)),
        "genre": acteur.genre.value,
        "nom": acteur.nom,
        "rpps": acteur.rpps,
        "profession": [acteur.profession_systeme, acteur.profession_code, acteur.profession_libelle],
        "savoir_faire": acteur.savoir_faire,
        "situation": acteur.situation_id,
        "structure": [acteur.structure_id, acteur.structure_nom, acteur.structure_commune],
        "deux_facteurs": acteur.deux_facteurs,
        "mode": acteur.mode_authentification.value,
        "regulation": acteur.regulation,
        "purpose_of_use": acteur.finalite.value,
        "dossier": str(acteur.dossier_id) if acteur.dossier_id else "",
    }
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, reclamations, _cle(), algorithms=["Ed25519"])


def lire_jeton(jeton: str) -> Acteur:
    """The actor of a bearer token. Raises JetonInvalide (`jeton_invalide`, `jeton_expire`, `client_suspendu`)."""
    empreinte = hashlib.sha256(jeton.encode("utf-8", "replace")).digest()
    maintenant = time.monotonic()
    with _verrou:
        connu = _vus.get(empreinte)
        if connu and connu[0] > maintenant:
            return connu[1]
    try:
        r = jwt.decode(jeton, _cle(), algorithms=["Ed25519"]).claims
    except (JoseError, ValueError):
        raise JetonInvalide("jeton_invalide", "Le jeton d'accès n'est pas valable.") from None
    reste = float(r.get("exp", 0)) - time.time()
    if reste <= 0:
        raise JetonInvalide("jeton_expire", "Le jeton d'accès a expiré.")
    if r.get("iss") != settings.ES_BASE_URL or r.get("aud") != f"{settings.ES_BASE_URL}/fhir":
        raise JetonInvalide("jeton_invalide", "Le jeton d'accès n'est pas pour ce service.")
    if not Logiciel.objects.filter(client_id=r["client_id"], actif=True).exists():
        raise JetonInvalide(
            "client_suspendu", "Ce logiciel n'est pas, ou plus, autorisé à appeler le service."
        )
    acteur = Acteur(
        genre=GenreActeur(r["genre"]),
        nom=r["nom"],
        rpps=r["rpps"],
        profession_systeme=r["profession"][0],
        profession_code=r["profession"][1],
        profession_libelle=r["profession"][2],
        savoir_faire=r["savoir_faire"],
        situation_id=r["situation"],
        structure_id=r["structure"][0],
        structure_nom=r["structure"][1],
        structure_commune=r["structure"][2],
        deux_facteurs=bool(r["deux_facteurs"]),
        mode_authentification=ModeAuthentification(r["mode"]),
        regulation=bool(r["regulation"]),
        finalite=ModeAcces(r["purpose_of_use"]),
        dossier_id=UUID(r["dossier"]) if r["dossier"] else None,
        client_id=r["client_id"],
        portees=frozenset(r["scope"].split()),
    )
    with _verrou:
        _vus[empreinte] = (maintenant + min(_MEMOIRE_S, reste), acteur)
        while len(_vus) > _MEMOIRE_MAX:
            _vus.popitem(last=False)
    return acteur
