"""Writes of what a holder arranges for himself: folders, moves, pins; end of old directives. Called by the gate.

In a scoped transaction, on documents that the gate has already found to be his to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from espace_sante.documents import vie
from espace_sante.documents.models import Classement, DossierPerso, Epingle
from espace_sante.documents.perso.errors import RangementRefuse
from espace_sante.documents.perso.rules import DIRECTIVES, DOSSIERS_MAX, lire_nom, plier_nom
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.direct import lire


def creer_dossier(dossier_id: UUID, nom: str) -> UUID:
    """A new folder. Raises RangementRefuse: `dossier_existant`, `trop_de_dossiers`, or a name refused (DOC-53)."""
    nom = lire_nom(nom)
    if DossierPerso.objects.filter(dossier_id=dossier_id).count() >= DOSSIERS_MAX:
        raise RangementRefuse("trop_de_dossiers", f"Vous pouvez créer {DOSSIERS_MAX} dossiers au maximum.")
    identifiant = uuid7()
    try:
        with transaction.atomic():
            DossierPerso.objects.create(
                dossier_id=dossier_id,
                id=identifiant,
                nom=nom,
                nom_plie=plier_nom(nom),
                cree_le=datetime.now(UTC),
            )
    except IntegrityError:
        raise _existant() from None
    return identifiant


def renommer_dossier(dossier_id: UUID, dossier_perso_id: UUID, nom: str) -> bool:
    """False when the name is the one it has. Raises RangementRefuse (rule DOC-53)."""
    nom = lire_nom(nom)
    dossier = _dossier(dossier_id, dossier_perso_id)
    if dossier.nom == nom:
        return False
    try:
        with transaction.atomic():
            DossierPerso.objects.filter(dossier_id=dossier_id, id=dossier_perso_id).update(
                nom=nom, nom_plie=plier_nom(nom)
            )
    except IntegrityError:
        raise _existant() from None
    return True


def supprimer_dossier(dossier_id: UUID, dossier_perso_id: UUID) -> None:
    """Delete a folder; its documents go back to the root, untouched (rule DOC-53). Raises RangementRefuse."""
    _dossier(dossier_id, dossier_perso_id)
    Classement.objects.filter(dossier_id=dossier_id, dossier_perso_id=dossier_perso_id).delete()
    DossierPerso.objects.filter(dossier_id=dossier_id, id=dossier_perso_id).delete()


def deplacer(dossier_id: UUID, documents: Sequence[UUID], vers: UUID | None) -> None:
    """Put documents in a folder, out of any other; None: back to the root (rule DOC-54). Raises RangementRefuse."""
    if vers is not None:
        _dossier(dossier_id, vers)
    Classement.objects.filter(dossier_id=dossier_id, document_id__in=documents).delete()
    if vers is not None:
        Classement.objects.bulk_create(
            Classement(dossier_id=dossier_id, document_id=d, dossier_perso_id=vers)
            for d in dict.fromkeys(documents)
        )


def epingler(dossier_id: UUID, document_id: UUID, *, oui: bool) -> bool:
    """Pin or unpin (rule DOC-55). False when nothing changed."""
    if not oui:
        return bool(Epingle.objects.filter(dossier_id=dossier_id, document_id=document_id).delete()[0])
    ajoutees = lire(
        "INSERT INTO documents_epingle (dossier_id, document_id, posee_le) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING document_id",
        [dossier_id, document_id, datetime.now(UTC)],
    )
    return bool(ajoutees)


def detruire_directives(dossier_id: UUID, quand: datetime) -> tuple[UUID, ...]:
    """Destroy the holder's former directives: out of every list, content erased at once (rules DOC-28, DOC-36).

    Called in the transaction that stores the new ones; no undo: a will that was replaced must not come back.
    """
    anciennes = tuple(
        ligne[0]
        for ligne in lire(
            "SELECT id FROM documents_document WHERE dossier_id = %s AND type_code = %s"
            " AND deposant_genre = 'titulaire' AND statut <> 'entered-in-error'",
            [dossier_id, DIRECTIVES],
        )
    )
    for ancienne in anciennes:
        etat = vie.verrouiller(dossier_id, ancienne)
        if etat is not None:
            vie.supprimer(etat, "titulaire", quand, detruire_le=quand)
            vie.detruire(dossier_id, ancienne, quand)
            vie.faite(dossier_id, ancienne, "destruction")
    return anciennes


def _dossier(dossier_id: UUID, dossier_perso_id: UUID) -> DossierPerso:
    dossier = DossierPerso.objects.filter(dossier_id=dossier_id, id=dossier_perso_id).first()
    if dossier is None:
        raise RangementRefuse("dossier_introuvable", "Ce dossier n’existe plus.")
    return dossier


def _existant() -> RangementRefuse:
    return RangementRefuse(
        "dossier_existant", "Un de vos dossiers porte déjà ce nom. Choisissez-en un autre."
    )
