"""Background work of the room, found by the queue at start."""

from espace_sante.identite.annuaire_sante import taches as annuaire_sante

__all__ = ["annuaire_sante"]
