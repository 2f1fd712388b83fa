"""One document shared by its holder with one professional, until a date (issue 3, ADR 0016).

A share stands for the consent, for this document alone; authentication, availability, identity and matrix stay as
they are, a block wins, and an emergency ignores it. It names the document that the holder saw: what replaces it is
not shared. Every function works in an opened space, is traced, and counts from the next call of the professional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from espace_sante.acces import matrice
from espace_sante.acces.dicah import a_un_mode_d_urgence
from espace_sante.acces.errors import DocumentIntrouvable, PartageRefuse
from espace_sante.acces.models import Blocage, Partage
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action

JOURS_MAX: Final = 365
PARIS: Final = ZoneInfo("Europe/Paris")
# A person's own list: beyond, he withdraws one first.
_PARTAGES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class PartageVu:
    """A share in force, as the holder sees it; `remplace`: a newer version exists, which is not shared."""

    id: UUID
    document_id: UUID
    titre: str
    rpps: str
    nom: str
    cree_le: datetime
    expire_le: datetime
    remplace: bool

    @property
    def dernier_jour(self) -> date:
        """Last day of the share, at French legal time."""
        return (self.expire_le - timedelta(seconds=1)).astimezone(PARIS).date()


def fin(jusqua: date | None, maintenant: datetime) -> datetime:
    """The end of a share: of its last day, or of the set number of days. Raises PartageRefuse `date_refusee`. Pure."""
    aujourdhui = maintenant.astimezone(PARIS).date()
    dernier = jusqua or aujourdhui + timedelta(days=settings.ES_PARTAGE_JOURS)
    if not aujourdhui <= dernier <= aujourdhui + timedelta(days=JOURS_MAX):
        raise PartageRefuse("date_refusee", "Choisissez une date entre aujourd’hui et dans un an.")
    return datetime.combine(dernier + timedelta(days=1), time(), PARIS).astimezone(UTC)


def partager(espace: MonEspace, document_id: UUID, rpps: str, jusqua: date | None = None) -> PartageVu:
    """Share one document that the holder sees, even masked. A second time, only the end changes.

    Raises DocumentIntrouvable; PartageRefuse `inconnu`, `profession_sans_partage`, `profession_sans_ce_type`,
    `professionnel_bloque`, `remplace`, `date_refusee`, `trop_de_partages`.
    """
    vu = _document(espace, document_id)
    quand = datetime.now(UTC)
    expire_le = fin(jusqua, quand)
    acteur = _choisi(vu, rpps)
    if Blocage.objects.filter(
        dossier_id=espace.dossier_id, genre="professionnel", cle=rpps, leve_le__isnull=True
    ).exists():
        raise PartageRefuse(
            "professionnel_bloque", "Vous avez bloqué cette personne. Débloquez-la d’abord pour partager."
        )
    miens = Partage.objects.filter(dossier_id=espace.dossier_id, retire_le__isnull=True, expire_le__gt=quand)
    partage = miens.filter(document_id=document_id, rpps=rpps).first()
    if partage is None:
        if miens.count() >= _PARTAGES_MAX:
            raise PartageRefuse("trop_de_partages", "Retirez d’abord un de vos partages.")
        partage = Partage.objects.create(
            dossier_id=espace.dossier_id, id=uuid7(), document_id=document_id, rpps=rpps, nom=acteur.nom[:200],
            cree_le=quand, expire_le=expire_le,
        )  # fmt: skip
    elif partage.expire_le == expire_le:
        return _vu(partage, vu)
    else:
        miens.filter(id=partage.id).update(expire_le=expire_le)
        partage.expire_le = expire_le
    espace.consigner(_acte(Action.PARTAGE, vu, acteur.nom))
    return _vu(partage, vu)


def retirer(espace: MonEspace, partage_id: UUID) -> bool:
    """End a share now. False when it was not in force."""
    quand = datetime.now(UTC)
    en_force = Partage.objects.filter(
        dossier_id=espace.dossier_id, id=partage_id, retire_le__isnull=True, expire_le__gt=quand
    )
    partage = en_force.first()
    if partage is None:
        return False
    en_force.update(retire_le=quand)
    vu = _documents(espace, {partage.document_id}).get(partage.document_id)
    espace.consigner(
        _acte(Action.RETRAIT_PARTAGE, vu, partage.nom)
        if vu
        else Acte(Action.RETRAIT_PARTAGE, motif=partage.nom[:60])
    )
    return True


def en_cours(espace: MonEspace, document_id: UUID | None = None) -> list[PartageVu]:
    """Shares in force, the first to end first; of one document, or of all."""
    partages = Partage.objects.filter(
        dossier_id=espace.dossier_id, retire_le__isnull=True, expire_le__gt=datetime.now(UTC)
    ).order_by("expire_le", "id")
    if document_id is not None:
        partages = partages.filter(document_id=document_id)
    lignes = list(partages[:_PARTAGES_MAX])
    vus = _documents(espace, {p.document_id for p in lignes})
    # A document that was deleted is shared no more, and has no title to show.
    return [_vu(p, vus[p.document_id]) for p in lignes if p.document_id in vus]


def _document(espace: MonEspace, document_id: UUID) -> DocumentVu:
    vu = _documents(espace, {document_id}).get(document_id)
    if vu is None:
        raise DocumentIntrouvable
    if vu.statut != "current":
        raise PartageRefuse("remplace", "Ce document a été remplacé. Partagez la nouvelle version.")
    return vu


def _documents(espace: MonEspace, ids: set[UUID]) -> dict[UUID, DocumentVu]:
    """What the holder sees of these documents; not a reading of theirs, so not traced as one."""
    return (
        espace.apercevoir(Filtre(ids=tuple(ids), statuts=(), limite=len(ids), avec_total=False))
        if ids
        else {}
    )


def _choisi(vu: DocumentVu, rpps: str) -> Acteur:
    """The professional in a situation d'exercice that may read this type: a share opens no closed type (ACC-47)."""
    try:
        exercices = [acteur_professionnel(s, deux_facteurs=True) for s in situations(rpps)]
    except ProfessionnelRefuse:
        raise PartageRefuse("inconnu", "L’annuaire ne connaît personne en exercice sous ce numéro.") from None
    soignants = [a for a in exercices if a_un_mode_d_urgence(a)]
    if not soignants:
        raise PartageRefuse(
            "profession_sans_partage", "Un document se partage avec un professionnel de santé seulement."
        )
    edition = matrice.en_vigueur()
    for acteur in soignants:
        if edition and vu.type_code in matrice.ligne(
            edition.numero, acteur.profession_systeme, acteur.profession_code, acteur.savoir_faire
        ):
            return acteur
    raise PartageRefuse(
        "profession_sans_ce_type", "Sa profession ne peut pas lire ce type de document, même partagé."
    )


def _acte(action: Action, vu: DocumentVu, nom: str) -> Acte:
    return Acte(
        action,
        motif=nom[:60],
        document_ids=(vu.id,),
        document_type=vu.type_code,
        document_titre=vu.titre,
    )


def _vu(p: Partage, vu: DocumentVu) -> PartageVu:
    return PartageVu(
        p.id, p.document_id, vu.titre, p.rpps, p.nom, p.cree_le, p.expire_le, vu.statut == "superseded"
    )
