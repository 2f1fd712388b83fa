from espace_sante.documents.models.depot import DepotPrepare
from espace_sante.documents.models.documents import Contenu, Document, Lot, Registre, VersionDocument
from espace_sante.documents.models.perso import Classement, DossierPerso, Epingle
from espace_sante.documents.models.plein_texte import IndexTexte, RepriseTexte
from espace_sante.documents.models.vie import Echeance, Retard, Suppression

__all__ = [
    "Classement",
    "Contenu",
    "DepotPrepare",
    "Document",
    "DossierPerso",
    "Echeance",
    "Epingle",
    "IndexTexte",
    "Lot",
    "Registre",
    "RepriseTexte",
    "Retard",
    "Suppression",
    "VersionDocument",
]
