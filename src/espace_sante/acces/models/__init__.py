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
from espace_sante.acces.models.operation import (
    ActeOperateur,
    AlerteTraitee,
    DemandeMatrice,
    SuiteDemandeMatrice,
)
from espace_sante.acces.models.partages import Partage

__all__ = [
    "ActeOperateur",
    "AlerteTraitee",
    "Blocage",
    "Cellule",
    "CodeAcces",
    "Consentement",
    "ControleUrgence",
    "DemandeMatrice",
    "Edition",
    "EquipeSoins",
    "EssaiCode",
    "Exclusion",
    "MembreEquipe",
    "Partage",
    "Proposition",
    "Referent",
    "SuiteDemandeMatrice",
    "Urgence",
]
