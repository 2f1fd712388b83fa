"""Reads of documents. The only SQL on them outside `depot_sql.py`; called by the gate alone.

Every query carries `dossier_id` (row-level security adds it again) and the gate's Restriction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg.rows import TupleRow

from espace_sante.documents.criteres import Requete, appliquer, tu_au_titulaire
from espace_sante.documents.filtre import Curseur, Filtre, Restriction
from espace_sante.documents.nomenclatures import Rubrique, rubrique
from espace_sante.platform.postgres.direct import Parametres, aller_retour, lire
from espace_sante.platform.postgres.rls import lire_et_finir, portee


@dataclass(frozen=True, slots=True)
class DocumentVu:
    """A document as its metadata show it, already narrowed to the asker."""

    dossier_id: UUID
    id: UUID
    lot_id: UUID
    unique_id: str
    entree: UUID
    version: int
    statut: str
    archive: bool
    type_code: str
    type_systeme: str
    type_libelle: str
    classe_code: str
    titre: str
    description: str
    langue: str
    format_code: str
    format_systeme: str
    mime: str
    taille: int
    sha1: bytes
    creation: datetime
    date: datetime
    periode_debut: datetime
    periode_fin: datetime | None
    etablissement_code: str
    etablissement_systeme: str
    cadre_code: str
    cadre_systeme: str
    evenements: list[str]
    confidentialite: str
    masque_ps: bool
    masque_par: str
    invisible_patient: bool
    invisible_representants: bool
    auteur_nom: str
    auteur_idnat: str
    auteur_structure: str
    auteur_structure_nom: str
    auteur_specialite: str
    deposant_genre: str
    deposant_rpps: str
    deposant_structure: str
    remplace_id: UUID | None
    remplace_par_id: UUID | None
    depose_le: datetime
    maj_le: datetime
    representation: bytes | None
    representation_version: int
    entree_courante: UUID

    @property
    def rubrique(self) -> Rubrique:
        """Plain heading (rule DOC-09)."""
        return rubrique(self.type_code)


# The entryUUID of the version in force: looked for only when it is not the first one (rule FHR-112).
_ENTREE_COURANTE = (
    "CASE WHEN version = 1 THEN entree ELSE (SELECT v.entree FROM documents_versiondocument v"
    " WHERE v.dossier_id = documents_document.dossier_id AND v.document_id = documents_document.id"
    " AND v.version = documents_document.version) END AS entree_courante"
)
COLONNES = ", ".join(DocumentVu.__dataclass_fields__).replace("entree_courante", _ENTREE_COURANTE)
# Lists for people do not need the stored resource of a door.
_SANS_REPRESENTATION = COLONNES.replace("representation,", "NULL::bytea AS representation,")


Element = TypeVar("Element")


@dataclass(frozen=True, slots=True)
class Page(Generic[Element]):
    """One page of a list: `total` is that of the first page (rule FHR-25); `suite` is None on the last."""

    elements: tuple[Element, ...]
    total: int
    suite: Curseur | None


_TYPE_SQL = {"type_code": "text", "titre": "text", "auteur_nom": "text"}
# What people sort by eye is compared as a French reader would, then by id to be total.
_CLE_TRI = {"titre": "es_plier(titre)", "auteur_nom": "es_plier(auteur_nom)"}


def lister(dossier_id: UUID, restriction: Restriction, filtre: Filtre) -> Page[DocumentVu]:
    """One page of documents, in one statement, total included (rules FHR-22 to FHR-26, DOC-56 to DOC-59)."""
    return _page(dossier_id, restriction, filtre, _SANS_REPRESENTATION, lambda ligne: DocumentVu(*ligne))


@dataclass(frozen=True, slots=True)
class Fiche:
    """A document as its door shows it: its stored resource when that is up to date, else its metadata."""

    id: UUID
    representation: bytes | None
    document: DocumentVu | None


def lister_fiches(dossier_id: UUID, restriction: Restriction, filtre: Filtre) -> Page[Fiche]:
    """The same for a door's own resources: what is up to date is given as it is stored (hot path of ITI-67).

    The last read of its scope: it travels with the trace and the COMMIT.
    """
    colonnes = "id, CASE WHEN version = representation_version THEN representation END"
    page = _page(
        dossier_id,
        restriction,
        filtre,
        colonnes,
        lambda ligne: Fiche(ligne[0], ligne[1], None),
        lecture=lire_et_finir,
    )
    perimees = [f.id for f in page.elements if f.representation is None]
    if not perimees:
        return page
    requete = Requete(dossier_id, restriction)
    requete.parmi("id", tuple(perimees))
    with portee(dossier_id):
        lignes = lire(f"SELECT {COLONNES} FROM documents_document WHERE {requete.sql}", requete.params)  # noqa: S608
    documents = {d.id: d for d in (DocumentVu(*ligne) for ligne in lignes)}
    return replace(
        page,
        elements=tuple(
            Fiche(f.id, f.representation, documents.get(f.id))
            for f in page.elements
            if f.representation is not None or f.id in documents
        ),
    )


def _page(
    dossier_id: UUID,
    restriction: Restriction,
    filtre: Filtre,
    colonnes: str,
    construire: Callable[[tuple[Any, ...]], Element],
    lecture: Callable[[str, Parametres], list[TupleRow]] = lire,
) -> Page[Element]:
    requete = Requete(dossier_id, restriction)
    appliquer(requete, filtre, restriction)
    instant = filtre.apres.instant if filtre.apres else datetime.now(UTC)
    if filtre.apres:
        # Documents that arrived after page one wait for the next search (FHR-25).
        requete.ajouter("depose_le <= %s", instant)
    compte = "0::bigint"
    if filtre.apres is None and filtre.avec_total:
        compte = f"(SELECT count(*) FROM documents_document WHERE {requete.sql})"  # noqa: S608
    cle = _CLE_TRI.get(filtre.tri, filtre.tri)
    sens, compare = ("DESC", "<") if filtre.descendant else ("ASC", ">")
    if filtre.apres:
        type_sql = _TYPE_SQL.get(filtre.tri, "timestamptz")
        requete.ajouter(f"({cle}, id) {compare} (%s::{type_sql}, %s)", filtre.apres.valeur, filtre.apres.id)
    sql = (
        f"SELECT {compte}, {cle}::text AS cle_tri, id AS cle_id, {colonnes}"  # noqa: S608
        f" FROM documents_document WHERE {requete.sql} ORDER BY {cle} {sens}, documents_document.id {sens}"
        " LIMIT %(limite)s OFFSET %(decalage)s"
    )
    lignes = lecture(sql, {**requete.params, "limite": filtre.limite + 1, "decalage": filtre.decalage})
    elements = tuple(construire(ligne[3:]) for ligne in lignes[: filtre.limite])
    total = filtre.apres.total if filtre.apres else lignes[0][0] if lignes else 0
    suite = None
    if filtre.limite and len(lignes) > filtre.limite:
        derniere = lignes[filtre.limite - 1]
        suite = Curseur(derniere[1], derniere[2], instant, total)
    return Page(elements, total, suite)


def trouver(
    dossier_id: UUID, restriction: Restriction, document_id: UUID, *, supprimes: bool = False
) -> DocumentVu | None:
    """One document if the asker may see it, whatever its status (a superseded one stays readable, FHR-120).

    `supprimes`: a deleted one too, if he might see it otherwise; what it was is then no longer told (FHR-133).
    """
    requete = Requete(dossier_id, restriction, supprimes=supprimes)
    requete.ajouter("id = %s", document_id)
    lignes = lire(f"SELECT {COLONNES} FROM documents_document WHERE {requete.sql}", requete.params)  # noqa: S608
    return DocumentVu(*lignes[0]) if lignes else None


def visibles(dossier_id: UUID, restrictions: Sequence[Restriction], document_id: UUID) -> list[bool]:
    """Whether each of these askers may see one document, in one round trip; `trouver` for each, without its metadata."""
    ordres = []
    for restriction in restrictions:
        requete = Requete(dossier_id, restriction)
        requete.ajouter("id = %s", document_id)
        ordres.append((f"SELECT 1 FROM documents_document WHERE {requete.sql}", requete.params))  # noqa: S608
    return [bool(lignes) for lignes in aller_retour(*ordres)] if ordres else []


def trouver_avec_scelle(
    dossier_id: UUID, restriction: Restriction, document_id: UUID
) -> tuple[DocumentVu, bytes] | None:
    """The same with the sealed content, in one statement."""
    requete = Requete(dossier_id, restriction)
    requete.ajouter("id = %s", document_id)
    lignes = lire(
        f"SELECT {_SANS_REPRESENTATION}, (SELECT scelle FROM documents_contenu k"  # noqa: S608
        " WHERE k.dossier_id = documents_document.dossier_id AND k.document_id = documents_document.id)"
        f" FROM documents_document WHERE {requete.sql}",
        requete.params,
    )
    return (DocumentVu(*lignes[0][:-1]), lignes[0][-1]) if lignes else None


def compter_par_type(dossier_id: UUID, restriction: Restriction) -> dict[str, int]:
    """Number of current documents by type, of those the asker may see (rules ACC-34, DOC-58)."""
    requete = Requete(dossier_id, restriction)
    appliquer(requete, Filtre(archive=False), restriction)
    lignes = lire(
        f"SELECT type_code, count(*) FROM documents_document WHERE {requete.sql} GROUP BY type_code",  # noqa: S608
        requete.params,
    )
    return dict(lignes)


@dataclass(frozen=True, slots=True)
class VersionVue:
    """One entry of a document's own history: what its labels and status were, since when, by whom."""

    version: int
    entree: UUID
    statut: str
    masque_ps: bool
    quand: datetime
    par: str


