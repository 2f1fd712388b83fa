"""What the visitor's session keeps while a login is under way, and of the provider afterwards."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from espace_sante.platform.oidc import Demande
from espace_sante.web.connexion.fournisseurs import Service

_DEMANDE = "connexion_{}"
_SECOND = "second_facteur"
_SECOND_DEPUIS = "second_facteur_depuis"
_FOURNISSEUR = "fournisseur"
# A first factor left on a screen is worth nothing after this time: no new code is sent for it.
_ATTENTE_MAX_S = 30 * 60


@dataclass(frozen=True, slots=True)
class SecondFacteur:
    """A first factor was given; the one-time code is awaited. Opens nothing by itself."""

    compte_id: UUID
    adresse: str
    suite: str
    # Set when the first factor was FranceConnect: its session ends with ours.
    jeton_fc: str = ""


def suite_sure(brut: str | None) -> str:
    """The page to go on with, when it is a path of this site; else empty (no open redirect)."""
    sure = brut and brut.startswith("/") and url_has_allowed_host_and_scheme(brut, allowed_hosts=None)
    return brut if sure and brut else ""


def garder_demande(request: HttpRequest, service: Service, demande: Demande, suite: str) -> None:
    request.session[_DEMANDE.format(service)] = {"demande": asdict(demande), "suite": suite}


def reprendre_demande(request: HttpRequest, service: Service) -> tuple[Demande, str] | None:
    """The login under way with that provider; taken once, so that a return cannot be played again."""
    brut = request.session.pop(_DEMANDE.format(service), None)
    return (Demande(**brut["demande"]), brut["suite"]) if brut else None


def garder_second_facteur(request: HttpRequest, attente: SecondFacteur) -> None:
    # A new session key as soon as a secret was given, against fixation.
    request.session.cycle_key()
    request.session[_SECOND] = {**asdict(attente), "compte_id": str(attente.compte_id)}
    request.session[_SECOND_DEPUIS] = time.time()


def second_facteur(request: HttpRequest) -> SecondFacteur | None:
    """The login that waits for its code; None once it has waited too long."""
    brut = request.session.get(_SECOND)
    if time.time() - request.session.get(_SECOND_DEPUIS, 0.0) > _ATTENTE_MAX_S:
        return None
    return SecondFacteur(**{**brut, "compte_id": UUID(brut["compte_id"])}) if brut else None


def oublier_second_facteur(request: HttpRequest) -> None:
    request.session.pop(_SECOND, None)
    request.session.pop(_SECOND_DEPUIS, None)


def garder_fournisseur(request: HttpRequest, service: Service, jeton_identite: str) -> None:
    """Remember whose session to end at logout (OID-08)."""
    request.session[_FOURNISSEUR] = [service, jeton_identite]


def fournisseur_de(request: HttpRequest) -> tuple[Service, str] | None:
    brut = request.session.get(_FOURNISSEUR)
    return (brut[0], brut[1]) if brut else None
