from espace_sante.acces.models.consentements import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.models.controle import (
    Blocage,
    CodeAcces,
    ControleUrgence,
    EssaiCode,
    Exclusion,
    Referent,
    Urgence,
)
from espace_sante.acces.models.matrice import Cellule, Edition, Proposition

__all__ = [
    "Blocage",
    "Cellule",
    "CodeAcces",
    "Consentement",
    "ControleUrgence",
    "Edition",
    "EquipeSoins",
    "EssaiCode",
    "Exclusion",
    "MembreEquipe",
    "Proposition",
    "Referent",
    "Urgence",
]