def versions(dossier_id: UUID, document_id: UUID) -> list[VersionVue]:
    """Metadata versions of a document, newest first (rule DOC-07)."""
    lignes = lire(
        "SELECT version, entree, statut, masque_ps, quand, par FROM documents_versiondocument"
        " WHERE dossier_id = %s AND document_id = %s ORDER BY version DESC",
        [dossier_id, document_id],
    )
    return [VersionVue(*ligne) for ligne in lignes]


def invisibles_du_titulaire(dossier_id: UUID) -> tuple[UUID, ...]:
    """Documents of which nothing may reach the holder now: kept for a consultation d'annonce, or secret of a child.

    Rules DOC-46, AUD-09, FHR-37.
    """
    lignes = lire(
        f"SELECT id FROM documents_document WHERE dossier_id = %s AND {tu_au_titulaire()}",  # noqa: S608
        [dossier_id],
    )
    return tuple(ligne[0] for ligne in lignes)


def lisibles(dossier_id: UUID, restriction: Restriction, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these documents the asker may see now, by the very filter of his lists."""
    if not ids:
        return frozenset()
    requete = Requete(dossier_id, restriction)
    requete.parmi("id", tuple(ids))
    lignes = lire(f"SELECT id FROM documents_document WHERE {requete.sql}", requete.params)  # noqa: S608
    return frozenset(ligne[0] for ligne in lignes)
