from espace_sante.identite.models.annuaire import Professionnel, SituationExercice, Structure
from espace_sante.identite.models.comptes import CodeUsageUnique, Compte, LienFranceConnect
from espace_sante.identite.models.logiciels import Logiciel
from espace_sante.identite.models.titulaires import IndexIns, Titulaire

__all__ = [
    "CodeUsageUnique",
    "Compte",
    "IndexIns",
    "LienFranceConnect",
    "Logiciel",
    "Professionnel",
    "SituationExercice",
    "Structure",
    "Titulaire",
]
