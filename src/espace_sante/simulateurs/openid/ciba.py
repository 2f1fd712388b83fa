"""Decoupled logins of a simulated provider, as files: asked by a client, answered on a telephone (OID-36, CIBA)."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from django.http import HttpRequest, HttpResponse

from espace_sante.simulateurs.openid import codes

if TYPE_CHECKING:
    from espace_sante.simulateurs.openid.fournisseur import Simulateur

GRANT: Final = "urn:openid:params:grant-type:ciba"
INTERVALLE_S: Final = 2
_VIE_S: Final = 120
_MESSAGE: Final = re.compile(r"[\w \-]{1,64}")


class Appel(msgspec.Struct, frozen=True, kw_only=True):
    """One telephone that rings. `etat`: attente, oui, non."""

    cle: str
    client_id: str
    personne: str
    message: str
    portees: str
    acr: str
    expire: float
    prochain: float = 0.0
    etat: str = "attente"
    amr: tuple[str, ...] = ()


def demander(sim: Simulateur, request: HttpRequest) -> HttpResponse:
    """The backchannel authentication endpoint (CIBA Core §7)."""
    from espace_sante.simulateurs.openid.fournisseur import erreur, reponse

    client_id, p = sim.client_connu(request), request.POST
    if client_id is None:
        return erreur("invalid_client", 401)
    if (
        "openid" not in p.get("scope", "").split()
        or sum(c in p for c in ("login_hint", "login_hint_token", "id_token_hint")) != 1
        or not p.get("login_hint")
    ):
        return erreur("invalid_request")
    personne = p["login_hint"].removeprefix("8") if len(p["login_hint"]) == 12 else p["login_hint"]
    if sim.reclamations(personne) is None:
        return erreur("unknown_user_id")
    if not _MESSAGE.fullmatch(p.get("binding_message", "")):
        return erreur("invalid_binding_message")
    demandee = p.get("requested_expiry", "")
    vie = min(int(demandee), _VIE_S) if demandee.isascii() and demandee.isdigit() else _VIE_S
    numero = secrets.token_urlsafe(32)
    _ecrire(
        sim.dossier,
        Appel(
            cle=_cle(numero), client_id=client_id, personne=personne, message=p["binding_message"], portees=p["scope"],
            acr=p.get("acr_values", ""), expire=time.time() + vie,
        ),
    )  # fmt: skip
    return reponse({"auth_req_id": numero, "expires_in": vie, "interval": INTERVALLE_S})


def jetons(sim: Simulateur, client_id: str, numero: str) -> HttpResponse:
    """The token endpoint, for this grant: pending, too fast, over, refused, or the tokens, once (§10, §11)."""
    from espace_sante.simulateurs.openid.fournisseur import erreur

    appel = _lire(_fichier(sim.dossier, _cle(numero)))
    maintenant = time.time()
    if appel is None or appel.client_id != client_id:
        return erreur("invalid_grant")
    if appel.expire <= maintenant:
        return erreur("expired_token")
    if appel.etat == "non":
        return erreur("access_denied")
    if appel.etat == "attente":
        _ecrire(sim.dossier, msgspec.structs.replace(appel, prochain=maintenant + INTERVALLE_S))
        return erreur("slow_down" if appel.prochain > maintenant else "authorization_pending")
    try:
        # Whoever moves the file away is the one who uses it.
        _fichier(sim.dossier, appel.cle).rename(_fichier(sim.dossier, appel.cle).with_suffix(".utilise"))
    except FileNotFoundError:
        return erreur("invalid_grant")
    octroi = codes.Octroi(
        client_id=client_id, retour="", nonce="", defi="", portees=appel.portees, personne=appel.personne,
        acr=appel.acr, amr=appel.amr, sid=secrets.token_urlsafe(16),
    )  # fmt: skip
    return sim.donner(client_id, octroi)


def qui_sonnent(dossier: Path) -> Iterator[Appel]:
    """Telephones that wait for an answer."""
    for fichier in sorted((dossier / "ciba").glob("*.json")):
        appel = _lire(fichier)
        if appel is not None and appel.etat == "attente" and appel.expire > time.time():
            yield appel


def repondre(dossier: Path, cle: str, etat: str, acr: str, amr: tuple[str, ...]) -> Appel | None:
    """What the person did on her telephone; None when nothing rings there any more."""
    appel = next((a for a in qui_sonnent(dossier) if a.cle == cle), None)
    if appel is None:
        return None
    _ecrire(dossier, msgspec.structs.replace(appel, etat=etat, acr=acr, amr=amr))
    return appel


def _cle(numero: str) -> str:
    return hashlib.sha256(numero.encode()).hexdigest()


def _fichier(dossier: Path, cle: str) -> Path:
    return dossier / "ciba" / f"{cle}.json"


def _ecrire(dossier: Path, appel: Appel) -> None:
    fichier = _fichier(dossier, appel.cle)
    fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    provisoire = fichier.with_suffix(f".{os.getpid()}.tmp")
    provisoire.write_bytes(msgspec.json.encode(appel))
    provisoire.replace(fichier)


def _lire(fichier: Path) -> Appel | None:
    try:
        return msgspec.json.decode(fichier.read_bytes(), type=Appel)
    except (OSError, msgspec.DecodeError):
        return None
