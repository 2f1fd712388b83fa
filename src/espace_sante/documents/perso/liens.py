"""What a holder tied to a document, undone when the document is removed (rule DOC-36)."""

from __future__ import annotations

from uuid import UUID

from espace_sante.documents.models import Classement, Epingle


def oublier(dossier_id: UUID, document_id: UUID) -> None:
    """Take a removed document out of its folder and of the pins."""
    Classement.objects.filter(dossier_id=dossier_id, document_id=document_id).delete()
    Epingle.objects.filter(dossier_id=dossier_id, document_id=document_id).delete()
