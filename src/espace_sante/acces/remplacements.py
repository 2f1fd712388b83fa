"""What a deposit has just replaced, by its uniqueId, for the door that named it otherwise (rule FHR-104)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from espace_sante.acces.alimentation import DepotFait
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee

_REMPLACES = """
SELECT d.id, x.unique_id FROM documents_document d JOIN documents_document x
    ON x.dossier_id = d.dossier_id AND x.id = d.remplace_id
WHERE d.dossier_id = %s AND d.id = ANY(%s)
"""


def unique_ids_remplaces(fait: DepotFait, documents: Collection[UUID]) -> dict[UUID, str]:
    """uniqueId of what each of these documents of the deposit took the place of. Nothing that its author did not name."""
    siens = [d for d in documents if d in fait.documents]
    with portee(fait.dossier_id):
        return dict(lire(_REMPLACES, [fait.dossier_id, siens]))
