"""Emergency openings: break the glass, centre 15 (rules EMG-01 to EMG-18).

An opening is declared with its reason, lasts a few hours, and replaces the consent alone: availability, identity,
authentication and habilitation are judged as ever, by the same decision. It gives no consent (EMG-13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces import dicah
from espace_sante.acces.errors import AccesRefuse, UrgenceRefusee
from espace_sante.acces.models import ControleUrgence, Referent, Urgence
from espace_sante.acces.porte import Cible, faits_sans_dossier, resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

MOTIF_MIN: Final = 10
MOTIF_MAX: Final = 500
# The operator's health doctor reviews within fifteen days one opening in five, and all of those over the threshold.
_REVUE: Final = timedelta(days=15)
_FENETRE_SEUIL: Final = timedelta(days=30)
_UNE_SUR: Final = 5


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the professional states: both facts of the law, and why (EMG-01)."""

    motif: str
    hors_d_etat: bool = False
    risque_immediat: bool = False


@dataclass(frozen=True, slots=True)
class UrgenceOuverte:
    """An opening in force."""

    id: UUID
    dossier_id: UUID
    mode: ModeAcces
    expire_le: datetime


def verifier(mode: ModeAcces, declaration: Declaration) -> str:
    """The reason, trimmed. Raises UrgenceRefusee `motif_absent`, `motif_trop_long`, `faits_non_attestes`."""
    motif = " ".join(declaration.motif.split())
    if len(motif) < MOTIF_MIN:
        raise UrgenceRefusee(
            "motif_absent", f"Écrivez la raison de l’urgence ({MOTIF_MIN} caractères au moins)."
        )
    if len(motif) > MOTIF_MAX:
        raise UrgenceRefusee("motif_trop_long", f"La raison compte {MOTIF_MAX} caractères au plus.")
    if mode is ModeAcces.BRIS_DE_GLACE and not (declaration.hors_d_etat and declaration.risque_immediat):
        raise UrgenceRefusee(
            "faits_non_attestes",
            "Attestez que la personne ne peut pas exprimer sa volonté et que sa santé court un risque immédiat.",
        )
    return motif


def ouvrir(
    acteur: Acteur,
    cible: Cible,
    mode: ModeAcces,
    declaration: Declaration,
    *,
    contexte: Contexte,
    identite_qualifiee: bool = False,
    date_naissance: str = "",
) -> UrgenceOuverte:
    """Declare an emergency; readings in this mode then pass until its end (EMG-12). Traced, refusals too.

    A typed INS with a birth date that agrees stands for a qualified identity, if the setting allows (EMG-04).
    Raises UrgenceRefusee for what is stated, AccesRefuse for a letter that is missing.
    """
    if mode is ModeAcces.NORMAL:
        raise UrgenceRefusee("mode_inconnu", "Ce mode n’est pas une urgence.")
    motif = verifier(mode, declaration)
    dossier_id = resoudre(cible)
    ouverte, souple = None, False
    if dossier_id is None:
        decision = dicah.decide(faits_sans_dossier(acteur, identite_qualifiee=identite_qualifiee))
        connu = False
    else:
        with portee_et_situation(dossier_id, acteur) as vue:
            connu = vue.etat is not None
            if not identite_qualifiee and connu and date_naissance and settings.ES_URGENCE_INS_SOUPLE:
                souple = identite(dossier_id).traits.date_naissance == date_naissance
            faits = vue.faits(acteur, identite_qualifiee=identite_qualifiee or souple, mode=mode)
            decision = dicah.decide(faits.avec_fenetre())
            if decision.accordee:
                ouverte = _enregistrer(acteur, dossier_id, mode, motif, souple=souple)
                _prevenir(acteur, dossier_id, motif)
                tracer(
                    dossier_id, acteur, contexte,
                    Acte(Action.URGENCE, motif="ins_souple" if souple else "", mode=mode.value, matrice_edition=vue.edition),
                )  # fmt: skip
            elif connu:
                tracer(
                    dossier_id, acteur, contexte,
                    Acte(Action.URGENCE, Resultat.REFUS, motif=decision.code, lettres=decision.abrege, mode=mode.value),
                )  # fmt: skip
    if ouverte is None:
        if not connu:
            acte = Acte(Action.URGENCE, Resultat.REFUS, motif=decision.code, mode=mode.value)
            tracer_hors_dossier(acteur, contexte, acte, hacher(cible) if isinstance(cible, Ins) else None)
        raise AccesRefuse(decision)
    return ouverte


def fermer(acteur: Acteur, dossier_id: UUID, *, contexte: Contexte) -> bool:
    """End one's own emergency openings on a record (EMG-12). False when there was none."""
    with portee_et_situation(dossier_id, acteur):
        fermees = Urgence.objects.filter(
            dossier_id=dossier_id, rpps=acteur.rpps, fermee_le__isnull=True, expire_le__gt=datetime.now(UTC)
        ).update(fermee_le=datetime.now(UTC))
        if fermees:
            tracer(dossier_id, acteur, contexte, Acte(Action.URGENCE, motif="fermee"))
    return bool(fermees)


def _prevenir(acteur: Acteur, dossier_id: UUID, motif: str) -> None:
    """Holder and declared médecin traitant are told, with the COMMIT of the opening (EMG-11)."""
    quand = datetime.now(UTC)
    avis.deposer(dossier_id, Genre.ACCES_URGENCE, quand, par=acteur, motif=motif)
    traitants = Referent.objects.filter(dossier_id=dossier_id, role="medecin_traitant").exclude(
        jusqua__lte=quand
    )
    for traitant in traitants:
        avis.prevenir_professionnel(traitant.rpps, dossier_id, Genre.ACCES_URGENCE, quand)


def _enregistrer(
    acteur: Acteur, dossier_id: UUID, mode: ModeAcces, motif: str, *, souple: bool
) -> UrgenceOuverte:
    quand = datetime.now(UTC)
    heures = settings.ES_CENTRE_15_H if mode is ModeAcces.CENTRE_15 else settings.ES_BRIS_DE_GLACE_H
    u = Urgence.objects.create(
        dossier_id=dossier_id, id=uuid7(), mode=mode.value, rpps=acteur.rpps, nom=acteur.nom,
        structure_nom=acteur.structure_nom, motif=motif, ins_souple=souple, ouverte_le=quand,
        expire_le=quand + timedelta(hours=heures),
    )  # fmt: skip
    recentes = ControleUrgence.objects.filter(rpps=acteur.rpps, quand__gt=quand - _FENETRE_SEUIL).count()
    ControleUrgence.objects.create(
        id=u.id, dossier_id=dossier_id, quand=quand, mode=mode.value, rpps=acteur.rpps,
        # The draw depends on nothing that the professional chooses.
        a_revoir=recentes >= settings.ES_URGENCE_SEUIL or u.id.int % _UNE_SUR == 0,
        echeance=(quand + _REVUE).date(),
    )  # fmt: skip
    if recentes == settings.ES_URGENCE_SEUIL:
        # Over the threshold, those before are reviewed too (EMG-15).
        ControleUrgence.objects.filter(rpps=acteur.rpps, quand__gt=quand - _FENETRE_SEUIL).update(
            a_revoir=True
        )
    return UrgenceOuverte(u.id, dossier_id, mode, u.expire_le)
