"""Durations of consents: calendar months at French legal time (rule ACC-21)."""

from espace_sante.kernel.durees import PARIS, ajouter_mois

__all__ = ["PARIS", "ajouter_mois"]
