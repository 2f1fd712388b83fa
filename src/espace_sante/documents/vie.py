"""What happens to a document after its deposit: labels, archive, deletion, destruction (rules DOC-32 to DOC-52).

Called by the gate alone, in a scope of the record. Each change makes a new metadata version (rule DOC-07).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from espace_sante.documents.ecriture import PROGRAMMER
from espace_sante.documents.perso import liens
from espace_sante.documents.plein_texte import indexation
from espace_sante.documents.regles import MODIFIABLES, SUPPRIME, Confidentialite, Provenance
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.postgres.direct import lire


class ChangementInterdit(EspaceSanteError):
    """Something else than status, confidentiality or archive would change (rule DOC-32). Code `changement_interdit`."""


@dataclass(frozen=True, slots=True)
class Etat:
    """A stored document as an act finds it; locked until the end of the act."""

    dossier_id: UUID
    id: UUID
    titre: str
    type_code: str
    statut: str
    archive: bool
    confidentialite: Confidentialite
    provenance: Provenance
    remplace_id: UUID | None
    remplace_par_id: UUID | None
    depose_le: datetime


_ETAT: Final = """
SELECT dossier_id, id, titre, type_code, statut, archive, masque_ps, invisible_patient, invisible_representants,
    masque_par, deposant_genre, deposant_rpps, deposant_structure, auteur_idnat, auteur_structure, remplace_id,
    remplace_par_id, depose_le
FROM documents_document WHERE dossier_id = %s AND id = %s FOR UPDATE
"""


def verrouiller(dossier_id: UUID, document_id: UUID) -> Etat | None:
    """The document, locked; None when this record has none of that id. Deleted ones are given: see `statut`."""
    lignes = lire(_ETAT, [dossier_id, document_id])
    if not lignes:
        return None
    ligne = lignes[0]
    labels, origine = Confidentialite(*ligne[6:10]), Provenance(*ligne[10:15])
    return Etat(*ligne[:6], labels, origine, *ligne[15:])  # type: ignore[call-arg]


def par_identifiants(dossier_id: UUID, identifiants: tuple[str, ...]) -> tuple[UUID, ...]:
    """Documents of the record with that uniqueId or any entryUUID ever given, deleted ones too (rule FHR-112)."""
    entrees = []
    for identifiant in identifiants:
        with suppress(ValueError):
            entrees.append(UUID(identifiant.removeprefix("urn:uuid:")))
    lignes = lire(
        "SELECT id FROM documents_document WHERE dossier_id = %s AND (unique_id = ANY(%s) OR id IN"
        " (SELECT document_id FROM documents_versiondocument WHERE dossier_id = %s AND entree = ANY(%s)))",
        [dossier_id, list(identifiants), dossier_id, entrees],
    )
    return tuple(ligne[0] for ligne in lignes)


def changer(dossier_id: UUID, document_id: UUID, par: str, quand: datetime, **valeurs: object) -> None:
    """Change what may change and keep the new version. Raises ChangementInterdit (rule DOC-32)."""
    if interdits := sorted(set(valeurs) - MODIFIABLES):
        raise ChangementInterdit(
            "changement_interdit", "Un document déposé ne change pas : il se remplace.", champs=interdits
        )
    noms = sorted(valeurs)
    lire(
        f"UPDATE documents_document SET {', '.join(f'{nom} = %s' for nom in noms)}, version = version + 1,"  # noqa: S608
        " maj_le = %s WHERE dossier_id = %s AND id = %s",
        [*(valeurs[nom] for nom in noms), quand, dossier_id, document_id],
    )
    lire(_VERSION, [uuid4(), par, dossier_id, document_id])


_VERSION: Final = """
INSERT INTO documents_versiondocument (dossier_id, document_id, version, entree, statut, confidentialite,
    masque_ps, invisible_patient, invisible_representants, archive, quand, par)
SELECT dossier_id, id, version, %s, statut, confidentialite, masque_ps, invisible_patient,
    invisible_representants, archive, maj_le, %s
