"""Searching the words of documents, over the part of the record that the asker may see (rules DOC-57, DOC-58).

The narrowing is in SQL, before anything is unsealed: the words of a document that the asker may not see are never
opened, so they cannot weigh on results, counts or order. Called by the gate, in the scope of the record.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from espace_sante.documents import queries
from espace_sante.documents.criteres import Requete, appliquer
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.plein_texte import indexation
from espace_sante.documents.plein_texte.extrait import Morceau, couper
from espace_sante.documents.plein_texte.indexation import REGLES, AIndexer
from espace_sante.documents.plein_texte.mots import plier
from espace_sante.documents.plein_texte.requete import Terme, dans_entete
from espace_sante.documents.plein_texte.sac import note, ouvrir
from espace_sante.documents.queries import DocumentVu, Page
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.direct import lire

_TRANCHE: Final = 1000
# What one search may index by itself; beyond, it says how many documents wait.
VOLEE_MAX, VOLEE_SECONDES = 200, 0.7
_POINTS_ENTETE: Final = 20


@dataclass(frozen=True, slots=True)
class Trouves:
    """One page of what was found, a passage for each document found by its content, and what was not read.

    `en_attente`: documents that the asker may see and whose words are not indexed yet. `par_pertinence`: closest first.
    """

    page: Page[DocumentVu]
    extraits: dict[UUID, tuple[Morceau, ...]]
    en_attente: int = 0
    par_pertinence: bool = False


@dataclass(slots=True)
class _Candidat:
    id: UUID
    creation: datetime
    entete: str
    mime: str
    taille: int
    regles: int | None
    mots: bytes | None
    present: bool


def chercher(
    dossier_id: UUID,
    restriction: Restriction,
    filtre: Filtre,
    termes: tuple[Terme, ...],
    cle: CleDossier | None,
    *,
    par_pertinence: bool,
) -> Trouves:
    """Documents of which each searched word is in the content, title, author or type.

    By relevance then date, or in the order of the filter. Documents without an index are indexed on the way.
    """
    notes: list[tuple[int, datetime, UUID]] = []
    attente: dict[UUID, _Candidat] = {}
    entetes: dict[str, tuple[int, ...]] = {}
    for candidat in _candidats(dossier_id, restriction, replace(filtre, texte="", apres=None)):
        if cle is not None and candidat.present and candidat.regles != REGLES:
            attente[candidat.id] = candidat
            continue
        _noter(notes, candidat, termes, _sac(cle, candidat), entetes)
    if cle is not None and attente:
        for document_id, sac in _a_la_volee(dossier_id, cle, attente):
            _noter(notes, attente.pop(document_id), termes, ouvrir(sac), entetes)
        for candidat in attente.values():
            _noter(notes, candidat, termes, b"", entetes)
    notes.sort(reverse=True)
    page = _page(dossier_id, restriction, filtre, [n[2] for n in notes], par_pertinence=par_pertinence)
    extraits = _extraits(dossier_id, [vu.id for vu in page.elements], termes, cle)
    return Trouves(page, extraits, len(attente), par_pertinence)


def _candidats(dossier_id: UUID, restriction: Restriction, filtre: Filtre) -> Iterator[_Candidat]:
    """All that the asker may see and his other criteria keep, by slices."""
    apres = UUID(int=0)
    while True:
        requete = Requete(dossier_id, restriction)
        appliquer(requete, filtre, restriction)
        requete.ajouter("id > %s", apres)
        lignes = lire(
            "SELECT d.id, d.creation, d.entete, d.mime, d.taille, i.regles, i.mots, k.document_id IS NOT NULL"  # noqa: S608
            " FROM (SELECT id, creation, titre || ' ' || auteur_nom || ' ' || auteur_structure_nom || ' '"
            f" || type_libelle AS entete, mime, taille FROM documents_document WHERE {requete.sql}"
            f" ORDER BY id LIMIT {_TRANCHE}) d"
            " LEFT JOIN documents_indextexte i ON i.dossier_id = %(p0)s AND i.document_id = d.id"
            " LEFT JOIN documents_contenu k ON i.document_id IS NULL AND k.dossier_id = %(p0)s"
            " AND k.document_id = d.id AND length(k.scelle) > 0 ORDER BY d.id",
            requete.params,
        )
        for ligne in lignes:
            yield _Candidat(*ligne)
        if len(lignes) < _TRANCHE:
            return
        apres = lignes[-1][0]


def _sac(cle: CleDossier | None, candidat: _Candidat) -> bytes:
    if cle is None or candidat.mots is None:
        return b""
    try:
        return ouvrir(indexation.ouvrir_mots(cle, candidat.mots, candidat.id))
    except ScelleRompu:
        return b""


def _noter(
    notes: list[tuple[int, datetime, UUID]],
    candidat: _Candidat,
    termes: tuple[Terme, ...],
    sac: bytes,
    entetes: dict[str, tuple[int, ...]],
) -> None:
    """Add the document when each word is found. Many documents share a header: its points are counted once."""
    points_entete = entetes.get(candidat.entete)
    if points_entete is None:
        points_entete = entetes[candidat.entete] = noter_entete(candidat.entete, termes)
    points = 0
    for terme, deja in zip(termes, points_entete, strict=True):
        trouve = note(sac, terme) + deja
        if not trouve:
            return
        points += trouve
    notes.append((points, candidat.creation, candidat.id))


def noter_entete(entete: str, termes: tuple[Terme, ...]) -> tuple[int, ...]:
    """Points of each word in a title, author and type: there or not."""
    pliee = plier(entete)
    return tuple(_POINTS_ENTETE if dans_entete(terme, pliee) else 0 for terme in termes)


def _a_la_volee(
    dossier_id: UUID, cle: CleDossier, attente: dict[UUID, _Candidat]
) -> Iterator[tuple[UUID, bytes]]:
    """Index the newest of what waits, within the time that a page may take."""
    fin = time.monotonic() + VOLEE_SECONDES
    # Ids follow time.
    recents = sorted(attente.values(), key=lambda c: c.id, reverse=True)[:VOLEE_MAX]
    documents = [AIndexer(c.id, c.mime, c.taille) for c in recents]
    for fait in indexation.indexer(dossier_id, cle, documents):
        yield fait
        if time.monotonic() > fin:
            return


def _page(
    dossier_id: UUID,
    restriction: Restriction,
    filtre: Filtre,
    ids: list[UUID],
    *,
    par_pertinence: bool,
) -> Page[DocumentVu]:
    voulus = ids[filtre.decalage : filtre.decalage + filtre.limite] if par_pertinence else ids
    if not voulus:
        return Page((), len(ids), None)
    demande = replace(filtre, texte="", ids=tuple(voulus), apres=None)
    if par_pertinence:
        demande = replace(demande, decalage=0, limite=len(voulus), avec_total=False)
    page = queries.lister(dossier_id, restriction, demande)
    elements = page.elements
    if par_pertinence:
        rang = {identifiant: n for n, identifiant in enumerate(voulus)}
        elements = tuple(sorted(elements, key=lambda vu: rang[vu.id]))
    return Page(elements, len(ids), None)


def _extraits(
    dossier_id: UUID, ids: list[UUID], termes: tuple[Terme, ...], cle: CleDossier | None
) -> dict[UUID, tuple[Morceau, ...]]:
    if cle is None or not ids:
        return {}
    lignes = lire(
        "SELECT document_id, texte FROM documents_indextexte WHERE dossier_id = %s AND document_id = ANY(%s)",
        [dossier_id, ids],
    )
    extraits: dict[UUID, tuple[Morceau, ...]] = {}
    for document_id, scelle in lignes:
        try:
            morceaux = couper(indexation.ouvrir_texte(cle, scelle, document_id), termes)
        except ScelleRompu:
            continue
        if morceaux:
            extraits[document_id] = morceaux
    return extraits
