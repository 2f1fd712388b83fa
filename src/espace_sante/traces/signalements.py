"""Reports of an abnormal access or of a document, rectification requests: writing and reading, in the record's scope.

What the holder writes is sealed with the record's key. Steps are only ever added (rules AUD-18, AUD-19, DOC-64,
REG-07). The gate alone calls this module (`acces.signalements`).
"""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces.jours import apres_jours_ouvres, apres_mois
from espace_sante.traces.models import EtapeSignalement, Signalement, SuiviSignalement

TEXTE_MIN: Final = 10
TEXTE_MAX: Final = 2000
_PARIS = ZoneInfo("Europe/Paris")
# Without the letters and figures that are read one for another.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class Nature(enum.StrEnum):
    ACCES = "acces"
    DOCUMENT = "document"
    RECTIFICATION = "rectification"


class Etape(enum.StrEnum):
    RECU = "recu"
    JUSTIFICATION = "justification_demandee"
    REPONDU = "repondu"
    REFUSE = "refuse"
    COMPTE_SUSPENDU = "compte_suspendu"
    TRANSMIS = "transmis"
    NOTE_JOINTE = "note_jointe"
    CLOS = "clos"
    EXPLICATION = "explication_recue"


_TRAITEMENT = frozenset(
    {Etape.JUSTIFICATION, Etape.REPONDU, Etape.REFUSE, Etape.COMPTE_SUSPENDU, Etape.TRANSMIS}
)
_REPONSES = frozenset({Etape.REPONDU, Etape.REFUSE})
# Steps after which the text is for the holder to read: nothing is answered without words.
AVEC_TEXTE = _REPONSES | {Etape.NOTE_JOINTE, Etape.EXPLICATION}


class SignalementRefuse(EspaceSanteError):
    """A report or a step is refused.

    Codes `texte_invalide`, `fichier_refuse`, `deja_signale`, `signalement_en_cours`, `raison_inconnue`,
    `etape_impossible`, `signalement_introuvable`.
    """


@dataclass(frozen=True, slots=True, repr=False)
class Fichier:
    """The file that comes with a report, already checked."""

    nom: str
    mime: str
    contenu: bytes


@dataclass(frozen=True, slots=True, repr=False)
class EtapeVue:
    etape: Etape
    quand: datetime
    par: str
    texte: str


@dataclass(frozen=True, slots=True, repr=False)
class SignalementVu:
    """One report with its steps, oldest first."""

    id: UUID
    numero: str
    nature: Nature
    objet_id: UUID
    raison: str
    texte: str
    fichier_nom: str
    depose_le: datetime
    echeance: date
    etapes: tuple[EtapeVue, ...]

    @property
    def etape(self) -> Etape:
        return self.etapes[-1].etape

    @property
    def ouvert(self) -> bool:
        return est_ouvert(e.etape for e in self.etapes)


@dataclass(frozen=True, slots=True)
class EnFile:
    """One line of the operator's queue: nothing of what was written."""

    dossier_id: UUID
    signalement_id: UUID
    numero: str
    nature: Nature
    etape: Etape
    quand: datetime
    echeance: date


def est_ouvert(etapes: object) -> bool:
    """Not closed, and not yet answered."""
    return not set(etapes) & (_REPONSES | {Etape.CLOS})  # type: ignore[call-overload]


def suites(faites: tuple[Etape, ...], nature: Nature) -> frozenset[Etape]:
    """What may come next. Nothing is closed without an answer; a refused rectification may get a note (REG-07).

    An explanation answers a request for one (AUD-19).
    """
    if Etape.CLOS in faites:
        return frozenset()
    permises = set(_TRAITEMENT)
    if set(faites) & _REPONSES:
        permises -= {Etape.JUSTIFICATION, *_REPONSES}
        permises.add(Etape.CLOS)
    if nature is not Nature.ACCES:
        permises -= {Etape.COMPTE_SUSPENDU, Etape.TRANSMIS}
    if faites and faites[-1] is Etape.JUSTIFICATION:
        permises.add(Etape.EXPLICATION)
    if nature is Nature.RECTIFICATION and Etape.REFUSE in faites and Etape.NOTE_JOINTE not in faites:
        permises.add(Etape.NOTE_JOINTE)
    return frozenset(permises)


