"""The copy, offered before a space closes and before its content is destroyed on request (POR-19)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces import export
from espace_sante.acces.export import ExportVu
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.dossier.effacement import archive_echue
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.models import Avis
from espace_sante.notifications.services import deposer
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer


class EtatOffre(enum.StrEnum):
    """Where the holder stands: he has all there is, it is being made, or he has still to ask."""

    A_JOUR = "a_jour"
    EN_COURS = "en_cours"
    A_DEMANDER = "a_demander"


class OffreManquante(EspaceSanteError):
    """Destroying on request is refused: codes `copie_non_proposee`, `copie_proposee_depuis_peu`, `dossier_inconnu`."""


@dataclass(frozen=True, slots=True)
class Offre:
    """The whole copy that can be taken away now, or what is missing to it."""

    etat: EtatOffre
    copie: ExportVu | None = None


def offre(espace: MonEspace) -> Offre:
    """What to show him before he closes his space. In the opening of a page, which is traced."""
    entieres = [vu for vu in export.lister(espace) if vu.complet]
    for vu in entieres:
        if vu.etat == "pret" and not export.change_depuis(espace.dossier_id, vu.pret_le):
            return Offre(EtatOffre.A_JOUR, vu)
    en_cours = next((vu for vu in entieres if vu.etat == "demande"), None)
    return Offre(EtatOffre.EN_COURS, en_cours) if en_cours else Offre(EtatOffre.A_DEMANDER)


def proposer(dossier_id: UUID, acteur: Acteur, *, contexte: Contexte) -> bool:
    """Offer the copy to the holder of a record that is to be destroyed: a notice, a trace. False when it was done.

    Raises OffreManquante when there is no such record.
    """
    with portee(dossier_id):
        if not Dossier.objects.filter(dossier_id=dossier_id).exists():
            raise OffreManquante("dossier_inconnu", "Ce dossier n'existe pas.")
        if _proposee_le(dossier_id) is not None:
            return False
        deposer(dossier_id, Genre.COPIE_PROPOSEE, datetime.now(UTC))
        tracer(dossier_id, acteur, contexte, Acte(Action.COPIE_PROPOSEE))
    return True


def exiger(dossier_id: UUID, maintenant: datetime) -> None:
    """Before an express destruction: the offer was made, and its holder had the time to take it (LIF-27).

    Not asked of an archive that has had its ten years, nor of what is destroyed already. Raises OffreManquante.
    """
    with portee(dossier_id):
        dossier = Dossier.objects.filter(dossier_id=dossier_id).first()
        if dossier is None:
            raise OffreManquante("dossier_inconnu", "Ce dossier n'existe pas.")
        if dossier.etat == EtatProfil.SUPPRIME.value or archive_echue(dossier.ferme_le, maintenant.date()):
            return
        quand = _proposee_le(dossier_id)
    if quand is None:
        raise OffreManquante(
            "copie_non_proposee", "Proposez d'abord à la personne de prendre une copie de son espace."
        )
    if maintenant < quand + timedelta(days=settings.ES_EXPORT_JOURS):
        raise OffreManquante(
            "copie_proposee_depuis_peu",
            f"La personne a {settings.ES_EXPORT_JOURS} jours pour prendre sa copie : attendez leur fin.",
        )


def _proposee_le(dossier_id: UUID) -> datetime | None:
    avis = Avis.objects.filter(dossier_id=dossier_id, genre=Genre.COPIE_PROPOSEE.value)
    return avis.order_by("-quand").values_list("quand", flat=True).first()
