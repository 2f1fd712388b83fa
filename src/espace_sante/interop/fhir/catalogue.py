"""Every code that the FHIR door can answer, whatever its family: one list, one code system (FHR-08)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from espace_sante.interop.fhir.constats import FamilleErreurs
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_abonnements import ErreurAbonnement
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure

FAMILLES: Final[tuple[type[FamilleErreurs], ...]] = (Erreur, ErreurMesure, ErreurAgenda, ErreurAbonnement)


def toutes() -> Iterator[FamilleErreurs]:
    """In the order of the families; no code is in two of them (a test holds it)."""
    for famille in FAMILLES:
        yield from famille
