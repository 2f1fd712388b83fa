"""Telling the holder: what upper rooms call in the transaction of an act, and what he does with his notices."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications.ecriture import ordre_depot, ordre_premier_acces, ordre_professionnel
from espace_sante.notifications.genres import FICHES, Categorie, Genre
from espace_sante.notifications.models import Avis, AvisProfessionnel, Preference
from espace_sante.platform.postgres.direct import Ordre
from espace_sante.platform.postgres.rls import ecrire_a_la_fin


class PreferenceRefusee(EspaceSanteError):
    """This family of notices cannot be switched off (rule DOC-67). Code `avis_obligatoire`."""


def preparer(
    dossier_id: UUID,
    genre: Genre,
    quand: datetime,
    *,
    par: Acteur | None = None,
    documents: tuple[UUID, ...] = (),
    **details: str,
) -> Ordre | None:
    """One statement, for `ecrire_a_la_fin`: the notice in the space and its outside message, in the outbox.

    None when there is nobody to tell: the holder learns nothing from his own acts (rule DOC-65). `details` are the
    fields of the sentence: qui, titre, nombre, structure, motif, numero, etape. Never for a document hidden from
    the holder (rule DOC-46): the caller knows which are.
    """
    if par is not None and par.genre is GenreActeur.TITULAIRE:
        return None
    if par is not None:
        details = {"qui": par.nom, "structure": par.structure_nom, **details}
    if len(documents) > 1:
        details["nombre"] = str(len(documents))
    groupe = FICHES[genre].groupe and par is not None
    attente = timedelta(minutes=settings.ES_AVIS_REGROUPEMENT_MIN) if groupe else timedelta()
    return ordre_depot(
        dossier_id,
        genre,
        quand,
        apres=quand + attente,
        cle=_cle(dossier_id, par) if groupe and par is not None else "",
        details=details,
        documents=documents,
    )


def deposer(
    dossier_id: UUID,
    genre: Genre,
    quand: datetime,
    *,
    par: Acteur | None = None,
    documents: tuple[UUID, ...] = (),
    **details: str,
) -> None:
    """Store a notice with the COMMIT of the current scope, or not at all. See `preparer`."""
    ordre = preparer(dossier_id, genre, quand, par=par, documents=documents, **details)
    if ordre is not None:
        ecrire_a_la_fin(*ordre)  # type: ignore[arg-type]


def premier_acces(dossier_id: UUID, acteur: Acteur, quand: datetime) -> None:
    """Tell of the first time that this professional opens this record; nothing the next times (rule DOC-67).

    One statement with the COMMIT, at each opening. An emergency has its own notice: see `Genre.ACCES_URGENCE`.
    """
    details = {"qui": acteur.nom, "structure": acteur.structure_nom}
    ecrire_a_la_fin(*ordre_premier_acces(dossier_id, acteur.identifiant, quand, details))  # type: ignore[arg-type]


def prevenir_professionnel(rpps: str, dossier_id: UUID, genre: Genre, quand: datetime) -> None:
    """A notice to a professional: the declared médecin traitant, a depositor (rules EMG-11, DOC-49)."""
    ecrire_a_la_fin(*ordre_professionnel(rpps, dossier_id, genre, quand))  # type: ignore[arg-type]


def _cle(dossier_id: UUID, auteur: Acteur) -> str:
    """What messages are grouped by: one author in one record, without naming him (rule DOC-68)."""
    return hashlib.blake2b(dossier_id.bytes + auteur.identifiant.encode(), digest_size=16).hexdigest()


def marquer_lus(dossier_id: UUID, *, jusqua: datetime) -> int:
    """Mark the notices up to that moment as read; how many were new."""
    return Avis.objects.filter(dossier_id=dossier_id, lu_le=None, quand__lte=jusqua).update(
        lu_le=datetime.now(UTC)
    )


def marquer_lu(dossier_id: UUID, avis_id: UUID) -> bool:
    """Mark one notice as read. Idempotent."""
    return bool(
        Avis.objects.filter(dossier_id=dossier_id, id=avis_id, lu_le=None).update(lu_le=datetime.now(UTC))
    )


def choisir(dossier_id: UUID, categorie: str, *, courriel: bool) -> None:
    """Let a family of notices leave by e-mail or not. Raises PreferenceRefusee for what is always told."""
    if categorie not in set(Categorie) or categorie == Categorie.TOUJOURS:
        raise PreferenceRefusee("avis_obligatoire", "Cet avis ne peut pas être coupé.")
    Preference.objects.update_or_create(
        dossier_id=dossier_id,
        categorie=categorie,
        defaults={"courriel": courriel, "depuis": datetime.now(UTC)},
    )


def marquer_lu_professionnel(rpps: str, avis_id: UUID) -> bool:
    """Mark a professional's notice as read. Idempotent."""
    return bool(
        AvisProfessionnel.objects.filter(id=avis_id, rpps=rpps, lu_le=None).update(lu_le=datetime.now(UTC))
    )
