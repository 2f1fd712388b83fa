"""The simulated directory, for tests of rooms that may not import the simulators themselves."""

from __future__ import annotations

from espace_sante.simulateurs.annuaire_sante.ecoute import ecouter
from espace_sante.simulateurs.annuaire_sante.ressources import Ressources, ressources
from espace_sante.simulateurs.annuaire_sante.serveur import Panne, ServeurAnnuaire
from espace_sante.simulateurs.population.professionnels import annuaire

__all__ = ["Panne", "Ressources", "ServeurAnnuaire", "ecouter", "fictives"]


def fictives(graine: int = 7) -> Ressources:
    """Resources of the fictitious people, made anew."""
    return ressources(annuaire(graine).professionnels)