def echeance(nature: Nature, depose_le: datetime) -> date:
    """Last day to answer: ten working days, or one month (rules AUD-19, DOC-64, REG-07)."""
    jour = depose_le.astimezone(_PARIS).date()
    if nature is Nature.RECTIFICATION:
        return apres_mois(jour, settings.ES_RECTIFICATION_MOIS)
    return apres_jours_ouvres(jour, settings.ES_SIGNALEMENT_JOURS_OUVRES)


def texte_lu(brut: str) -> str:
    """The text, 10 to 2 000 characters (rule AUD-18). Raises SignalementRefuse."""
    texte = brut.replace("\r\n", "\n").strip()
    if not TEXTE_MIN <= len(texte) <= TEXTE_MAX or any(ord(c) < 32 and c not in "\n\t" for c in texte):
        raise SignalementRefuse("texte_invalide", "Écrivez entre 10 et 2\u00a0000 caractères.")
    return texte


def deposer(
    dossier_id: UUID,
    cle: CleDossier,
    nature: Nature,
    objet_id: UUID,
    texte: str,
    quand: datetime,
    *,
    raison: str = "",
    fichier: Fichier | None = None,
) -> SignalementVu:
    """Store a report with its first step. Raises SignalementRefuse: text, or one is already there."""
    texte = texte_lu(texte)
    anciens = list(Signalement.objects.filter(dossier_id=dossier_id, nature=nature, objet_id=objet_id))
    if anciens:
        if nature is Nature.ACCES:
            raise SignalementRefuse("deja_signale", "Vous avez déjà signalé cet accès.")
        if any(_ouvert(dossier_id, s.id) for s in anciens):
            raise SignalementRefuse(
                "signalement_en_cours", "Une demande est déjà en cours. Vous recevrez une réponse."
            )
    s = Signalement(
        dossier_id=dossier_id, id=uuid7(), numero=_numero(quand), nature=nature.value, objet_id=objet_id,
        tour=len(anciens), raison=raison, depose_le=quand, echeance=echeance(nature, quand),
    )  # fmt: skip
    s.texte_scelle = cle.sceller(texte.encode(), b"signalement:" + s.id.bytes)
    if fichier is not None:
        s.fichier_nom, s.fichier_mime = fichier.nom[:120], fichier.mime
        s.fichier_scelle = cle.sceller(fichier.contenu, b"fichier:" + s.id.bytes)
    try:
        with transaction.atomic():
            s.save(force_insert=True)
    except IntegrityError:
        raise SignalementRefuse("deja_signale", "Ce signalement est déjà fait.") from None
    ajouter_etape(dossier_id, cle, s.id, Etape.RECU, "titulaire", quand)
    return lire(dossier_id, cle, s.id)


def ajouter_etape(
    dossier_id: UUID,
    cle: CleDossier,
    signalement_id: UUID,
    etape: Etape,
    par: str,
    quand: datetime,
    texte: str = "",
) -> None:
    """Add a step. Raises SignalementRefuse: unknown, or not what may come next."""
    s = Signalement.objects.filter(dossier_id=dossier_id, id=signalement_id).first()
    if s is None:
        raise SignalementRefuse("signalement_introuvable", "Ce signalement n'existe pas.")
    faites = tuple(Etape(e) for e in _etapes(dossier_id, signalement_id).values_list("etape", flat=True))
    attendues = suites(faites, Nature(s.nature)) if faites else {Etape.RECU}
    if etape not in attendues:
        raise SignalementRefuse("etape_impossible", "Cette étape n'est pas possible maintenant.")
    if etape in AVEC_TEXTE:
        texte = texte_lu(texte)
    rang = len(faites)
    try:
        with transaction.atomic():
            EtapeSignalement.objects.create(
                dossier_id=dossier_id, signalement_id=s.id, rang=rang, etape=etape.value, quand=quand, par=par,
                texte_scelle=cle.sceller(texte.encode(), s.id.bytes + bytes([rang])) if texte else None,
            )  # fmt: skip
            SuiviSignalement.objects.create(
                dossier_id=dossier_id, signalement_id=s.id, rang=rang, numero=s.numero, nature=s.nature,
                etape=etape.value, quand=quand, echeance=s.echeance,
            )  # fmt: skip
    except IntegrityError:
        raise SignalementRefuse("etape_impossible", "Une autre étape vient d'être faite.") from None


