"""Failed tries of a login, holder's or operator's: counted by identifier, held after five (rules IDN-38, IDN-39)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from espace_sante.identite import blocage
from espace_sante.kernel.errors import EspaceSanteError


class ConnexionRefusee(EspaceSanteError):
    """Codes `identifiants_incorrects`, `compte_bloque`: the same for an unknown identifier (IDN-38, IDN-39)."""


def exiger_libre(request: HttpRequest, identifiant: str) -> None:
    """Raises ConnexionRefusee(`compte_bloque`) while this identifier is held."""
    reste = blocage.restant(identifiant)
    if reste is None and not AxesProxyHandler.is_allowed(request, {"identifiant": identifiant}):
        # Counted to the limit by a process that stopped before it wrote the hold.
        reste = blocage.DUREE
    if reste is not None:
        raise _bloque(request, reste)


def compter(request: HttpRequest, identifiant: str) -> None:
    """One more failure, for a check that is not Django's own."""
    user_login_failed.send(__name__, credentials={"identifiant": identifiant}, request=request)


def echec(
    request: HttpRequest, identifiant: str, prevenir: Callable[[timedelta], None] | None = None
) -> ConnexionRefusee:
    """The failure just counted, to raise; the one that reaches the limit holds the identifier and is told (IDN-39)."""
    if not getattr(request, "axes_locked_out", False):
        return ConnexionRefusee(
            "identifiants_incorrects", "L'identifiant ou le mot de passe n'est pas le bon."
        )
    duree = blocage.bloquer(identifiant)
    # The hold has its own duration: the count starts anew at its end.
    reset(username=identifiant)
    if duree is not None and prevenir is not None:
        prevenir(duree)
    return _bloque(request, duree or blocage.restant(identifiant) or blocage.DUREE)


def oublier(identifiant: str) -> None:
    """The person proved who she is, with both factors: former failures count no more."""
    reset(username=identifiant)
    blocage.lever(identifiant)


def _bloque(request: HttpRequest, duree: timedelta) -> ConnexionRefusee:
    # The pages answer themselves: the library's middleware must not replace their answer.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return ConnexionRefusee(
        "compte_bloque",
        f"Il y a eu trop d'essais. Par sécurité, attendez {blocage.en_mots(duree)} avant de recommencer.",
    )
