"""A deposit sent again after a lost answer: what the first sending stored, for the same caller (rule FHR-91)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.documents.depot import LotADeposer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action, Resultat

DELAI: Final = timedelta(hours=24)
# Its own trace tells which documents a request stored; the same software and person must ask.
_FAITS: Final = """
SELECT d.id, d.unique_id, d.sha1, d.entree, d.representation, d.lot_id, d.depose_le,
    (SELECT l.representation FROM documents_lot l WHERE l.dossier_id = d.dossier_id AND l.id = d.lot_id),
    ARRAY(SELECT l.id FROM documents_lot l WHERE l.dossier_id = d.dossier_id AND l.depose_le = d.depose_le
        AND l.genre = 'folder' ORDER BY l.id),
    ARRAY(SELECT l.representation FROM documents_lot l WHERE l.dossier_id = d.dossier_id
        AND l.depose_le = d.depose_le AND l.genre = 'folder' ORDER BY l.id)
FROM documents_document d WHERE d.dossier_id = %s AND d.lot_id IN (
    SELECT e.lot_id FROM traces_trace t JOIN documents_document e
    ON e.dossier_id = t.dossier_id AND e.id = t.document_ids[1]
    WHERE t.dossier_id = %s AND t.quand > %s AND t.requete = %s AND t.logiciel = %s AND t.acteur_id = %s
    AND t.resultat = %s AND t.action = ANY(%s) AND e.depose_le > %s
)
"""


@dataclass(frozen=True, slots=True)
class DocumentFait:
    """A document as it was stored; `representation` is the door's own resource, None once it is destroyed."""

    id: UUID
    sha1: bytes
    entree: UUID
    representation: bytes | None


@dataclass(frozen=True, slots=True)
class DejaFait:
    """What a former sending of the same request stored, by uniqueId; its set and folders as the door wrote them."""

    lot_id: UUID
    quand: datetime
    documents: dict[str, DocumentFait]
    liste: bytes | None
    classeurs: tuple[tuple[UUID, bytes | None], ...]

    def meme_corps(self, depot: LotADeposer, *, avec_listes: bool) -> bool:
        """Whether this deposit says the same, word for word, the instant of its reception apart.

        `depot` must bear the ids of the former one. `avec_listes`: its lists were sent, not made by the door. Only
        asked of a request that was answered before: nothing is kept for it.
        """
        paires = [
            (d.representation, self.documents[d.metadonnees.unique_id].representation)
            for d in depot.documents
        ]
        if avec_listes:
            paires.append((depot.representation, self.liste))
            paires += zip(
                (c.representation for c in depot.classeurs), (r for _, r in self.classeurs), strict=True
            )
        return all(fait is None or recu is None or _dit(recu) == _dit(fait) for recu, fait in paires)


def _dit(ressource: bytes) -> Any:
    lue = orjson.loads(ressource)
    # The server's own: version and instant.
    lue.pop("meta", None)
    return lue


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
    documents = {
        unique_id: DocumentFait(identifiant, bytes(sha1), entree, bytes(brut) if brut is not None else None)
        for identifiant, unique_id, sha1, entree, brut, *_ in lignes
    }
    lot_id, quand, liste, ids, ressources = lignes[0][5:]
    classeurs = tuple((i, bytes(r) if r is not None else None) for i, r in zip(ids, ressources, strict=True))
    return DejaFait(lot_id, quand, documents, bytes(liste) if liste is not None else None, classeurs)
