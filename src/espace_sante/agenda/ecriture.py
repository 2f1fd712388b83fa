"""Writing appointments in the record in scope: the row, its former versions, what the holder makes of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from espace_sante.agenda.filtre import empreintes
from espace_sante.agenda.models import AnnotationRendezVous, FicheRendezVous, VersionRendezVous
from espace_sante.agenda.queries import note_contexte
from espace_sante.agenda.valeurs import Garde, ecrire
from espace_sante.identite.index import cle_hachage
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import lire


def verrouiller(dossier_id: UUID) -> None:
    """One writer of the record's agenda at a time, until the transaction ends; readers and documents are not held."""
    lire("SELECT 1 FROM dossier_dossier WHERE dossier_id = %s FOR NO KEY UPDATE", [dossier_id])


def ajouter(
    dossier_id: UUID, rendez_vous_id: UUID, source: str, garde: Garde, cle: CleDossier, quand: datetime
) -> None:
    """A new appointment."""
    FicheRendezVous.objects.create(
        dossier_id=dossier_id,
        id=rendez_vous_id,
        source=source,
        cree_le=quand,
        **_colonnes(rendez_vous_id, garde, cle, quand),
    )


def remplacer(
    dossier_id: UUID, rendez_vous_id: UUID, garde: Garde, cle: CleDossier, quand: datetime, version: int
) -> None:
    """Its new content, as that version; the former one is kept. The record is locked."""
    ancienne = FicheRendezVous.objects.get(dossier_id=dossier_id, id=rendez_vous_id)
    VersionRendezVous.objects.create(
        dossier_id=dossier_id,
        rendez_vous_id=rendez_vous_id,
        version=ancienne.version,
        quand=ancienne.maj_le,
        scelle=ancienne.scelle,
    )
    FicheRendezVous.objects.filter(dossier_id=dossier_id, id=rendez_vous_id).update(
        version=version, **_colonnes(rendez_vous_id, garde, cle, quand)
    )


def masquer(dossier_id: UUID, rendez_vous_id: UUID, *, masque: bool, quand: datetime) -> None:
    """Hide it from the holder's list, or show it again."""
    AnnotationRendezVous.objects.update_or_create(
        dossier_id=dossier_id,
        rendez_vous_id=rendez_vous_id,
        defaults={"masque": masque, "maj_le": quand},
    )


def noter(dossier_id: UUID, rendez_vous_id: UUID, note: str, cle: CleDossier, quand: datetime) -> None:
    """The holder's note; an empty one takes it away."""
    scellee = cle.sceller(note.encode(), note_contexte(rendez_vous_id)) if note else None
    AnnotationRendezVous.objects.update_or_create(
        dossier_id=dossier_id,
        rendez_vous_id=rendez_vous_id,
        defaults={"note_scellee": scellee, "maj_le": quand},
    )


def _colonnes(rendez_vous_id: UUID, garde: Garde, cle: CleDossier, quand: datetime) -> dict[str, object]:
    r = garde.rendez_vous
    hachees = empreintes(r.identifiants, cle_hachage())
    return {
        "cle": hachees[0],
        "identifiants": list(hachees),
        "statut": r.statut.value,
        "debut": r.quand,
        "jusqua": r.jusqua,
        "maj_le": quand,
        "scelle": cle.sceller(ecrire(garde), rendez_vous_id.bytes),
    }
