from espace_sante.dossier.models.dossier import Dossier

__all__ = ["Dossier"]
