"""A deposit sent again after a lost answer: what the first sending stored, for the same caller (rule FHR-91)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action, Resultat

DELAI: Final = timedelta(hours=24)
# Its own trace tells which documents a request stored; the same software and person must ask.
_FAITS: Final = """
SELECT d.id, d.unique_id, d.sha1, d.lot_id, d.depose_le,
    ARRAY(SELECT l.id FROM documents_lot l WHERE l.dossier_id = d.dossier_id AND l.depose_le = d.depose_le
        AND l.genre = 'folder' ORDER BY l.id)
FROM documents_document d WHERE d.dossier_id = %s AND d.lot_id IN (
    SELECT e.lot_id FROM traces_trace t JOIN documents_document e
    ON e.dossier_id = t.dossier_id AND e.id = t.document_ids[1]
    WHERE t.dossier_id = %s AND t.quand > %s AND t.requete = %s AND t.logiciel = %s AND t.acteur_id = %s
    AND t.resultat = %s AND t.action = ANY(%s) AND e.depose_le > %s
)
"""


@dataclass(frozen=True, slots=True)
class DejaFait:
    """What a former sending of the same request stored. `documents`: uniqueId → (id, SHA-1)."""

    lot_id: UUID
    quand: datetime
    documents: dict[str, tuple[UUID, bytes]]
    classeurs: tuple[UUID, ...]


def deja_fait(acteur: Acteur, dossier_id: UUID, contexte: Contexte) -> DejaFait | None:
    """The deposit of this very request (same X-Request-Id) of less than 24 hours, None when it is new."""
    depuis = datetime.now(UTC) - DELAI
    with portee(dossier_id):
        lignes = lire(
            _FAITS,
            [
                dossier_id, dossier_id, depuis, contexte.requete, contexte.logiciel, acteur.identifiant,
                Resultat.FAIT.value, [Action.DEPOT.value, Action.REMPLACEMENT.value], depuis,
            ],
        )  # fmt: skip
    if not lignes:
        return None
    documents = {ligne[1]: (ligne[0], bytes(ligne[2])) for ligne in lignes}
    return DejaFait(lignes[0][3], lignes[0][4], documents, tuple(lignes[0][5]))
