"""The logged-in actor, kept in the server-side session (rules IDN-43, IDN-44, OID-06, OID-08)."""

from __future__ import annotations

import time
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification

_CLE = "acteur"
_VU = "vu_a"
_DEBUT = "debut"
# A professional's login lasts four hours at most, whatever he does (OID-08).
_MAX_PRO_S = 4 * 3600
_PRECISION_S = 60
_CHAMPS = {f.name for f in fields(Acteur)}


def ouvrir_session(request: HttpRequest, acteur: Acteur) -> None:
    """Log an actor in: a new session key (against fixation), nothing kept of the former session."""
    request.session.flush()
    request.session[_CLE] = _vers_dict(acteur)
    request.session[_VU] = request.session[_DEBUT] = time.time()


def changer_acteur(request: HttpRequest, acteur: Acteur) -> None:
    """Same login, other situation d'exercice: a new traced context, open patients are closed (IDN-55)."""
    debut = request.session.get(_DEBUT, time.time())
    ouvrir_session(request, acteur)
    request.session[_DEBUT] = debut


def connecte_depuis(request: HttpRequest) -> float:
    """When the actor of this session logged in."""
    return float(request.session.get(_DEBUT, 0.0))


def fermer_session(request: HttpRequest) -> None:
    """Log out: the session is destroyed on the server, its cookie is worth nothing any more (IDN-44)."""
    request.session.flush()


def acteur_de(request: HttpRequest) -> Acteur | None:
    """The actor of this request's session, or None; an idle or too long session is destroyed."""
    brut = request.session.get(_CLE)
    if brut is None:
        return None
    if brut.keys() != _CHAMPS:
        # Opened by another edition of the product: what it lacks cannot be guessed.
        request.session.flush()
        return None
    acteur = _depuis_dict(brut)
    maintenant = time.time()
    pro = acteur.genre is not GenreActeur.TITULAIRE
    inactivite = 60 * (settings.ES_SESSION_PRO_MIN if pro else settings.ES_SESSION_TITULAIRE_MIN)
    if acteur.genre is GenreActeur.OPERATEUR:
        inactivite = 60 * settings.ES_SESSION_OPERATEUR_MIN
    vu = request.session.get(_VU, 0.0)
    if maintenant - vu > inactivite or (pro and maintenant - request.session.get(_DEBUT, 0.0) > _MAX_PRO_S):
        request.session.flush()
        return None
    if maintenant - vu > _PRECISION_S:
        request.session[_VU] = maintenant
    return acteur


def _vers_dict(acteur: Acteur) -> dict[str, Any]:
    d = asdict(acteur)
    d["dossier_id"] = str(acteur.dossier_id) if acteur.dossier_id else None
    d["portees"] = sorted(acteur.portees)
    return d


def _depuis_dict(d: dict[str, Any]) -> Acteur:
    return Acteur(
        **{
            **d,
            "genre": GenreActeur(d["genre"]),
            "mode_authentification": ModeAuthentification(d["mode_authentification"]),
            "finalite": ModeAcces(d["finalite"]),
            "dossier_id": UUID(d["dossier_id"]) if d["dossier_id"] else None,
            "portees": frozenset(d["portees"]),
        }
    )
