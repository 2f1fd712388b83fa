"""The gate for notices: the holder reads his own, without those about documents that wait for their announcement."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.queries import invisibles_du_titulaire
from espace_sante.notifications import queries, services
from espace_sante.notifications.genres import LIBELLES
from espace_sante.notifications.queries import PageAvis


def lister(
    espace: MonEspace, *, non_lus: bool = False, avant: UUID | None = None, limite: int = 50
) -> PageAvis:
    """A page of notices, newest first (rules DOC-65, DOC-46)."""
    return queries.lister(
        espace.dossier_id,
        sans_documents=invisibles_du_titulaire(espace.dossier_id),
        non_lus=non_lus,
        avant=avant,
        limite=limite,
    )


def non_lus(espace: MonEspace) -> int:
    """How many are new, for the home page."""
    return queries.non_lus(espace.dossier_id, sans_documents=invisibles_du_titulaire(espace.dossier_id))


def tout_lu(espace: MonEspace) -> None:
    """Mark as read what is there now."""
    services.marquer_lus(espace.dossier_id, jusqua=datetime.now(UTC))


def preferences(espace: MonEspace) -> list[tuple[str, str, bool]]:
    """(family, its words, whether it leaves by e-mail), for what the holder may switch off (rule DOC-65)."""
    coupees = queries.coupees(espace.dossier_id)
    return [(c.value, mots, c.value not in coupees) for c, mots in LIBELLES.items()]


def choisir(espace: MonEspace, par_courriel: frozenset[str]) -> None:
    """Keep by e-mail these families and no other; what is always told stays so (rule DOC-67)."""
    for categorie in LIBELLES:
        services.choisir(espace.dossier_id, categorie.value, courriel=categorie.value in par_courriel)
