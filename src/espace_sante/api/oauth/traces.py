"""Each token given, refused or revoked, as `acces` traces it (rule OID-35)."""

from __future__ import annotations

from django.http import HttpRequest

from espace_sante.acces.jetons import tracer_jeton
from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur


def emis(request: HttpRequest, acteur: Acteur, genre: str) -> None:
    """A token was given to this actor. Raises what the database raises: no token without its trace (AUD-04)."""
    tracer_jeton(acteur, _contexte(request), f"emis {genre}")


def refuse(request: HttpRequest, refus: RefusOAuth, logiciel: Logiciel | None) -> None:
    """A request for a token was refused; to nobody known when the software did not prove who it is."""
    motif = f"refus {refus.code} {refus.details.get('motif', '')}".strip()
    tracer_jeton(_logiciel(logiciel), _contexte(request), motif, refus=True)


def revoque(request: HttpRequest, acteur: Acteur) -> None:
    """A token of this actor was revoked by its software."""
    tracer_jeton(acteur, _contexte(request), "revoque")


def decouplee(request: HttpRequest, acteur: Acteur) -> None:
    """The telephone of this professional rings for that software (OID-09)."""
    tracer_jeton(acteur, _contexte(request), "decouplee demandee")


def lien(request: HttpRequest, acteur: Acteur) -> None:
    """A link to the portal was made (OID-37); whom it is about is traced when it is used."""
    tracer_jeton(acteur, _contexte(request), "lien")


def _logiciel(logiciel: Logiciel | None) -> Acteur:
    if logiciel is None:
        return Acteur(GenreActeur.SERVICE)
    return Acteur(
        GenreActeur.SERVICE, client_id=logiciel.client_id, structure_id=str(logiciel.structure_id or "")
    )


def _contexte(request: HttpRequest) -> Contexte:
    return request.contexte  # type: ignore[attr-defined, no-any-return]
