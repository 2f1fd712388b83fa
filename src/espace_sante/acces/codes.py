"""The holder's access code: given with the INS, it stands for a consent, once (rules ACC-24 to ACC-29, FHR-53).

Eight digits made by the system, kept as a keyed hash, used by one professional within half an hour. It replaces the
consent alone: authentication, matrix, blocks and masks still apply (ACC-28).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from espace_sante.acces.consentement_expres import acteur_exige_accord_expres
from espace_sante.acces.consentements import MESSAGES
from espace_sante.acces.dicah import ETATS_OUVERTS, lit_en_equipe_seulement
from espace_sante.acces.errors import CodeRefuse
from espace_sante.acces.models import CodeAcces, Consentement, EssaiCode
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import cle_hachage, hacher
from espace_sante.identite.models import Professionnel
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

CHIFFRES: Final = 8
ESSAIS_MAX: Final = 5
_FENETRE: Final = timedelta(hours=1)
_REFUSE: Final = "Ce code n’ouvre pas ce dossier. Vérifiez l’INS et le code avec la personne."


@dataclass(frozen=True, slots=True)
class CodeVu:
    """A code as the holder sees it later: never its digits."""

    id: UUID
    cree_le: datetime
    expire_le: datetime
    nom_prevu: str
    utilise_le: datetime | None
    annule_le: datetime | None

    @property
    def en_cours(self) -> bool:
        """Whether it may still open something."""
        return self.utilise_le is None and self.annule_le is None and self.expire_le > datetime.now(UTC)


def creer(espace: MonEspace, *, rpps_prevu: str = "") -> tuple[str, CodeVu]:
    """A new code and its digits, shown once (ACC-24, ACC-25); with a name, only he may use it.

    Raises CodeRefuse `professionnel_inconnu`.
    """
    quand = datetime.now(UTC)
    nom = ""
    if rpps_prevu:
        pro = Professionnel.objects.filter(rpps=rpps_prevu, actif=True).first()
        if pro is None:
            raise CodeRefuse("professionnel_inconnu", "L’annuaire ne connaît personne sous ce numéro.")
        nom = f"{pro.civilite} {pro.prenom} {pro.nom}".strip()
    chiffres = f"{secrets.randbelow(10**CHIFFRES):0{CHIFFRES}d}"
    code = CodeAcces.objects.create(
        dossier_id=espace.dossier_id, id=uuid7(), empreinte=_empreinte(espace.dossier_id, chiffres), cree_le=quand,
        expire_le=quand + timedelta(minutes=settings.ES_CODE_ACCES_MIN), rpps_prevu=rpps_prevu, nom_prevu=nom,
    )  # fmt: skip
    espace.consigner(Acte(Action.CODE_ACCES, motif="cree", document_titre=nom[:255]))
    return chiffres, _vu(code)


def lister(espace: MonEspace) -> list[CodeVu]:
    """The last codes, newest first."""
    codes = CodeAcces.objects.filter(dossier_id=espace.dossier_id).order_by("-cree_le")[:20]
    return [_vu(c) for c in codes]


def annuler(espace: MonEspace, code_id: UUID) -> bool:
    """Make a code that was not used useless. False when it is used, past or cancelled."""
    quand = datetime.now(UTC)
    change = CodeAcces.objects.filter(
        dossier_id=espace.dossier_id,
        id=code_id,
        utilise_le__isnull=True,
        annule_le__isnull=True,
        expire_le__gt=quand,
    ).update(annule_le=quand)
    if change:
        espace.consigner(Acte(Action.CODE_ACCES, motif="annule"))
    return bool(change)


def utiliser(
    acteur: Acteur, cible: Cible, chiffres: str, *, contexte: Contexte, informe: bool = False
) -> datetime:
    """Open an access with the code that the holder gave; until when it lasts (ACC-25, ACC-26). Traced.

    `informe`: the holder was told first what this reader would see; whose access needs an express consent does not
    use a code without it (`information_absente`, nothing is consumed: ACC-23).

    Raises CodeRefuse: `code_refuse` (wrong, used, past, of somebody else, blocked: one answer for all),
    `trop_d_essais` after five wrong ones in an hour from this professional or for this record (ACC-27).
    """
    if acteur.genre is not GenreActeur.PROFESSIONNEL or not acteur.deux_facteurs:
        raise CodeRefuse("code_refuse", _REFUSE)
    if acteur_exige_accord_expres(acteur) and not informe:
        raise CodeRefuse("information_absente", MESSAGES["information_absente"])
    dossier_id = resoudre(cible)
    quand = datetime.now(UTC)
    if _trop_d_essais(acteur.rpps, dossier_id, quand):
        _tracer_hors(acteur, contexte, cible, "trop_d_essais")
        raise CodeRefuse("trop_d_essais", "Trop de codes faux. La saisie reprend dans une heure.")
    fin = None
    connu = False
    if dossier_id is not None:
        with portee_et_situation(dossier_id, acteur) as vue:
            connu = vue.etat in ETATS_OUVERTS
            # A code stands for a consent of his own, which opens nothing to a social profession or a care role (ACC-74).
            seul = not lit_en_equipe_seulement(acteur.profession_systeme)
            if connu and vue.actif and not vue.bloque and seul:
                fin = _consommer(acteur, dossier_id, chiffres, quand, informe=informe)
            if connu:
                resultat = Resultat.FAIT if fin else Resultat.REFUS
                tracer(
                    dossier_id,
                    acteur,
                    contexte,
                    Acte(Action.CODE_ACCES, resultat, motif="utilise" if fin else "faux"),
                )
    if fin is None:
        _compter(acteur.rpps, dossier_id, quand)
        if not connu:
            _tracer_hors(acteur, contexte, cible, "faux")
        raise CodeRefuse("code_refuse", _REFUSE)
    return fin


def _consommer(
    acteur: Acteur, dossier_id: UUID, chiffres: str, quand: datetime, *, informe: bool
) -> datetime | None:
    code = (
        CodeAcces.objects.select_for_update()
        .filter(
            dossier_id=dossier_id, empreinte=_empreinte(dossier_id, chiffres), utilise_le__isnull=True,
            annule_le__isnull=True, expire_le__gt=quand, rpps_prevu__in=("", acteur.rpps),
        )
        .first()
    )  # fmt: skip
    if code is None:
        return None
    CodeAcces.objects.filter(dossier_id=dossier_id, id=code.id).update(
        utilise_le=quand, utilise_par=acteur.rpps
    )
    fin = quand + timedelta(hours=settings.ES_ACCES_PAR_CODE_H)
    Consentement.objects.create(
        dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps=acteur.rpps, recueilli_le=quand, expire_le=fin,
        recueilli_par=acteur.rpps, recueilli_par_nom=acteur.nom, structure_id=acteur.structure_id,
        structure_nom=acteur.structure_nom, mode_recueil="code_acces", explicite=informe,
        informe_le=quand if informe else None,
    )  # fmt: skip
    return fin


def _trop_d_essais(rpps: str, dossier_id: UUID | None, quand: datetime) -> bool:
    recents = EssaiCode.objects.filter(quand__gt=quand - _FENETRE)
    if recents.filter(rpps=rpps).count() >= ESSAIS_MAX:
        return True
    return dossier_id is not None and recents.filter(dossier_id=dossier_id).count() >= ESSAIS_MAX


def _compter(rpps: str, dossier_id: UUID | None, quand: datetime) -> None:
    """Outside the record's transaction: a wrong code counts whatever becomes of the request."""
    with transaction.atomic():
        EssaiCode.objects.create(id=uuid7(), quand=quand, rpps=rpps, dossier_id=dossier_id or UUID(int=0))
        EssaiCode.objects.filter(quand__lte=quand - _FENETRE).delete()
    if dossier_id is None:
        return
    if EssaiCode.objects.filter(dossier_id=dossier_id, quand__gt=quand - _FENETRE).count() == ESSAIS_MAX:
        with portee(dossier_id):
            avis.deposer(dossier_id, Genre.CODES_BLOQUES, quand)


def _empreinte(dossier_id: UUID, chiffres: str) -> bytes:
    return hmac.digest(cle_hachage(), b"code-acces/" + dossier_id.bytes + chiffres.strip().encode(), "sha256")


def _tracer_hors(acteur: Acteur, contexte: Contexte, cible: Cible, motif: str) -> None:
    acte = Acte(Action.CODE_ACCES, Resultat.REFUS, motif=motif)
    tracer_hors_dossier(acteur, contexte, acte, hacher(cible) if isinstance(cible, Ins) else None)


def _vu(c: CodeAcces) -> CodeVu:
    return CodeVu(c.id, c.cree_le, c.expire_le, c.nom_prevu, c.utilise_le, c.annule_le)
