from espace_sante.dossier.models.dossier import Dossier
from espace_sante.dossier.models.exports import AccordExtraction, Export, MorceauExport

__all__ = ["AccordExtraction", "Dossier", "Export", "MorceauExport"]
