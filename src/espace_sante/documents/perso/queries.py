"""Reads of what a holder arranged for himself: folders, pins, room taken. Called by the gate, in a scope."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from espace_sante.documents.perso.rules import Occupation
from espace_sante.platform.postgres.direct import lire

# What the holder finds in his ordinary lists: neither deleted, archived, replaced nor kept for an announcement (DOC-58).
_VISIBLE = "d.statut = 'current' AND NOT d.archive AND NOT d.invisible_patient"


@dataclass(frozen=True, slots=True)
class DossierPersoVu:
    """A folder and the number of documents that the holder finds in it."""

    id: UUID
    nom: str
    documents: int


def dossiers(dossier_id: UUID) -> tuple[DossierPersoVu, ...]:
    """All folders by name, as a French reader sorts them (rule DOC-53)."""
    lignes = lire(
        "SELECT p.id, p.nom, (SELECT count(*) FROM documents_classement k JOIN documents_document d"  # noqa: S608
        " ON d.dossier_id = k.dossier_id AND d.id = k.document_id"
        f" WHERE k.dossier_id = p.dossier_id AND k.dossier_perso_id = p.id AND {_VISIBLE})"
        " FROM documents_dossierperso p WHERE p.dossier_id = %s ORDER BY es_plier(p.nom), p.id",
        [dossier_id],
    )
    return tuple(DossierPersoVu(*ligne) for ligne in lignes)


@dataclass(frozen=True, slots=True)
class Rangement:
    """Where a document stands for the holder."""

    dossier: UUID | None
    epingle: bool


def rangement(dossier_id: UUID, document_id: UUID) -> Rangement:
    """Folder and pin of one document (rules DOC-54, DOC-55)."""
    ligne = lire(
        "SELECT (SELECT dossier_perso_id FROM documents_classement WHERE dossier_id = %s AND document_id = %s),"
        " EXISTS (SELECT 1 FROM documents_epingle WHERE dossier_id = %s AND document_id = %s)",
        [dossier_id, document_id, dossier_id, document_id],
    )[0]
    return Rangement(*ligne)


def epingles(dossier_id: UUID) -> frozenset[UUID]:
    """Ids of pinned documents."""
    lignes = lire("SELECT document_id FROM documents_epingle WHERE dossier_id = %s", [dossier_id])
    return frozenset(ligne[0] for ligne in lignes)


def occupation(dossier_id: UUID) -> Occupation:
    """Room that the holder's own deposits take; nobody else's deposit counts, nor what he deleted (rule DOC-27)."""
    ligne = lire(
        "SELECT count(*), COALESCE(sum(taille), 0)::bigint FROM documents_document"
        " WHERE dossier_id = %s AND deposant_genre = 'titulaire' AND statut <> 'entered-in-error'",
        [dossier_id],
    )[0]
    return Occupation(*ligne)
