"""Makers for the tests of search inside documents."""

from __future__ import annotations

from uuid import UUID

from espace_sante.acces import recherche_texte
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import (
    CONTEXTE,
    document,
    lot,
    professionnel,
    titulaire,
)
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.plein_texte.recherche import Trouves


def deposer(dossier_id: UUID, texte: str, **autres: object) -> UUID:
    """One document of plain text, by a doctor."""
    auteur = professionnel()
    fait = document(contenu=texte.encode(), auteur=auteur, **{"mime": "text/plain", **autres})  # type: ignore[arg-type]
    alimenter(auteur, dossier_id, lot(auteur, fait), contexte=CONTEXTE)
    return fait.id


def chercher(dossier_id: UUID, texte: str, **autres: object) -> Trouves:
    """As the holder."""
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return recherche_texte.rechercher(espace, Filtre(texte=texte, **autres))  # type: ignore[arg-type]


def trouves(dossier_id: UUID, texte: str, **autres: object) -> list[UUID]:
    return [vu.id for vu in chercher(dossier_id, texte, **autres).page.elements]