FROM documents_document WHERE dossier_id = %s AND id = %s
"""


def supprimer(etat: Etat, par: str, quand: datetime, *, detruire_le: datetime | None = None) -> None:
    """Take a document out of all lists and openings; it stays in store with its trace (rule DOC-33).

    `detruire_le`: until then it can be brought back, then its content is destroyed (rule DOC-35).
    """
    changer(etat.dossier_id, etat.id, par, quand, statut=SUPPRIME)
    lire(
        "INSERT INTO documents_suppression (dossier_id, document_id, etat, statut_avant, par, demandee_le, detruire_le)"
        " VALUES (%s, %s, 'demandee', %s, %s, %s, %s) ON CONFLICT (dossier_id, document_id) DO UPDATE SET"
        " etat = 'demandee', statut_avant = EXCLUDED.statut_avant, par = EXCLUDED.par,"
        " demandee_le = EXCLUDED.demandee_le, detruire_le = EXCLUDED.detruire_le",
        [etat.dossier_id, etat.id, etat.statut, par, quand, detruire_le],
    )
    lire(
        "DELETE FROM documents_echeance WHERE dossier_id = %s AND document_id = %s",
        [etat.dossier_id, etat.id],
    )
    # Folders and pins are not found again when it is brought back.
    liens.oublier(etat.dossier_id, etat.id)
    if detruire_le:
        programmer(etat.dossier_id, etat.id, "destruction", detruire_le)


def retablir(dossier_id: UUID, document_id: UUID, par: str, quand: datetime) -> bool:
    """Undo a deletion of the holder. False when it is too late, or was not his to undo (rule DOC-35)."""
    lignes = lire(
        "UPDATE documents_suppression SET etat = 'annulee' WHERE dossier_id = %s AND document_id = %s"
        " AND etat = 'demandee' AND par = %s AND detruire_le > %s RETURNING statut_avant",
        [dossier_id, document_id, par, quand],
    )
    if not lignes:
        return False
    changer(dossier_id, document_id, par, quand, statut=lignes[0][0])
    faite(dossier_id, document_id, "destruction")
    return True


def detruire(dossier_id: UUID, document_id: UUID, quand: datetime) -> bool:
    """Destroy what a deleted document held: content, words for searching, title, resource (rule DOC-35).

    What stays says that a document was there, its dates and its trace. False when it was brought back.
    """
    if not lire(
        "UPDATE documents_suppression SET etat = 'detruite' WHERE dossier_id = %s AND document_id = %s"
        " AND etat = 'demandee' AND detruire_le <= %s RETURNING document_id",
        [dossier_id, document_id, quand],
    ):
        return False
    lire(
        "UPDATE documents_contenu SET scelle = ''::bytea WHERE dossier_id = %s AND document_id = %s",
        [dossier_id, document_id],
    )
    lire(
        "UPDATE documents_document SET titre = '', description = '', representation = NULL, maj_le = %s"
        " WHERE dossier_id = %s AND id = %s",
        [quand, dossier_id, document_id],
    )
    indexation.oublier(dossier_id, [document_id])
    return True


@dataclass(frozen=True, slots=True)
class Supprime:
    """A document that the holder deleted and can still bring back."""

    id: UUID
    titre: str
    type_code: str
    demandee_le: datetime
    detruire_le: datetime


def supprimes(dossier_id: UUID, quand: datetime) -> list[Supprime]:
    """What the holder can still bring back, soonest lost first."""
    lignes = lire(
        "SELECT d.id, d.titre, d.type_code, s.demandee_le, s.detruire_le FROM documents_suppression s"
        " JOIN documents_document d ON d.dossier_id = s.dossier_id AND d.id = s.document_id"
        " WHERE s.dossier_id = %s AND s.etat = 'demandee' AND s.detruire_le > %s ORDER BY s.detruire_le, d.id",
        [dossier_id, quand],
    )
    return [Supprime(*ligne) for ligne in lignes]


def visibles_a_changer(dossier_id: UUID, *, masque: bool) -> list[UUID]:
    """Documents of the record on which a change of the default mask has something to do (rule DOC-44)."""
    lignes = lire(
        "SELECT id FROM documents_document WHERE dossier_id = %s AND masque_ps <> %s AND statut <> %s ORDER BY id",
        [dossier_id, masque, SUPPRIME],
    )
    return [ligne[0] for ligne in lignes]


@dataclass(frozen=True, slots=True)
class Due:
    """One act that the daily job has to do."""

    quand: datetime
    dossier_id: UUID
    document_id: UUID
    genre: str


def programmer(dossier_id: UUID, document_id: UUID, genre: str, quand: datetime) -> None:
    """Something to do for that document at that time; asked again, the new time holds."""
    lire(PROGRAMMER, [dossier_id, document_id, genre, quand])


def dues(quand: datetime, apres: Due | None, limite: int) -> list[Due]:
    """What is due over all records, oldest first, a batch at a time; no record need be in scope."""
    reprise = (apres.quand, apres.dossier_id, apres.document_id, apres.genre) if apres else None
    suite = "AND (quand, dossier_id, document_id, genre) > (%s, %s, %s, %s)" if reprise else ""
    lignes = lire(
        "SELECT quand, dossier_id, document_id, genre FROM documents_echeance"  # noqa: S608
        f" WHERE quand <= %s {suite} ORDER BY quand, dossier_id, document_id, genre LIMIT %s",
        [quand, *(reprise or ()), limite],
    )
    return [Due(*ligne) for ligne in lignes]


def faite(dossier_id: UUID, document_id: UUID, genre: str) -> bool:
    """Take a due act off the list, in the transaction that does it. False when another already had."""
    return bool(
        lire(
            "DELETE FROM documents_echeance WHERE dossier_id = %s AND document_id = %s AND genre = %s RETURNING genre",
            [dossier_id, document_id, genre],
        )
    )


@dataclass(frozen=True, slots=True)
class DepotTardif:
    """A deposit of a structure after the day it was due (rule DOC-16)."""

    document_id: UUID
    attendu_le: date
    depose_le: datetime


def retards(structure: str, depuis: datetime, limite: int = 200) -> list[DepotTardif]:
    """Late deposits of a structure, newest first; nothing of the person nor of the document's content."""
    lignes = lire(
        "SELECT document_id, attendu_le, depose_le FROM documents_retard"
        " WHERE structure_id = %s AND depose_le >= %s ORDER BY depose_le DESC LIMIT %s",
        [structure, depuis, limite],
    )
    return [DepotTardif(*ligne) for ligne in lignes]
