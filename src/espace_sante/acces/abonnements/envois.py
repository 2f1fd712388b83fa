"""Telling subscribers, each time judged anew (rules FHR-169 to FHR-171).

At least once: a worker that dies after the software answered and before this was written tells it again. The same
document is otherwise told once to one subscription. The address is called outside of any transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from espace_sante.acces.abonnements.demande import Demande, hote
from espace_sante.acces.abonnements.droit import abonne, autorise, hote_inscrit, visible
from espace_sante.acces.abonnements.gestion import ACTIF, ERREUR, eteindre, ouvrir_demande
from espace_sante.acces.models import Abonnement
from espace_sante.acces.queries import situation
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.appel_sortant import AppelEchoue, AppelRefuse, lire_adresse, poster
from espace_sante.platform.postgres.direct import lire
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer

# Waits after each failure; the last one stops the subscription (FHR-169).
REPRISES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=6))
# Longer than a call may last: a line that a dead worker held comes back.
_BAIL: Final = timedelta(minutes=3)
_CONTEXTE: Final = Contexte("cli")
_SYSTEME: Final = Acteur(GenreActeur.SYSTEME)

_DUS = """
SELECT dossier_id, abonnement_id, document_id FROM acces_envoiabonnement WHERE apres <= %s ORDER BY apres LIMIT %s
"""
_PRENDRE = """
UPDATE acces_envoiabonnement SET apres = %s, essais = essais + 1
WHERE dossier_id = %s AND abonnement_id = %s AND document_id = %s AND apres <= %s RETURNING essais, quand
"""
_CLE = "WHERE dossier_id = %s AND abonnement_id = %s AND document_id = %s"


@dataclass(frozen=True, slots=True)
class Annonce:
    """One document to tell one software of: where, in which form, and what may be said of it."""

    abonnement: Abonnement
    acteur: Acteur
    demande: Demande
    document: DocumentVu
    depuis: datetime


# The body of an announcement, written by the door that knows its standard.
Rediger = Callable[[Annonce, datetime], bytes]
Poster = Callable[[Annonce, bytes], None]


def livrer(
    maintenant: datetime, *, rediger: Rediger, poster_: Poster | None = None, limite: int = 500
) -> int:
    """Tell what is due; how many were told. One failure holds nobody else back."""
    envoyer = poster_ or _poster
    return sum(
        _livrer(dossier_id, abonnement_id, document_id, maintenant, rediger, envoyer)
        for dossier_id, abonnement_id, document_id in lire(_DUS, [maintenant, limite])
    )


def restent(maintenant: datetime) -> bool:
    """Whether something is due."""
    return bool(lire(_DUS, [maintenant, 1]))


def _livrer(
    dossier_id: UUID,
    abonnement_id: UUID,
    document_id: UUID,
    maintenant: datetime,
    rediger: Rediger,
    envoyer: Poster,
) -> bool:
    cle = [dossier_id, abonnement_id, document_id]
    pris = lire(_PRENDRE, [maintenant + _BAIL, *cle, maintenant])
    if not pris:
        return False
    essais, quand = pris[0]
    annonce = _preparer(dossier_id, abonnement_id, document_id, maintenant, quand)
    if annonce is None:
        return False
    try:
        envoyer(annonce, rediger(annonce, maintenant) if annonce.demande.corps else b"")
    except (AppelEchoue, AppelRefuse):
        _reporter(annonce, essais, maintenant)
        return False
    with portee(dossier_id):
        lire(f"UPDATE acces_envoiabonnement SET apres = NULL {_CLE}", cle)  # noqa: S608
        vu = annonce.document
        tracer(
            dossier_id, annonce.acteur, _contexte(annonce),
            Acte(Action.ANNONCE_DOCUMENT, document_ids=(vu.id,), document_type=vu.type_code, document_titre=vu.titre),
        )  # fmt: skip
    return True


def _preparer(
    dossier_id: UUID, abonnement_id: UUID, document_id: UUID, maintenant: datetime, quand: datetime
) -> Annonce | None:
    """What may be told now; or nothing, and the line goes, with the whole subscription when its right is over."""
    with portee(dossier_id):
        abonnement = Abonnement.objects.filter(dossier_id=dossier_id, id=abonnement_id, etat=ACTIF).first()
        if abonnement is None:
            _retirer(dossier_id, abonnement_id, document_id)
            return None
        acteur = abonne(abonnement)
        vue = situation(dossier_id, acteur or _SYSTEME)
        demande = ouvrir_demande(abonnement, vue.cle_scellee)
        if (
            acteur is None
            or demande is None
            or abonnement.fin <= maintenant
            or not autorise(acteur, vue)
            or not hote_inscrit(abonnement.client_id, hote(demande))
        ):
            eteindre(abonnement, acteur or _SYSTEME, _CONTEXTE)
            return None
        vu = visible(acteur, vue, document_id, tuple(abonnement.types))
        if vu is None:
            _retirer(dossier_id, abonnement_id, document_id)
            return None
        return Annonce(abonnement, acteur, demande, vu, quand)


def _reporter(annonce: Annonce, essais: int, maintenant: datetime) -> None:
    abonnement = annonce.abonnement
    cle = [abonnement.dossier_id, abonnement.id, annonce.document.id]
    if essais <= len(REPRISES):
        apres = maintenant + REPRISES[essais - 1]
        lire(f"UPDATE acces_envoiabonnement SET apres = %s {_CLE}", [apres, *cle])  # noqa: S608
        return
    with portee(abonnement.dossier_id):
        encore = Abonnement.objects.filter(
            dossier_id=abonnement.dossier_id, id=abonnement.id, etat=ACTIF
        ).first()
        if encore is not None:
            eteindre(encore, annonce.acteur, _contexte(annonce), ERREUR)


def _retirer(dossier_id: UUID, abonnement_id: UUID, document_id: UUID) -> None:
    # Kept a while, as what was told: a second look at the registry does not put it back.
    lire(f"UPDATE acces_envoiabonnement SET apres = NULL {_CLE}", [dossier_id, abonnement_id, document_id])  # noqa: S608


def _poster(annonce: Annonce, corps: bytes) -> None:
    poster(lire_adresse(annonce.demande.adresse), corps, annonce.demande.corps)


def _contexte(annonce: Annonce) -> Contexte:
    return Contexte("fhir", logiciel=annonce.abonnement.client_id)
