"""The holder's copy of his whole space: asked, followed, taken away (rules REG-02 to REG-06)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from espace_sante.acces.exportation import coffre
from espace_sante.acces.exportation.taches import preparer
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.dossier.models import Dossier, Export
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer


class ExportRefuse(EspaceSanteError):
    """Codes `export_en_cours` (one at a time), `export_indisponible` (not his, not ready, past its 7 days)."""


@dataclass(frozen=True, slots=True)
class ExportVu:
    """A request as its holder follows it; `etat`: demande, pret, echec, detruit."""

    id: UUID
    etat: str
    demande_le: datetime
    pret_au_plus_tard: datetime
    expire_le: datetime | None
    taille: int


def demander(acteur: Acteur, *, contexte: Contexte) -> ExportVu:
    """Ask for a copy; the caller has just checked the password. Raises ExportRefuse, EspaceFerme. Traced.

    A request that nobody could serve in time does not stand in the way of a new one (REG-03).
    """
    maintenant = datetime.now(UTC)
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        perimee = maintenant - timedelta(hours=settings.ES_EXPORT_DELAI_H)
        siens = Export.objects.filter(dossier_id=espace.dossier_id)
        siens.filter(etat="demande", demande_le__lt=perimee).update(etat="echec")
        export = Export(dossier_id=espace.dossier_id, id=uuid7(), demande_le=maintenant)
        try:
            with transaction.atomic():
                export.save(force_insert=True)
        except IntegrityError:
            raise ExportRefuse("export_en_cours", "Une copie est déjà en préparation.") from None
        # In the queue in the same transaction: asked and forgotten cannot happen.
        preparer.defer(dossier_id=str(espace.dossier_id), export_id=str(export.id))
        tracer(espace.dossier_id, acteur, contexte, Acte(Action.EXPORT_DEMANDE))
        return _vu(export, maintenant)


def refuser(acteur: Acteur, *, contexte: Contexte) -> None:
    """Trace a request whose password was wrong (AUD-01)."""
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        acte = Acte(Action.EXPORT_DEMANDE, Resultat.REFUS, motif="mot_de_passe_refuse")
        tracer(espace.dossier_id, acteur, contexte, acte)


def lister(espace: MonEspace) -> list[ExportVu]:
    """His last requests, newest first."""
    maintenant = datetime.now(UTC)
    exports = Export.objects.filter(dossier_id=espace.dossier_id).order_by("-demande_le")[:5]
    return [_vu(e, maintenant) for e in exports]


def telecharger(acteur: Acteur, export_id: UUID, *, contexte: Contexte) -> tuple[ExportVu, Iterator[bytes]]:
    """The archive, piece by piece. Raises ExportRefuse, EspaceFerme. Traced."""
    maintenant = datetime.now(UTC)
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        export = Export.objects.filter(dossier_id=espace.dossier_id, id=export_id).first()
        scellee = Dossier.objects.values_list("cle_scellee", flat=True).get(dossier_id=espace.dossier_id)
        vu = _vu(export, maintenant) if export else None
        if export is None or vu is None or vu.etat != "pret" or scellee is None:
            raise ExportRefuse("export_indisponible", "Cette copie n'est plus disponible.")
        tracer(espace.dossier_id, acteur, contexte, Acte(Action.EXPORT_TELECHARGE))
        return vu, coffre.ouvrir(espace.dossier_id, export_id, export.morceaux, bytes(scellee))


def _vu(export: Export, maintenant: datetime) -> ExportVu:
    etat = export.etat
    if etat == "pret" and export.expire_le is not None and export.expire_le <= maintenant:
        # Its time is over even when the worker that destroys it is late.
        etat = "detruit"
    return ExportVu(
        id=export.id,
        etat=etat,
        demande_le=export.demande_le,
        pret_au_plus_tard=export.demande_le + timedelta(hours=settings.ES_EXPORT_DELAI_H),
        expire_le=export.expire_le,
        taille=export.taille,
    )
