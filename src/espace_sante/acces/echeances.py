"""The daily job on documents: invitation, automatic visibility, destruction (rules DOC-35, DOC-48 to DOC-51).

It reads what is due over all records by batches, then acts record by record, each act in a transaction that also
takes it off the list: stopped anywhere, it goes on where it was. The state of the profile does not matter (DOC-51).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from espace_sante.acces.vie_documents import montrer
from espace_sante.documents import vie
from espace_sante.documents.portail import prepares
from espace_sante.documents.regles import SUPPRIME
from espace_sante.documents.vie import Due, Etat
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer as aviser
from espace_sante.notifications.services import prevenir_professionnel
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer

_JOURNAL: Final = logging.getLogger(__name__)
_SYSTEME: Final = Acteur(GenreActeur.SYSTEME)
_CONTEXTE: Final = Contexte("cli")
_LOT: Final = 500


@dataclass(frozen=True, slots=True)
class Bilan:
    """What a run did; what failed stays on the list for the next one."""

    faites: int
    echecs: int


def executer(maintenant: datetime, *, lot: int = _LOT) -> Bilan:
    """Do all that is due at that time, `lot` rows in memory at once."""
    faites, echecs, apres = 0, 0, None
    while dues := vie.dues(maintenant, apres, lot):
        for due in dues:
            try:
                _faire(due, maintenant)
                faites += 1
            except Exception:
                # One record that fails does not stop a country; no id in the journal.
                _JOURNAL.error("echeance_echouee")
                echecs += 1
        apres = dues[-1]
    return Bilan(faites, echecs)


def _faire(due: Due, maintenant: datetime) -> None:
    with portee(due.dossier_id):
        if not vie.faite(due.dossier_id, due.document_id, due.genre):
            return
        if due.genre == prepares.GENRE:
            prepares.perimer(due.dossier_id, due.document_id)
            return
        etat = vie.verrouiller(due.dossier_id, due.document_id)
        if etat is None:
            return
        if due.genre == "destruction":
            _detruire(etat, maintenant)
        elif etat.statut != SUPPRIME and etat.confidentialite.invisible_patient:
            if due.genre == "avis":
                # Nothing of the document: no id, no title, no type, no author (rule DOC-48).
                aviser(due.dossier_id, Genre.DOSSIER_MIS_A_JOUR, maintenant)
            else:
                _montrer(etat, maintenant)


def _montrer(etat: Etat, maintenant: datetime) -> None:
    montrer(etat.dossier_id, etat.id, "systeme", maintenant)
    _tracer(etat, Action.VISIBILITE_AUTOMATIQUE)
    if etat.statut != "current":
        # Its replacement shows itself the same day, and is what is told.
        return
    aviser(etat.dossier_id, Genre.DOCUMENT_VISIBLE, maintenant, documents=(etat.id,), titre=etat.titre)
    deposant = etat.provenance.rpps or etat.provenance.auteur_idnat.removeprefix("8")
    if deposant:
        prevenir_professionnel(deposant, etat.dossier_id, Genre.DOCUMENT_VISIBLE, maintenant)


def _detruire(etat: Etat, maintenant: datetime) -> None:
    if vie.detruire(etat.dossier_id, etat.id, maintenant):
        _tracer(etat, Action.DESTRUCTION)


def _tracer(etat: Etat, action: Action) -> None:
    tracer(
        etat.dossier_id,
        _SYSTEME,
        _CONTEXTE,
        Acte(action, document_ids=(etat.id,), document_type=etat.type_code, document_titre=etat.titre),
    )
