"""A subscription made, read, changed, ended by the software of its user (rule FHR-168). Every act is traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces.abonnements import suivi
from espace_sante.acces.abonnements.demande import (
    PAR_DOSSIER,
    AbonnementRefuse,
    Demande,
    Souhait,
    fin_permise,
    hote,
)
from espace_sante.acces.abonnements.droit import autorise, hote_inscrit
from espace_sante.acces.models import Abonnement
from espace_sante.acces.porte import Cible, open_dossier, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ids import uuid7
from espace_sante.platform import appel_sortant
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.direct import lire as lire_sql
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

ACTIF: Final = "active"
ERREUR: Final = "error"
ETEINT: Final = "off"


@dataclass(frozen=True, slots=True)
class AbonnementVu:
    """A subscription as its owner sees it."""

    dossier_id: UUID
    id: UUID
    demande: Demande
    etat: str
    fin: datetime
    version: int
    maj_le: datetime


def creer(
    acteur: Acteur, cible: Cible, souhait: Souhait, *, contexte: Contexte, identite_qualifiee: bool
) -> AbonnementVu:
    """Subscribe. Raises AccesRefuse (the record is not open to him), AbonnementRefuse; nothing is then kept."""
    maintenant = datetime.now(UTC)
    fin = _limites(acteur, souhait, maintenant)
    refus = ""
    with open_dossier(acteur, cible, contexte=contexte, identite_qualifiee=identite_qualifiee) as ouvert:
        dossier_id = ouvert.dossier_id
        if ouvert.partages_seuls:
            refus = "autorisation_absente"
        elif (
            _miens(dossier_id, acteur).exclude(etat=ETEINT).filter(fin__gt=maintenant).count() >= PAR_DOSSIER
        ):
            refus = "trop_d_abonnements"
        else:
            identifiant = uuid7()
            abonnement = Abonnement.objects.create(
                dossier_id=dossier_id,
                id=identifiant,
                rpps=acteur.rpps,
                situation_id=acteur.situation_id,
                mode_authentification=acteur.mode_authentification.value,
                client_id=acteur.client_id,
                demande_scellee=_cle(dossier_id).sceller(souhait.demande.sceller(), identifiant.bytes),
                types=list(souhait.types),
                etat=ACTIF if souhait.actif else ETEINT,
                fin=fin,
                cree_le=maintenant,
                maj_le=maintenant,
            )
            _suivre(abonnement)
        ouvert.consigner(_acte("cree", refus))
    if refus:
        raise _refus(refus)
    return _vu(abonnement, souhait.demande)


def lire(acteur: Acteur, dossier_id: UUID, abonnement_id: UUID, *, contexte: Contexte) -> AbonnementVu:
    """His own, whose right is judged again: it shows `off` once it is over (FHR-170). Raises AbonnementRefuse."""
    with _le_sien(acteur, dossier_id, abonnement_id) as (abonnement, demande, vue):
        if abonnement.etat == ACTIF and not _dure(acteur, vue, abonnement):
            eteindre(abonnement, acteur, contexte)
        return _vu(abonnement, demande)


def changer(
    acteur: Acteur,
    dossier_id: UUID,
    abonnement_id: UUID,
    cible: Cible,
    souhait: Souhait,
    *,
    contexte: Contexte,
    identite_qualifiee: bool,
    version: int | None = None,
) -> AbonnementVu:
    """Replace his own by what is asked; the patient stays. Raises AccesRefuse, AbonnementRefuse: nothing changes."""
    maintenant = datetime.now(UTC)
    fin = _limites(acteur, souhait, maintenant)
    refus = ""
    with _le_sien(acteur, dossier_id, abonnement_id):
        pass
    if resoudre(cible) != dossier_id:
        raise _refus("autre_patient")
    with open_dossier(acteur, dossier_id, contexte=contexte, identite_qualifiee=identite_qualifiee) as ouvert:
        abonnement = _miens(dossier_id, acteur).filter(id=abonnement_id).select_for_update().first()
        if ouvert.partages_seuls:
            refus = "autorisation_absente"
        elif abonnement is None:
            refus = "abonnement_introuvable"
        elif version is not None and version != abonnement.version:
            refus = "version_perimee"
        else:
            abonnement.situation_id = acteur.situation_id
            abonnement.mode_authentification = acteur.mode_authentification.value
            abonnement.demande_scellee = _cle(dossier_id).sceller(
                souhait.demande.sceller(), abonnement.id.bytes
            )
            abonnement.types = list(souhait.types)
            abonnement.etat = ACTIF if souhait.actif else ETEINT
            abonnement.fin = fin
            _garder(abonnement, maintenant)
            _suivre(abonnement)
        ouvert.consigner(_acte("change", refus))
    if refus or abonnement is None:
        raise _refus(refus)
    return _vu(abonnement, souhait.demande)


def supprimer(acteur: Acteur, dossier_id: UUID, abonnement_id: UUID, *, contexte: Contexte) -> None:
    """End his own for good: what was not told yet is not told any more. Raises AbonnementRefuse."""
    with _le_sien(acteur, dossier_id, abonnement_id):
        suivi.arreter(dossier_id, abonnement_id)
        lire_sql(
            "DELETE FROM acces_abonnement WHERE dossier_id = %s AND id = %s", [dossier_id, abonnement_id]
        )
        tracer(dossier_id, acteur, contexte, _acte("supprime"))


def eteindre(abonnement: Abonnement, acteur: Acteur, contexte: Contexte, etat: str = ETEINT) -> None:
    """Fall silent, for a reason that its user did not choose (FHR-169, FHR-170). The record is in scope."""
    abonnement.etat = etat
    _garder(abonnement, datetime.now(UTC))
    suivi.arreter(abonnement.dossier_id, abonnement.id)
    tracer(abonnement.dossier_id, acteur, contexte, _acte("eteint" if etat == ETEINT else "en_erreur"))


def ouvrir_demande(abonnement: Abonnement, cle_scellee: bytes | None) -> Demande | None:
    """What was asked; None when the record's key is destroyed."""
    if cle_scellee is None:
        return None
    try:
        cle = CleDossier.ouvrir(cle_scellee, abonnement.dossier_id.bytes)
        return Demande.lire(cle.desceller(bytes(abonnement.demande_scellee), abonnement.id.bytes))
    except ScelleRompu:
        return None


