"""Writes of documents: storing a lot, replacing, masking. Called by the gate alone, in a scoped transaction.

Nothing is half stored: all statements of a lot belong to one transaction (rules DOC-15, FHR-61).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings
from psycopg.errors import UniqueViolation

from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Metadonnees
from espace_sante.documents.regles import (
    Demandeur,
    Provenance,
    est_auteur,
    jour_d_avis,
    jour_de_visibilite,
    jours_de_retard,
)
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.durees import PARIS
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import ecrire_a_la_fin


class DocumentEnDouble(EspaceSanteError):
    """The uniqueId is already in the registry (rules DOC-14, FHR-79). Code `unique_id_utilise`."""


class RemplacementImpossible(EspaceSanteError):
    """The document to replace is unknown, replaced already, or of another author
    (rules DOC-31, FHR-101, FHR-102). Codes `remplacement_inconnu`, `deja_remplace`, `non_auteur`."""


class LienImpossible(EspaceSanteError):
    """A document that a list names is not in this record (rules FHR-65, FHR-85). Code `document_lie_inconnu`."""


@dataclass(frozen=True, slots=True)
class Deposant:
    """Who deposits: kept with the document, for masking and replacement rights (rules DOC-34, DOC-42)."""

    genre: str
    rpps: str = ""
    structure: str = ""

    @property
    def identifiant(self) -> str:
        return f"8{self.rpps}" if self.rpps else self.structure or self.genre


@dataclass(frozen=True, slots=True)
class Remplace:
    """The document that a new one takes the place of, with the labels that pass on (rules DOC-30, FHR-103)."""

    id: UUID
    version: int
    confidentialite: str
    masque_ps: bool
    masque_par: str
    invisible_representants: bool
    invisible_patient: bool
    premier_depot: datetime | None


_DOCUMENT = """
INSERT INTO documents_document (dossier_id, id, lot_id, unique_id, entree, version, statut, archive, type_code,
    type_systeme, type_libelle, classe_code, titre, description, langue, format_code, format_systeme, mime,
    taille, sha1, creation, date, periode_debut, periode_fin, etablissement_code, etablissement_systeme,
    cadre_code, cadre_systeme, evenements, confidentialite, masque_ps, masque_par, invisible_patient,
    invisible_representants, auteur_nom, auteur_idnat, auteur_structure, auteur_structure_nom,
    auteur_specialite, deposant_genre, deposant_rpps, deposant_structure, remplace_id, depose_le, maj_le,
    representation, representation_version)
