"""Lists of a record: submission sets and folders, as far as the asker may see what they hold (rules FHR-107, FHR-110).

A list of which he may see no document is not there for him; of the others he sees what he may read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.documents.criteres import UN_DE, Requete, borner, motif
from espace_sante.documents.filtre import Borne, Curseur, Restriction
from espace_sante.documents.queries import Page
from espace_sante.platform.postgres.direct import lire


@dataclass(frozen=True, slots=True)
class Liste:
    """A submission set or a folder; `documents` are those that the asker may see."""

    id: UUID
    genre: str
    unique_id: str
    source_id: str
    date: datetime
    titre: str
    auteur_nom: str
    auteur_idnat: str
    auteur_structure: str
    designation: str
    depose_le: datetime
    representation: bytes | None
    documents: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltreListes:
    """Criteria of a search of lists; empty means no criterion, tuples mean OR, fields AND.

    `noms` and `titres` are beginnings of words and of titles, without case or accent: one of each group.
    """

    ids: tuple[UUID, ...] = ()
    identifiants: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    designations: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    auteurs: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    noms: tuple[tuple[str, ...], ...] = ()
    titres: tuple[tuple[str, ...], ...] = ()
    items: tuple[UUID, ...] = ()
    bornes: tuple[Borne, ...] = ()
    limite: int = 50
    apres: Curseur | None = None
    avec_total: bool = True


_COLONNES = ", ".join(f"l.{c}" for c in Liste.__dataclass_fields__ if c != "documents")
# What the asker may see (`vus`), tied to its lists: those that came with a set, and those held by reference.
_SQL = """
WITH vus AS (SELECT id, lot_id FROM documents_document WHERE {vus}),
liens AS (
    SELECT lot_id AS liste_id, id FROM vus
    UNION SELECT l.id, v.id FROM documents_lot l CROSS JOIN LATERAL unnest(l.items) AS i(document_id)
    JOIN vus v ON v.id = i.document_id WHERE l.dossier_id = %(p0)s
),
contenus AS (SELECT liste_id, array_agg(id ORDER BY id) AS documents FROM liens GROUP BY liste_id)
SELECT count(*) OVER (), {colonnes}, c.documents FROM documents_lot l JOIN contenus c ON c.liste_id = l.id
WHERE l.dossier_id = %(p0)s{criteres} ORDER BY l.date DESC, l.id DESC LIMIT %(limite)s
"""


def lister(dossier_id: UUID, restriction: Restriction, filtre: FiltreListes) -> Page[Liste]:
    """One page of lists, newest first, total included (rules FHR-22 to FHR-25)."""
    requete = Requete(dossier_id, restriction)
    vus, debut = requete.sql, len(requete.clauses)
    _appliquer(requete, filtre)
    instant = filtre.apres.instant if filtre.apres else datetime.now(UTC)
    requete.ajouter("l.depose_le <= %s", instant)
    if filtre.apres:
        requete.ajouter("(l.date, l.id) < (%s::timestamptz, %s)", filtre.apres.valeur, filtre.apres.id)
    criteres = "".join(f" AND {clause}" for clause in requete.clauses[debut:])
    sql = _SQL.format(vus=vus, colonnes=_COLONNES, criteres=criteres)
    # One row more tells that a page follows, and `count` needs a row to stand on.
    lignes = lire(sql, {**requete.params, "limite": filtre.limite + 1})
    listes = tuple(Liste(*(*ligne[1:-1], tuple(ligne[-1]))) for ligne in lignes[: filtre.limite])
    total = filtre.apres.total if filtre.apres else lignes[0][0] if lignes else 0
    suite = None
    if filtre.limite and len(lignes) > filtre.limite:
        derniere = listes[-1]
        suite = Curseur(derniere.date.isoformat(), derniere.id, instant, total)
    return Page(listes, total, suite)


def trouver(dossier_id: UUID, restriction: Restriction, liste_id: UUID) -> Liste | None:
    """One list, if the asker may see something of it."""
    page = lister(dossier_id, restriction, FiltreListes(ids=(liste_id,), limite=1))
    return page.elements[0] if page.elements else None


def _appliquer(requete: Requete, filtre: FiltreListes) -> None:
    requete.parmi("l.id", filtre.ids)
    requete.parmi("l.genre", filtre.genres)
    requete.parmi("l.designation", filtre.designations)
    requete.parmi("l.source_id", filtre.sources)
    requete.parmi("l.auteur_structure", filtre.organisations)
    if filtre.identifiants:
        entrees = [i.removeprefix("urn:uuid:") for i in filtre.identifiants]
        requete.ajouter("(l.unique_id = ANY(%s) OR l.id::text = ANY(%s))", list(filtre.identifiants), entrees)
    if filtre.auteurs:
        requete.ajouter(
            "(l.auteur_idnat = ANY(%s) OR l.auteur_structure = ANY(%s))", *[list(filtre.auteurs)] * 2
        )
    for noms in filtre.noms:
        requete.ajouter(f"' ' || es_plier(l.auteur_nom) LIKE {UN_DE}", [f"% {motif(n)}%" for n in noms])
    for titres in filtre.titres:
        requete.ajouter(f"es_plier(l.titre) LIKE {UN_DE}", [f"{motif(t)}%" for t in titres])
    if filtre.items:
        requete.ajouter("c.documents && %s::uuid[]", list(filtre.items))
    for borne in filtre.bornes:
        borner(requete, borne)
