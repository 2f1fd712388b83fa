from espace_sante.acces.models.consentements import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.models.matrice import Cellule, Edition

__all__ = ["Cellule", "Consentement", "Edition", "EquipeSoins", "MembreEquipe"]
