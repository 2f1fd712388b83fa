"""Our own access tokens: signed, one hour at most (rules IDN-59, OID-13, OID-15, OID-19, OID-20, OID-22).

A token carries who acts (from the identity provider and the directory, never from software), for
which client, with which scopes. It names no patient. Given to a certificate, it serves with that one alone.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey

from espace_sante.identite import cles_jetons, revocations
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.cles_jetons import DUREE_S
from espace_sante.identite.logiciels.queries import logiciel_actif_et_jeton_revoque
from espace_sante.identite.portees import etendre
from espace_sante.identite.sujets import sujet
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import ScelleRompu, cle_maitre

__all__ = ["DUREE_S", "JetonInvalide", "JetonLu", "emettre_jeton", "examiner_jeton", "lire_jeton"]

# A verified token is not verified again for this long: a suspended client or an expiry takes effect
# within it, well under the 60 s of rule OID-32. A revocation does not wait for it (identite.revocations).
_MEMOIRE_S = 20.0
_MEMOIRE_MAX = 10_000
_TAILLE_MAX = 8_192
_vus: OrderedDict[bytes, tuple[float, JetonLu]] = OrderedDict()
_verrou = Lock()
# Counts what was forgotten: what was verified before it is not kept after it.
_oublis = 0


class JetonInvalide(EspaceSanteError):
    """No token, expired, altered, revoked, of another certificate, or of a client that may call no more (401)."""


@dataclass(frozen=True, slots=True)
class JetonLu:
    """A good token: who acts, the certificate that it is bound to (empty: none), and its own claims."""

    acteur: Acteur
    certificat: str
    reclamations: dict[str, Any] = field(repr=False)


def cle_publique() -> dict[str, Any]:
    """The public key of the one that signs now."""
    return dict(cles_jetons.signataire().jwk.as_dict(private=False))


def emettre_jeton(acteur: Acteur, *, duree_s: int = DUREE_S, certificat: str = "", mandant: str = "") -> str:
    """A bearer token for that actor, bound to a certificate when its `x5t#S256` is given (OID-13).

    `mandant` is the structure that vouched for the call with an assertion of its own (OID-16).
    """
    maintenant = int(time.time())
    reclamations = {
        "iss": settings.ES_BASE_URL,
        "aud": f"{settings.ES_BASE_URL}/fhir",
        "iat": maintenant,
        "exp": maintenant + min(duree_s, DUREE_S),
        "jti": str(uuid7()),
        "sub": _sujet(acteur),
        "client_id": acteur.client_id,
        "scope": " ".join(sorted(acteur.portees)),
        "genre": acteur.genre.value,
        "nom": acteur.nom,
        "rpps": acteur.rpps,
        "profession": [acteur.profession_systeme, acteur.profession_code, acteur.profession_libelle],
        "savoir_faire": acteur.savoir_faire,
        "secteur": acteur.secteur,
        "situation": acteur.situation_id,
        "structure": [acteur.structure_id, acteur.structure_nom, acteur.structure_commune],
        "deux_facteurs": acteur.deux_facteurs,
        "mode": acteur.mode_authentification.value,
        "regulation": acteur.regulation,
        "purpose_of_use": acteur.finalite.value,
        **_dossier(acteur),
        **({"cnf": {"x5t#S256": certificat}} if certificat else {}),
        **({"act": {"sub": mandant}} if mandant else {}),
    }
    cle = cles_jetons.signataire()
    entete = {"alg": "Ed25519", "typ": "at+jwt", "kid": cle.kid}
    return jwt.encode(entete, reclamations, cle.jwk, algorithms=["Ed25519"])


def lire_jeton(jeton: str, certificat: str = "") -> Acteur:
    """The actor of a bearer token, shown with that certificate (`x5t#S256`, empty: none).

    Raises JetonInvalide (`jeton_invalide`, `jeton_expire`, `jeton_revoque`, `client_suspendu`, `certificat_autre`).
    """
    lu = examiner_jeton(jeton)
    if lu.certificat:
        if not hmac.compare_digest(lu.certificat.encode(), certificat.encode()):
            raise JetonInvalide("certificat_autre", "Ce jeton a été donné à un autre certificat.")
    elif settings.ES_INSTANCE == "production":
        # RFC 8705: what a thief may use from anywhere is worth nothing here.
        raise JetonInvalide("certificat_autre", "Ce jeton n'est lié à aucun certificat.")
    return lu.acteur


def examiner_jeton(jeton: str) -> JetonLu:
    """A token as such, whoever shows it: for introspection and revocation. Raises JetonInvalide."""
    empreinte = hashlib.sha256(jeton.encode("utf-8", "replace")).digest()
    maintenant = time.monotonic()
    with _verrou:
        connu, oublis = _vus.get(empreinte), _oublis
    if connu and connu[0] > maintenant and revocations.memoire_sure():
        return connu[1]
    lu = _verifier(jeton)
    reste = float(lu.reclamations["exp"]) - time.time()
    with _verrou:
        if _oublis != oublis:
            return lu
        _vus[empreinte] = (maintenant + min(_MEMOIRE_S, reste), lu)
        while len(_vus) > _MEMOIRE_MAX:
            _vus.popitem(last=False)
    return lu


def revoquer_jeton(lu: JetonLu) -> None:
    """This token dies at once, in every process (OID-20)."""
    jti = UUID(lu.reclamations["jti"])
    revocations.revoquer(jti, datetime.fromtimestamp(lu.reclamations["exp"], UTC))
    oublier(str(jti))


def oublier(jti: str = "") -> None:
    """Keep nothing in memory of that token, or of any."""
    global _oublis
    with _verrou:
        _oublis += 1
        if not jti:
            _vus.clear()
        for empreinte in [e for e, (_, lu) in _vus.items() if jti in _noms(lu.reclamations)]:
            del _vus[empreinte]


def _verifier(jeton: str) -> JetonLu:
    try:
        if len(jeton) > _TAILLE_MAX or jeton.count(".") != 2:
            raise ValueError
        decode = jwt.decode(jeton, _cle_de, algorithms=["Ed25519"])
        if decode.header.get("typ") != "at+jwt":
            raise ValueError
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise JetonInvalide("jeton_invalide", "Le jeton d'accès n'est pas valable.") from None
    r = decode.claims
    if float(r.get("exp", 0)) <= time.time():
        raise JetonInvalide("jeton_expire", "Le jeton d'accès a expiré.")
    if r.get("iss") != settings.ES_BASE_URL or r.get("aud") != f"{settings.ES_BASE_URL}/fhir":
        raise JetonInvalide("jeton_invalide", "Le jeton d'accès n'est pas pour ce service.")
    if "secteur" not in r:
        # Of a former edition: without a sector nobody could say which consent he needs (ACC-23).
        raise JetonInvalide("jeton_expire", "Le jeton d'accès a expiré.")
    _exiger_vivant(r["client_id"], *_noms(r))
    return JetonLu(_acteur(r), r.get("cnf", {}).get("x5t#S256", ""), r)


def _cle_de(objet: GuestProtocol) -> OKPKey:
    cle = cles_jetons.par_kid(objet.headers().get("kid"))
    if cle is None:
        raise ValueError
    return cle.jwk


def _exiger_vivant(client_id: str, *noms: str) -> None:
    actif, revoque = logiciel_actif_et_jeton_revoque(client_id, noms)
    if not actif:
        raise JetonInvalide(
            "client_suspendu", "Ce logiciel n'est pas, ou plus, autorisé à appeler le service."
        )
    if revoque:
        raise JetonInvalide("jeton_revoque", "Ce jeton a été révoqué.")


def _acteur(r: dict[str, Any]) -> Acteur:
    return Acteur(
        genre=GenreActeur(r["genre"]),
        nom=r["nom"],
        rpps=r["rpps"],
        profession_systeme=r["profession"][0],
        profession_code=r["profession"][1],
        profession_libelle=r["profession"][2],
        savoir_faire=r["savoir_faire"],
        secteur=r["secteur"],
        situation_id=r["situation"],
        structure_id=r["structure"][0],
        structure_nom=r["structure"][1],
        structure_commune=r["structure"][2],
        deux_facteurs=bool(r["deux_facteurs"]),
        mode_authentification=ModeAuthentification(r["mode"]),
        regulation=bool(r["regulation"]),
        finalite=ModeAcces(r["purpose_of_use"]),
        dossier_id=_ouvrir_dossier(r),
        session_id=UUID(r["sid"]) if "sid" in r else None,
        client_id=r["client_id"],
        portees=etendre(r["scope"].split()),
    )


def _noms(r: dict[str, Any]) -> tuple[str, ...]:
    """What a revocation names: this token, or the authorization that it came of."""
    return (r["jti"], r["sid"]) if "sid" in r else (r["jti"],)


def _sujet(acteur: Acteur) -> str:
    """For a service that acts for a holder, the name that it alone knows him by (OID-29)."""
    if acteur.session_id is not None and acteur.dossier_id is not None:
        return sujet(acteur.client_id, acteur.dossier_id)
    return acteur.identifiant


def _dossier(acteur: Acteur) -> dict[str, str]:
    """The record, in clear for programs of our own, sealed in what a service keeps: two services could compare it."""
    if acteur.session_id is None or acteur.dossier_id is None:
        return {"dossier": str(acteur.dossier_id or "")}
    scelle = cle_maitre().envelopper(acteur.dossier_id.bytes, b"jeton:" + acteur.session_id.bytes)
    return {"dossier": b64encode(scelle).decode(), "sid": str(acteur.session_id)}


def _ouvrir_dossier(r: dict[str, Any]) -> UUID | None:
    if not r["dossier"]:
        return None
    if "sid" not in r:
        return UUID(r["dossier"])
    contexte = b"jeton:" + UUID(r["sid"]).bytes
    try:
        return UUID(bytes=cle_maitre().developper(b64decode(r["dossier"]), contexte))
    except ScelleRompu:
        # The master key changed since.
        raise JetonInvalide("jeton_invalide", "Le jeton d'accès n'est pas valable.") from None
