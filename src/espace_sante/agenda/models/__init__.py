from espace_sante.agenda.models.creneaux import Creneau, Planning
from espace_sante.agenda.models.rendez_vous import AnnotationRendezVous, FicheRendezVous, VersionRendezVous

__all__ = ["AnnotationRendezVous", "Creneau", "FicheRendezVous", "Planning", "VersionRendezVous"]
