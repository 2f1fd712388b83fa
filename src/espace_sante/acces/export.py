"""The holder's copy of his whole space: asked, followed, taken away (rules REG-02 to REG-06)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from espace_sante.acces.exportation import coffre
from espace_sante.acces.exportation.choix import Choix
from espace_sante.acces.exportation.taches import detruire, preparer
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.dossier.models import Dossier, Export
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer
from espace_sante.traces.models import Trace

# The time that a slow line takes to bring the last download home.
_DERNIER_TELECHARGEMENT = timedelta(hours=6)


# Acts that change nothing of what a copy holds but the line that tells of them.
_SANS_EFFET = (
    Action.EXPORT_DEMANDE,
    Action.EXPORT_PRET,
    Action.EXPORT_TELECHARGE,
    Action.EXPORT_TRACES,
    Action.COPIE_PROPOSEE,
    Action.CONNEXION,
)
_LECTURES = (Action.HISTORIQUE, Action.LISTE, Action.LECTURE, Action.OUVERTURE, Action.TELECHARGEMENT)


class ExportRefuse(EspaceSanteError):
    """Codes `export_en_cours` (one at a time), `export_indisponible` (not his, not ready, past its 7 days or its
    5 downloads)."""


@dataclass(frozen=True, slots=True)
class ExportVu:
    """A request as its holder follows it; `etat`: demande, pret, echec, detruit. `parties`: size of each file."""

    id: UUID
    etat: str
    demande_le: datetime
    pret_au_plus_tard: datetime
    expire_le: datetime | None
    taille: int
    parties: tuple[int, ...] = ()
    complet: bool = True
    pret_le: datetime | None = None


def demander(acteur: Acteur, *, contexte: Contexte, choix: Choix | None = None) -> ExportVu:
    """Ask for a copy; the caller has just checked the password. Raises ExportRefuse, EspaceFerme. Traced.

    A request that nobody could serve in time does not stand in the way of a new one (REG-03). The copy that is ready
    is given again while nothing has changed since (POR-12).
    """
    maintenant = datetime.now(UTC)
    voulu = (choix or Choix()).ecrire()
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        perimee = maintenant - timedelta(hours=settings.ES_EXPORT_DELAI_H)
        siens = Export.objects.filter(dossier_id=espace.dossier_id)
        siens.filter(etat="demande", demande_le__lt=perimee).update(etat="echec")
        for pret in siens.filter(etat="pret", choix=voulu).order_by("-demande_le")[:1]:
            if _vu(pret, maintenant).etat == "pret" and not change_depuis(espace.dossier_id, pret.pret_le):
                tracer(espace.dossier_id, acteur, contexte, Acte(Action.EXPORT_DEMANDE, motif="deja_prete"))
                return _vu(pret, maintenant)
        export = Export(dossier_id=espace.dossier_id, id=uuid7(), demande_le=maintenant, choix=voulu)
        try:
            with transaction.atomic():
                export.save(force_insert=True)
        except IntegrityError:
            raise ExportRefuse("export_en_cours", "Une copie est déjà en préparation.") from None
        # In the queue in the same transaction: asked and forgotten cannot happen.
        preparer.defer(dossier_id=str(espace.dossier_id), export_id=str(export.id))
        tracer(espace.dossier_id, acteur, contexte, Acte(Action.EXPORT_DEMANDE))
        return _vu(export, maintenant)


def change_depuis(dossier_id: UUID, quand: datetime | None) -> bool:
    """Whether something that a copy holds has changed since then: every act leaves a trace, his own readings apart."""
    actes = Trace.objects.filter(dossier_id=dossier_id, quand__gt=quand).exclude(action__in=_SANS_EFFET)
    return actes.exclude(acteur_genre=GenreActeur.TITULAIRE.value, action__in=_LECTURES).exists()


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


def telecharger(
    acteur: Acteur, export_id: UUID, *, contexte: Contexte, partie: int = 1
) -> tuple[ExportVu, Iterator[bytes]]:
    """One part of the archive, piece by piece. Raises ExportRefuse, EspaceFerme. Traced and told by a notice (POR-14).

    After the last download that is allowed it is destroyed, once the time of that download is over (POR-12).
    """
    maintenant = datetime.now(UTC)
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        siens = Export.objects.select_for_update().filter(dossier_id=espace.dossier_id)
        export = siens.filter(id=export_id).first()
        scellee = Dossier.objects.values_list("cle_scellee", flat=True).get(dossier_id=espace.dossier_id)
        vu = _vu(export, maintenant) if export else None
        if export is None or vu is None or vu.etat != "pret" or scellee is None:
            raise ExportRefuse("export_indisponible", "Cette copie n'est plus disponible.")
        if not 1 <= partie <= len(export.parties):
            raise ExportRefuse("export_indisponible", "Cette partie n'existe pas.")
        export.telechargements += 1
        Export.objects.filter(dossier_id=espace.dossier_id, id=export_id).update(
            telechargements=export.telechargements
        )
        if export.telechargements >= _permis(export):
            fin = maintenant + _DERNIER_TELECHARGEMENT
            detruire.configure(schedule_at=fin).defer(
                dossier_id=str(espace.dossier_id), export_id=str(export_id)
            )
        deposer(espace.dossier_id, Genre.EXPORT_TELECHARGE, maintenant)
        tracer(espace.dossier_id, acteur, contexte, Acte(Action.EXPORT_TELECHARGE))
        debut = sum(morceaux for morceaux, _ in export.parties[: partie - 1])
        rangs = range(debut, debut + export.parties[partie - 1][0])
        return vu, coffre.ouvrir(espace.dossier_id, export_id, rangs, bytes(scellee))


def _permis(export: Export) -> int:
    return int(settings.ES_EXPORT_TELECHARGEMENTS) * max(len(export.parties), 1)


def _vu(export: Export, maintenant: datetime) -> ExportVu:
    etat = export.etat
    perime = export.expire_le is not None and export.expire_le <= maintenant
    if etat == "pret" and (perime or export.telechargements >= _permis(export)):
        # Its time is over even when the worker that destroys it is late.
        etat = "detruit"
    return ExportVu(
        id=export.id,
        etat=etat,
        demande_le=export.demande_le,
        pret_au_plus_tard=export.demande_le + timedelta(hours=settings.ES_EXPORT_DELAI_H),
        expire_le=export.expire_le,
        taille=export.taille,
        parties=tuple(taille for _, taille in export.parties),
        complet=Choix.lire(export.choix).complet,
        pret_le=export.pret_le,
    )
