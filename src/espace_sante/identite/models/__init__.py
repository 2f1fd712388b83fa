from espace_sante.identite.models.annuaire import (
    BoiteMss,
    Professionnel,
    SituationExercice,
    SourceAnnuaire,
    Structure,
)
from espace_sante.identite.models.comptes import (
    AncienMotDePasse,
    BlocageConnexion,
    CodeUsageUnique,
    Compte,
    LienFranceConnect,
)
from espace_sante.identite.models.installation import Installation
from espace_sante.identite.models.logiciels import (
    CertificatLogiciel,
    ContexteLien,
    DecisionLogiciel,
    DemandeDecouplee,
    DemandeLogiciel,
    JetonRevoque,
    Logiciel,
    ParcoursLogiciel,
    SuiteLogiciel,
)
from espace_sante.identite.models.operateurs import FacteursOperateur, Operateur
from espace_sante.identite.models.titulaires import (
    AncienMatricule,
    AppelInsi,
    FusionAFaire,
    IndexIns,
    Titulaire,
)

__all__ = [
    "AncienMatricule",
    "AncienMotDePasse",
    "AppelInsi",
    "BlocageConnexion",
    "BoiteMss",
    "CertificatLogiciel",
    "CodeUsageUnique",
    "Compte",
    "ContexteLien",
    "DecisionLogiciel",
    "DemandeDecouplee",
    "DemandeLogiciel",
    "FacteursOperateur",
    "FusionAFaire",
    "IndexIns",
    "Installation",
    "JetonRevoque",
    "LienFranceConnect",
    "Logiciel",
    "Operateur",
    "ParcoursLogiciel",
    "Professionnel",
    "SituationExercice",
    "SourceAnnuaire",
    "Structure",
    "SuiteLogiciel",
    "Titulaire",
]