def lire(dossier_id: UUID, cle: CleDossier, signalement_id: UUID) -> SignalementVu:
    """One report, opened. Raises SignalementRefuse when it is not in this record."""
    s = Signalement.objects.filter(dossier_id=dossier_id, id=signalement_id).first()
    if s is None:
        raise SignalementRefuse("signalement_introuvable", "Ce signalement n'existe pas.")
    return _vu(s, cle)


def lister(dossier_id: UUID, cle: CleDossier, *, limite: int | None = 50) -> list[SignalementVu]:
    """Reports of a record, newest first; all of them without a limit."""
    return [_vu(s, cle) for s in Signalement.objects.filter(dossier_id=dossier_id).order_by("-id")[:limite]]


def fichier(dossier_id: UUID, cle: CleDossier, signalement_id: UUID) -> Fichier | None:
    """The file of a report, opened."""
    s = Signalement.objects.filter(dossier_id=dossier_id, id=signalement_id).first()
    if s is None or s.fichier_scelle is None:
        return None
    contenu = cle.desceller(bytes(s.fichier_scelle), b"fichier:" + s.id.bytes)
    return Fichier(s.fichier_nom, s.fichier_mime, contenu)


def file_d_attente(*, limite: int = 100) -> list[EnFile]:
    """The operator's queue: what is not closed, the nearest answer day first. No record is in scope."""
    suivis = SuiviSignalement.objects.filter(
        ~Exists(
            SuiviSignalement.objects.filter(
                dossier_id=OuterRef("dossier_id"),
                signalement_id=OuterRef("signalement_id"),
                rang__gt=OuterRef("rang"),
            )
        )
    ).exclude(etape=Etape.CLOS)
    return [
        EnFile(
            s.dossier_id, s.signalement_id, s.numero, Nature(s.nature), Etape(s.etape), s.quand, s.echeance
        )
        for s in suivis.order_by("echeance", "signalement_id")[:limite]
    ]


def deja_signales(dossier_id: UUID, traces: list[UUID]) -> dict[UUID, UUID]:
    """Trace → its report, among these traces."""
    return dict(
        Signalement.objects.filter(
            dossier_id=dossier_id, nature=Nature.ACCES, objet_id__in=traces
        ).values_list("objet_id", "id")
    )


def _etapes(dossier_id: UUID, signalement_id: UUID):  # type: ignore[no-untyped-def]
    return EtapeSignalement.objects.filter(dossier_id=dossier_id, signalement_id=signalement_id).order_by(
        "rang"
    )


def _ouvert(dossier_id: UUID, signalement_id: UUID) -> bool:
    return est_ouvert(Etape(e) for e in _etapes(dossier_id, signalement_id).values_list("etape", flat=True))


def _vu(s: Signalement, cle: CleDossier) -> SignalementVu:
    etapes = tuple(
        EtapeVue(
            Etape(e.etape),
            e.quand,
            e.par,
            cle.desceller(bytes(e.texte_scelle), s.id.bytes + bytes([e.rang])).decode()
            if e.texte_scelle
            else "",
        )
        for e in _etapes(s.dossier_id, s.id)
    )
    texte = cle.desceller(bytes(s.texte_scelle), b"signalement:" + s.id.bytes).decode()
    return SignalementVu(
        s.id, s.numero, Nature(s.nature), s.objet_id, s.raison, texte, s.fichier_nom, s.depose_le, s.echeance, etapes
    )  # fmt: skip


def _numero(quand: datetime) -> str:
    return f"S-{quand.year}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
