"""The copy's background work: made and told, then destroyed; the next step is queued by the transaction before it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from espace_sante.acces.exportation.choix import Choix
from espace_sante.acces.exportation.coffre import SortieScellee
from espace_sante.acces.exportation.construction import construire
from espace_sante.dossier.models import Dossier, Export, MorceauExport
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

SYSTEME: Final = Acteur(genre=GenreActeur.SYSTEME, nom="préparation des copies")
# Once more, ten minutes later (POR-20): long before the hours of REG-03 are over.
REPRISE: Final = RetryStrategy(max_attempts=1, wait=600)
# 6 s, 36 s, 4 min, 22 min, 2 h: what must be destroyed is, in the end.
REPRISES: Final = RetryStrategy(max_attempts=5, exponential_wait=6)
_journal = logging.getLogger(__name__)


@app.task(name="export.preparer", retry=REPRISE, pass_context=True)
def preparer(context: JobContext, dossier_id: str, export_id: str) -> None:
    """Make a copy that was asked for. Tried once more when it fails; then support and the holder are told."""
    try:
        fabriquer(UUID(dossier_id), UUID(export_id), datetime.now(UTC))
    except Exception:
        if context.job is None or context.job.attempts >= (REPRISE.max_attempts or 0):
            abandonner(UUID(dossier_id), UUID(export_id))
        raise


@app.task(name="export.detruire", retry=REPRISES)
def detruire(dossier_id: str, export_id: str) -> None:
    """Destroy a copy that has had its time (REG-03)."""
    supprimer(UUID(dossier_id), UUID(export_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="export.reprendre", queueing_lock="export.reprendre", pass_context=True)
async def reprendre(context: JobContext, timestamp: int) -> None:
    """Take up again what a worker that died was doing."""
    travaux = context.app.job_manager
    for tache in (preparer, detruire):
        for job in await travaux.get_stalled_jobs(task_name=tache.name):
            await travaux.retry_job(job)


def fabriquer(dossier_id: UUID, export_id: UUID, maintenant: datetime) -> None:
    """Write the whole copy in one transaction: stopped half way, it leaves nothing. Made once only."""
    with portee(dossier_id):
        export = (
            Export.objects.select_for_update()
            .filter(dossier_id=dossier_id, id=export_id, etat="demande")
            .first()
        )
        dossier = Dossier.objects.filter(dossier_id=dossier_id).first()
        if export is None or dossier is None or dossier.cle_scellee is None:
            return
        cle_scellee = bytes(dossier.cle_scellee)
        sortie = SortieScellee(dossier_id, export_id, CleDossier.ouvrir(cle_scellee, dossier_id.bytes))
        construire(dossier_id, cle_scellee, sortie, maintenant, Choix.lire(export.choix))
        expire = maintenant + timedelta(days=settings.ES_EXPORT_JOURS)
        Export.objects.filter(dossier_id=dossier_id, id=export_id).update(
            etat="pret", pret_le=maintenant, expire_le=expire, taille=sortie.taille, morceaux=sortie.morceaux,
            parties=sortie.parties,
        )  # fmt: skip
        detruire.configure(schedule_at=expire).defer(dossier_id=str(dossier_id), export_id=str(export_id))
        deposer(dossier_id, Genre.EXPORT_PRET, maintenant)
        tracer(dossier_id, SYSTEME, Contexte(porte="cli"), Acte(Action.EXPORT_PRET))


def abandonner(dossier_id: UUID, export_id: UUID) -> None:
    """Say that a copy will not come, so that the holder asks again. Traced."""
    with portee(dossier_id):
        if Export.objects.filter(dossier_id=dossier_id, id=export_id, etat="demande").update(etat="echec"):
            acte = Acte(Action.EXPORT_PRET, Resultat.REFUS, motif="preparation_impossible")
            tracer(dossier_id, SYSTEME, Contexte(porte="cli"), acte)
            deposer(dossier_id, Genre.EXPORT_ECHEC, datetime.now(UTC))
            # What support watches; which request it is, the table of exports says.
            _journal.error("copie abandonnée : demande d’export en état « echec »")


def supprimer(dossier_id: UUID, export_id: UUID) -> None:
    """Destroy the pieces of a copy. Idempotent; traced once."""
    with portee(dossier_id):
        MorceauExport.objects.filter(dossier_id=dossier_id, export_id=export_id).delete()
        if Export.objects.filter(dossier_id=dossier_id, id=export_id, etat="pret").update(etat="detruit"):
            tracer(dossier_id, SYSTEME, Contexte(porte="cli"), Acte(Action.EXPORT_DETRUIT))
