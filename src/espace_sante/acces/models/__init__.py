from espace_sante.acces.models.abonnements import Abonnement, EnvoiAbonnement, SuiviAbonnement
from espace_sante.acces.models.appairages import Appairage, SessionAppairage
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
from espace_sante.acces.models.etablissements import ChoixEtablissement
from espace_sante.acces.models.matrice import Cellule, Edition, Proposition
from espace_sante.acces.models.operation import (
    ActeOperateur,
    AlerteTraitee,
    DemandeMatrice,
    SuiteDemandeMatrice,
)
from espace_sante.acces.models.partages import Partage
from espace_sante.acces.models.propositions import PropositionCercle

__all__ = [
    "Abonnement",
    "ActeOperateur",
    "AlerteTraitee",
    "Appairage",
    "Blocage",
    "Cellule",
    "ChoixEtablissement",
    "CodeAcces",
    "Consentement",
    "ControleUrgence",
    "DemandeMatrice",
    "Edition",
    "EnvoiAbonnement",
    "EquipeSoins",
    "EssaiCode",
    "Exclusion",
    "MembreEquipe",
    "Partage",
    "Proposition",
    "PropositionCercle",
    "Referent",
    "SessionAppairage",
    "SuiteDemandeMatrice",
    "SuiviAbonnement",
    "Urgence",
]