VALUES (%s, %s, %s, %s, %s, 1, 'current', false, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
    %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LOT = """
INSERT INTO documents_lot (dossier_id, id, unique_id, source_id, date, titre, auteur_nom, auteur_idnat,
    auteur_structure, designation, depose_le, representation, genre, items)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
CONTENU = "INSERT INTO documents_contenu (dossier_id, document_id, scelle) VALUES (%s, %s, %s)"
_VERSION = """
INSERT INTO documents_versiondocument (dossier_id, document_id, version, entree, statut, confidentialite,
    masque_ps, invisible_patient, invisible_representants, archive, quand, par)
SELECT dossier_id, id, version, %s, statut, confidentialite, masque_ps, invisible_patient,
    invisible_representants, archive, maj_le, %s
FROM documents_document WHERE dossier_id = %s AND id = %s
"""
_REMPLACER = """
UPDATE documents_document SET statut = 'superseded', version = version + 1, maj_le = %s, remplace_par_id = %s
WHERE dossier_id = %s AND id = %s AND statut = 'current'
"""
REGISTRE = "INSERT INTO documents_registre (unique_id, dossier_id, document_id) VALUES (%s, %s, %s)"
PROGRAMMER = """
INSERT INTO documents_echeance (dossier_id, document_id, genre, quand) VALUES (%s, %s, %s, %s)
ON CONFLICT (dossier_id, document_id, genre) DO UPDATE SET quand = EXCLUDED.quand
"""
_RETARD = """
INSERT INTO documents_retard (dossier_id, document_id, structure_id, attendu_le, depose_le)
VALUES (%s, %s, %s, %s, %s)
"""
_SANS_AVIS = "DELETE FROM documents_echeance WHERE dossier_id = %s AND document_id = %s AND genre = 'avis'"
# First deposit of what was hidden from the holder, along the chain that ends with this document (rule DOC-50).
_PREMIER_DEPOT = """
WITH RECURSIVE chaine AS (
    SELECT id, remplace_id, depose_le FROM documents_document WHERE dossier_id = %s AND id = %s
    UNION ALL
    SELECT d.id, d.remplace_id, d.depose_le FROM documents_document d
    JOIN chaine c ON d.dossier_id = %s AND d.id = c.remplace_id
)
SELECT min(depose_le) FROM chaine WHERE EXISTS (SELECT 1 FROM documents_versiondocument v
    WHERE v.dossier_id = %s AND v.document_id = chaine.id AND v.invisible_patient)
"""


@contextmanager
def doublons_refuses() -> Iterator[None]:
    """Around the scope of `ranger`. Raises DocumentEnDouble when a uniqueId of the lot is already known."""
    try:
        yield
    except UniqueViolation:
        raise DocumentEnDouble(
            "unique_id_utilise", "Un document porte déjà cet identifiant unique."
        ) from None


def auteur_principal(auteurs: tuple[Auteur, ...]) -> Auteur:
    """The author to name: the first person, else the first author."""
    return next((a for a in auteurs if a.genre == "personne"), auteurs[0])


def ranger(
    dossier_id: UUID,
    lot: LotADeposer,
    deposant: Deposant,
    cle: CleDossier,
    *,
    masque_par: str = "",
    masquer: bool = False,
) -> tuple[Remplace, ...]:
    """Store a lot whole: its statements travel with the COMMIT of the scope, in `doublons_refuses`.

    `masquer`: the holder wants what comes to be masked (rule DOC-44).

    Returns what it replaces. Raises RemplacementImpossible; the caller's transaction is then rolled back.
    """
    quand = datetime.now(UTC)
    remplaces = {d.id: _a_remplacer(dossier_id, d, deposant) for d in lot.documents if d.metadonnees.remplace}
    ecrire_a_la_fin(
        _LOT,
        [dossier_id, lot.id, lot.unique_id, lot.source_id, lot.date, lot.titre[:255],
         lot.auteur.affichage[:200], lot.auteur.idnat, lot.auteur.structure_idnat,
         lot.designation.code if lot.designation else "", quand, lot.representation, "submissionset",
         list(lot.lies)],
    )  # fmt: skip
    if lot.lies or lot.classeurs:
        _lier(dossier_id, lot, quand)
    for document in lot.documents:
        remplace = remplaces.get(document.id)
        scelle = cle.sceller(document.contenu, document.id.bytes)
        ecrire_a_la_fin(REGISTRE, [document.metadonnees.unique_id, dossier_id, document.id])
        ecrire_a_la_fin(
            _DOCUMENT, _ligne(dossier_id, lot.id, document, deposant, remplace, quand, masque_par, masquer)
        )
        ecrire_a_la_fin(CONTENU, [dossier_id, document.id, scelle])
        ecrire_a_la_fin(_VERSION, [document.entree, deposant.identifiant, dossier_id, document.id])
        if remplace:
            ecrire_a_la_fin(_REMPLACER, [quand, document.id, dossier_id, remplace.id])
            ecrire_a_la_fin(_VERSION, [uuid4(), deposant.identifiant, dossier_id, remplace.id])
        _annoncer(dossier_id, document, remplace, quand)
        _noter_le_retard(dossier_id, document, deposant, quand)
    return tuple(remplaces.values())


def _lier(dossier_id: UUID, lot: LotADeposer, quand: datetime) -> None:
    """Folders, and links to documents of this record alone (rules FHR-65, FHR-85). Raises LienImpossible."""
    nouveaux = {d.id for d in lot.documents}
    cites = {*lot.lies, *(d for c in lot.classeurs for d in c.documents)} - nouveaux
    connus = lire(
        "SELECT count(*) FROM documents_document WHERE dossier_id = %s AND id = ANY(%s) AND statut <> 'entered-in-error'",
        [dossier_id, list(cites)],
    )
    if connus[0][0] != len(cites):
        raise LienImpossible("document_lie_inconnu", "Un document cité n'est pas dans ce dossier.")
    for c in lot.classeurs:
        ecrire_a_la_fin(
            _LOT,
            [dossier_id, c.id, c.unique_id, lot.source_id, c.date, c.titre[:255], lot.auteur.affichage[:200],
             lot.auteur.idnat, lot.auteur.structure_idnat, c.designation.code if c.designation else "", quand,
             c.representation, "folder", list(c.documents)],
        )  # fmt: skip


def est_invisible(metadonnees: Metadonnees, remplace: Remplace | None) -> bool:
    """What still waits for its announcement goes on waiting under its new version (rule DOC-30)."""
    return metadonnees.invisible_patient or bool(remplace and remplace.invisible_patient)


def _annoncer(
    dossier_id: UUID, document: DocumentADeposer, remplace: Remplace | None, quand: datetime
) -> None:
    """Put on the list of the daily job the two days of an invisible document (rules DOC-48 to DOC-50)."""
    if not est_invisible(document.metadonnees, remplace):
        return
    premier = (remplace.premier_depot if remplace else None) or quand
    ecrire_a_la_fin(PROGRAMMER, [dossier_id, document.id, "visibilite", jour_de_visibilite(premier)])
    avis = jour_d_avis(premier, settings.ES_ANNONCE_AVIS_J)
    if avis > quand:
        ecrire_a_la_fin(PROGRAMMER, [dossier_id, document.id, "avis", avis])
        if remplace:
            # The holder is invited once, not once for each version.
            ecrire_a_la_fin(_SANS_AVIS, [dossier_id, remplace.id])


def _noter_le_retard(
    dossier_id: UUID, document: DocumentADeposer, deposant: Deposant, quand: datetime
) -> None:
    """Late deposits are told to the structure, never refused (rule DOC-16)."""
    m = document.metadonnees
    if deposant.structure and jours_de_retard(m.periode_debut, m.periode_fin, quand):
        attendu = (m.periode_fin or m.periode_debut).astimezone(PARIS).date()
        ecrire_a_la_fin(_RETARD, [dossier_id, document.id, deposant.structure, attendu, quand])


def _ligne(
    dossier_id: UUID, lot_id: UUID, document: DocumentADeposer, deposant: Deposant,
    remplace: Remplace | None, quand: datetime, masque_par: str, masquer: bool,
) -> list[object]:  # fmt: skip
    m = document.metadonnees
    auteur = auteur_principal(m.auteurs)
    masque = masquer or m.masque_ps or bool(remplace and remplace.masque_ps)
    if not masque:
        masque_par = ""
    elif masquer:
        masque_par = "titulaire"
    elif remplace and remplace.masque_ps:
        masque_par = remplace.masque_par
    elif not masque_par:
        masque_par = deposant.identifiant
    confidentialite = max(
        m.confidentialite, remplace.confidentialite if remplace else "N", key=("N", "R", "V").index
    )
    return [
        dossier_id, document.id, lot_id, m.unique_id, document.entree, m.type.code, m.type.systeme,
        m.type.libelle[:255], m.classe.code, m.titre[:255], m.description, m.langue, m.format.code,
        m.format.systeme, m.mime, m.taille, m.sha1, m.creation, m.date, m.periode_debut, m.periode_fin,
        m.etablissement.code, m.etablissement.systeme, m.cadre.code, m.cadre.systeme,
        [e.code for e in m.evenements], confidentialite, masque, masque_par, est_invisible(m, remplace),
        m.invisible_representants or bool(remplace and remplace.invisible_representants),
        auteur.affichage[:200], auteur.idnat, auteur.structure_idnat, auteur.structure_nom[:200],
        auteur.specialite.code if auteur.specialite else "", deposant.genre, deposant.rpps,
        deposant.structure, remplace.id if remplace else None, quand, quand, document.representation,
        # A label that came from elsewhere is not in the resource that was sent: show it anew.
        0 if remplace or masquer else 1,
    ]  # fmt: skip


def _a_remplacer(dossier_id: UUID, document: DocumentADeposer, deposant: Deposant) -> Remplace:
    cible = document.metadonnees.remplace
    uuid = _uuid(cible)
    lignes = lire(
        "SELECT id, version, confidentialite, masque_ps, masque_par, invisible_representants, statut,"
        " deposant_rpps, deposant_structure, deposant_genre, auteur_idnat, auteur_structure, invisible_patient"
        " FROM documents_document WHERE dossier_id = %s AND (unique_id = %s OR id = %s OR id IN"
        " (SELECT document_id FROM documents_versiondocument WHERE dossier_id = %s AND entree = %s))"
        " AND statut <> 'entered-in-error' FOR UPDATE",
        [dossier_id, cible, uuid, dossier_id, uuid],
    )
    if not lignes:
        raise RemplacementImpossible(
            "remplacement_inconnu", "Le document à remplacer n'est pas dans ce dossier."
        )
    ligne = lignes[0]
    rpps, structure, genre, idnat, structure_auteur = ligne[7:12]
    qui = Demandeur(GenreActeur(deposant.genre), deposant.rpps, deposant.structure)
    if not est_auteur(qui, Provenance(genre, rpps, structure, idnat, structure_auteur)):
        raise RemplacementImpossible(
            "non_auteur", "Seul l'auteur d'un document, ou sa structure, peut le remplacer."
        )
    if ligne[6] != "current":
        raise RemplacementImpossible("deja_remplace", "Ce document a déjà été remplacé.")
    premier = lire(_PREMIER_DEPOT, [dossier_id, ligne[0], dossier_id, dossier_id])[0][0]
    return Remplace(*ligne[:6], invisible_patient=ligne[12], premier_depot=premier)  # type: ignore[misc]


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte.removeprefix("urn:uuid:"))
    except ValueError:
        return None


def deja_depose(unique_ids: list[str]) -> list[tuple[UUID, UUID]]:
    """(record, document) of those uniqueIds that the registry knows (rule FHR-79)."""
    lignes = lire(
        "SELECT dossier_id, document_id FROM documents_registre WHERE unique_id = ANY(%s)", [unique_ids]
    )
    return [(ligne[0], ligne[1]) for ligne in lignes]


def changer_masque(dossier_id: UUID, document_id: UUID, *, masque: bool, par: str) -> bool:
    """Put or lift MASQUE_PS without touching another label (rules DOC-39, DOC-41). False when nothing changed."""
    changees = lire(
        "UPDATE documents_document SET masque_ps = %s, masque_par = %s, version = version + 1, maj_le = %s"
        " WHERE dossier_id = %s AND id = %s AND masque_ps <> %s RETURNING id",
        [masque, par if masque else "", datetime.now(UTC), dossier_id, document_id, masque],
    )
    if not changees:
        return False
    lire(_VERSION, [uuid4(), par, dossier_id, document_id])
    return True
