"""Metadata versions of a document, whole, for who may read it now (rules DOC-07, FHR-28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from espace_sante.platform.postgres.direct import lire


@dataclass(frozen=True, slots=True)
class Version:
    """What may change of a document, as it was at one version."""

    version: int
    entree: UUID
    statut: str
    confidentialite: str
    masque_ps: bool
    invisible_patient: bool
    invisible_representants: bool
    archive: bool
    quand: datetime


_COLONNES = ", ".join(Version.__dataclass_fields__)


def versions_entieres(dossier_id: UUID, document_id: UUID) -> list[Version]:
    """Every version, newest first; which of them an asker may know is the gate's to say."""
    lignes = lire(
        f"SELECT {_COLONNES} FROM documents_versiondocument"  # noqa: S608
        " WHERE dossier_id = %s AND document_id = %s ORDER BY version DESC",
        [dossier_id, document_id],
    )
    return [Version(*ligne) for ligne in lignes]