def _limites(acteur: Acteur, souhait: Souhait, maintenant: datetime) -> datetime:
    """What is judged before any record is opened; the end. Raises AbonnementRefuse."""
    if acteur.genre is not GenreActeur.PROFESSIONNEL or acteur.finalite is not ModeAcces.NORMAL:
        # An emergency is over before a subscription begins (EMG-13).
        raise _refus("urgence_sans_abonnement")
    if not appel_sortant.disponible():
        raise _refus("abonnements_indisponibles")
    fin = fin_permise(souhait.fin, maintenant, settings.ES_ABONNEMENTS_JOURS)
    if not hote_inscrit(acteur.client_id, hote(souhait.demande)):
        raise _refus("hote_non_inscrit")
    return fin


@contextmanager
def _le_sien(
    acteur: Acteur, dossier_id: UUID, abonnement_id: UUID
) -> Iterator[tuple[Abonnement, Demande, Situation]]:
    """His own subscription, of this software; somebody else's is not there. Raises AbonnementRefuse."""
    with portee_et_situation(dossier_id, acteur) as vue:
        abonnement = _miens(dossier_id, acteur).filter(id=abonnement_id).first() if acteur.rpps else None
        demande = ouvrir_demande(abonnement, vue.cle_scellee) if abonnement else None
        if abonnement is None or demande is None:
            raise _refus("abonnement_introuvable")
        yield abonnement, demande, vue


def _miens(dossier_id: UUID, acteur: Acteur):  # type: ignore[no-untyped-def]
    return Abonnement.objects.filter(dossier_id=dossier_id, rpps=acteur.rpps, client_id=acteur.client_id)


def _dure(acteur: Acteur, vue: Situation, abonnement: Abonnement) -> bool:
    return abonnement.fin > datetime.now(UTC) and autorise(acteur, vue)


def _garder(abonnement: Abonnement, quand: datetime) -> None:
    abonnement.version += 1
    abonnement.maj_le = quand
    Abonnement.objects.filter(dossier_id=abonnement.dossier_id, id=abonnement.id).update(
        situation_id=abonnement.situation_id,
        mode_authentification=abonnement.mode_authentification,
        demande_scellee=abonnement.demande_scellee,
        types=abonnement.types,
        etat=abonnement.etat,
        fin=abonnement.fin,
        version=abonnement.version,
        maj_le=abonnement.maj_le,
    )


def _suivre(abonnement: Abonnement) -> None:
    if abonnement.etat == ACTIF:
        suivi.commencer(abonnement.dossier_id, abonnement.id, abonnement.fin)
    else:
        suivi.arreter(abonnement.dossier_id, abonnement.id)


def _cle(dossier_id: UUID) -> CleDossier:
    (scellee,) = lire_sql("SELECT cle_scellee FROM dossier_dossier WHERE dossier_id = %s", [dossier_id])[0]
    return CleDossier.ouvrir(scellee, dossier_id.bytes)


def _vu(a: Abonnement, demande: Demande) -> AbonnementVu:
    return AbonnementVu(a.dossier_id, a.id, demande, a.etat, a.fin, a.version, a.maj_le)


def _acte(motif: str, refus: str = "") -> Acte:
    return Acte(Action.ABONNEMENT, Resultat.REFUS if refus else Resultat.FAIT, motif=refus or motif)


def _refus(code: str) -> AbonnementRefuse:
    return AbonnementRefuse(code, "Cet abonnement n'est pas possible.")
