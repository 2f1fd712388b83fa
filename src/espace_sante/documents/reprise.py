"""A document's bytes and its uniqueId stored again, when its row comes from another copy of the product (POR-16)."""

from __future__ import annotations

from uuid import UUID

from espace_sante.documents.ecriture import CONTENU, REGISTRE
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import aller_retour


def ranger_contenu(
    dossier_id: UUID, document_id: UUID, unique_id: str, contenu: bytes, cle: CleDossier
) -> None:
    """Called by the gate, in the record's scope, once the row is there. A uniqueId already known violates its key."""
    scelle = cle.sceller(contenu, document_id.bytes)
    aller_retour(
        (REGISTRE, [unique_id, dossier_id, document_id]), (CONTENU, [dossier_id, document_id, scelle])
    )
