"""Reads of the room: the holder's notices (in his scope), the letters to post (over all records)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from espace_sante.notifications.genres import Genre, phrase
from espace_sante.notifications.models import Avis, AvisProfessionnel, Envoi, Preference


@dataclass(frozen=True, slots=True, repr=False)
class AvisVu:
    """One notice as its sentence."""

    id: UUID
    genre: Genre
    quand: datetime
    phrase: str
    document_id: UUID | None
    lu: bool


@dataclass(frozen=True, slots=True, repr=False)
class PageAvis:
    """A page of notices, newest first; `suite` continues it."""

    elements: tuple[AvisVu, ...]
    suite: UUID | None


def lister(
    dossier_id: UUID,
    *,
    sans_documents: tuple[UUID, ...] = (),
    non_lus: bool = False,
    avant: UUID | None = None,
    limite: int = 50,
) -> PageAvis:
    """Notices of a record, newest first. Those about `sans_documents` come back when the hiding ends (DOC-46)."""
    avis = Avis.objects.filter(dossier_id=dossier_id)
    if sans_documents:
        avis = avis.exclude(document_ids__overlap=list(sans_documents))
    if non_lus:
        avis = avis.filter(lu_le=None)
    if avant is not None:
        # Ids are ordered in time.
        avis = avis.filter(id__lt=avant)
    lignes = list(avis.order_by("-id")[: limite + 1])
    vus = tuple(
        AvisVu(
            a.id,
            Genre(a.genre),
            a.quand,
            phrase(Genre(a.genre), a.details),
            a.document_ids[0] if len(a.document_ids) == 1 and a.genre != Genre.DOCUMENT_SUPPRIME else None,
            a.lu_le is not None,
        )
        for a in lignes[:limite]
    )
    return PageAvis(vus, vus[-1].id if len(lignes) > limite else None)


def non_lus(dossier_id: UUID, *, sans_documents: tuple[UUID, ...] = ()) -> int:
    """How many notices are new."""
    avis = Avis.objects.filter(dossier_id=dossier_id, lu_le=None)
    if sans_documents:
        avis = avis.exclude(document_ids__overlap=list(sans_documents))
    return avis.count()


def coupees(dossier_id: UUID) -> frozenset[str]:
    """Families that the holder does not want by e-mail."""
    return frozenset(
        Preference.objects.filter(dossier_id=dossier_id, courriel=False).values_list("categorie", flat=True)
    )


def detail(dossier_id: UUID, avis_id: UUID) -> tuple[datetime, dict[str, str]] | None:
    """Time and details of one notice, for its letter."""
    avis = Avis.objects.filter(dossier_id=dossier_id, id=avis_id).first()
    return (avis.quand, avis.details) if avis is not None else None


def courriers_en_attente(limite: int = 200) -> list[tuple[UUID, UUID, datetime]]:
    """(record, notice, since when) of the letters that the operator must post (rule EMG-11)."""
    return list(
        Envoi.objects.filter(canal="postal")
        .order_by("depose_le")
        .values_list("dossier_id", "id", "depose_le")[:limite]
    )


def avis_du_professionnel(
    rpps: str, limite: int = 50, *, genre: Genre | None = None
) -> list[AvisProfessionnel]:
    """Notices to a professional, newest first; those of one kind when it is given."""
    avis = AvisProfessionnel.objects.filter(rpps=rpps)
    if genre is not None:
        avis = avis.filter(genre=genre.value)
    return list(avis.order_by("-quand")[:limite])
