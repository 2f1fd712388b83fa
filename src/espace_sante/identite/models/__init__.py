from espace_sante.identite.models.annuaire import Professionnel, SituationExercice, Structure
from espace_sante.identite.models.comptes import (
    AncienMotDePasse,
    BlocageConnexion,
    CodeUsageUnique,
    Compte,
    LienFranceConnect,
)
from espace_sante.identite.models.installation import Installation
from espace_sante.identite.models.logiciels import Logiciel
from espace_sante.identite.models.titulaires import IndexIns, Titulaire

__all__ = [
    "AncienMotDePasse",
    "BlocageConnexion",
    "CodeUsageUnique",
    "Compte",
    "IndexIns",
    "Installation",
    "LienFranceConnect",
    "Logiciel",
    "Professionnel",
    "SituationExercice",
    "Structure",
    "Titulaire",
]
