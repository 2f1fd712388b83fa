from espace_sante.documents.models.documents import Contenu, Document, Lot, Registre, VersionDocument

__all__ = ["Contenu", "Document", "Lot", "Registre", "VersionDocument"]
