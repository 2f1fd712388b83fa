"""Destroying what a record holds, for ever (rules AUD-12, REG-10, LIF-33).

First the wrapped key, alone in its transaction: from that COMMIT on nothing that was sealed can be opened, whatever
happens next. Then the rows, in one transaction, table by table, children first. A crash between the two leaves rows
that nobody can open, and the same call ends the work.

What stays: the record's line (state `SUPPRIME` and its dates), the keyed hash of the INS, the history of acts with its
log. The content of old traces is destroyed by the room `traces` when their own time is over (AUD-12).

Run as the owner of the tables: the application may delete nothing of a record.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from uuid import UUID

from espace_sante.dossier.conservation import ANNEES_ARCHIVE
from espace_sante.dossier.ecriture import detruire_lignes
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.journal_scelle import ecriture as journal
from espace_sante.traces.journal_scelle.ecriture import connexion


class EffacementRefuse(EspaceSanteError):
    """Codes `dossier_inconnu`, `historique_a_garder` (its ten years are not over)."""


def effacer(dossier_id: UUID, *, acteur: Acteur, contexte: Contexte) -> int:
    """Destroy the key, then the contents; the number of rows destroyed. Idempotent. Raises EffacementRefuse."""
    detruire_cle(dossier_id, acteur=acteur, contexte=contexte)
    return detruire_lignes(dossier_id)


def detruire_cle(dossier_id: UUID, *, acteur: Acteur, contexte: Contexte) -> None:
    """Durable before it returns: what was sealed is lost from here on. Traced once. Raises EffacementRefuse."""
    with portee(dossier_id):
        dossier = Dossier.objects.select_for_update().filter(dossier_id=dossier_id).first()
        if dossier is None:
            raise EffacementRefuse("dossier_inconnu", "Ce dossier n'existe pas.")
        if dossier.etat == EtatProfil.SUPPRIME.value and dossier.cle_scellee is None:
            return
        Dossier.objects.filter(dossier_id=dossier_id).update(
            cle_scellee=None, cle_maitre="", etat=EtatProfil.SUPPRIME.value, etat_depuis=datetime.now(UTC)
        )
        tracer(dossier_id, acteur, contexte, Acte(Action.EFFACEMENT))


def effacer_historique(dossier_id: UUID, maintenant: datetime) -> int:
    """Destroy the content of the traces of an erased record, ten years after its closure (AUD-12); how many.

    The leaf hashes stay, so that the log remains whole. Raises EffacementRefuse; EffacementImpossible while a trace is
    not sealed yet.
    """
    with portee(dossier_id):
        dossier = Dossier.objects.filter(dossier_id=dossier_id).first()
    if dossier is None:
        raise EffacementRefuse("dossier_inconnu", "Ce dossier n'existe pas.")
    if dossier.etat != EtatProfil.SUPPRIME.value or not archive_echue(dossier.ferme_le, maintenant.date()):
        raise EffacementRefuse(
            "historique_a_garder",
            f"L'historique se garde {ANNEES_ARCHIVE} ans après la fermeture du dossier.",
        )
    with connexion() as cx:
        return journal.effacer(cx, dossier_id, "fin_d_archive", maintenant)


def archive_echue(ferme_le: date | None, jour: date) -> bool:
    """Whether the archive of a record closed that day has had its ten years, the day itself included. Pure."""
    if ferme_le is None:
        return False
    dernier = min(ferme_le.day, monthrange(ferme_le.year + ANNEES_ARCHIVE, ferme_le.month)[1])
    return jour >= date(ferme_le.year + ANNEES_ARCHIVE, ferme_le.month, dernier)
