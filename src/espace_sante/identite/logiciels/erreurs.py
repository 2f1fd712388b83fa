"""Refusals of what a publisher typed."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class FicheRefusee(EspaceSanteError):
    """Code `fiche_invalide`; detail `champs`: what to correct, by field."""
