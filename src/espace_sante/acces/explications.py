"""What the operator asks a professional to explain, after a report or a request of a holder (rules AUD-19, REG-07).

It is addressed to one person: who made the reported access, or who deposited the document. He reads the request by
his own login, whatever became of his access to the record, and nothing else of the record. The holder reads his
answer among the steps of his own request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.mon_espace import SANS_LIMITE
from espace_sante.acces.queries import portee_et_situation
from espace_sante.documents import queries as documents
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import GenreActeur
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.queries import avis_du_professionnel
from espace_sante.notifications.services import deposer as avertir
from espace_sante.notifications.services import prevenir_professionnel
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces import signalements
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.models import Trace
from espace_sante.traces.signalements import Etape, Nature, SignalementVu

# What a professional sees of his requests: the newest ones.
DEMANDES_MAX = 50


@dataclass(frozen=True, slots=True)
class EnAttente:
    """One line of the professional's list: nothing of the record, nor of what was written."""

    id: UUID
    numero: str
    nature: Nature
    demandee_le: datetime
    echeance: date
    a_repondre: bool
    repondue: bool


@dataclass(frozen=True, slots=True, repr=False)
class Demande:
    """A request as its addressee reads it. `texte`: what the holder asks to correct; a report's is not for him."""

    ligne: EnAttente
    titulaire: str
    acces_le: datetime | None
    action: str
    document: str
    question: str
    texte: str
    reponse: str


def destinataire(dossier_id: UUID, nature: Nature, objet_id: UUID) -> str:
    """RPPS of who can explain; empty when no person is named. On a connection scoped to the record."""
    if nature is Nature.ACCES:
        trace = Trace.objects.filter(
            dossier_id=dossier_id, id=objet_id, acteur_genre=GenreActeur.PROFESSIONNEL.value
        ).first()
        return str(trace.acteur_id) if trace is not None else ""
    vu = documents.trouver(dossier_id, SANS_LIMITE, objet_id)
    return vu.deposant_rpps if vu is not None else ""


def prevenir(dossier_id: UUID, vu: SignalementVu, quand: datetime) -> None:
    """Tell the addressee that an explanation is asked, if there is one (AUD-19). In the record's scope."""
    rpps = destinataire(dossier_id, vu.nature, vu.objet_id)
    if rpps:
        prevenir_professionnel(rpps, dossier_id, Genre.EXPLICATION_DEMANDEE, quand)


def mes_demandes(acteur: Acteur) -> list[EnAttente]:
    """The requests addressed to this professional, those to answer first. Raises DocumentIntrouvable for others."""
    lignes = [_ligne(vu) for dossier_id in _dossiers(acteur) for vu in _adressees(dossier_id, acteur)]
    return sorted(lignes, key=lambda e: (not e.a_repondre, -e.demandee_le.timestamp()))


def lire(acteur: Acteur, signalement_id: UUID, *, contexte: Contexte) -> Demande:
    """One request, by its addressee alone. Traced. Raises DocumentIntrouvable."""
    dossier_id, vu = _trouver(acteur, signalement_id)
    with _ouvert(dossier_id, acteur):
        tracer(dossier_id, acteur, contexte, Acte(Action.EXPLICATION, motif="lue"))
        trace = Trace.objects.filter(dossier_id=dossier_id, id=vu.objet_id).first()
        document = documents.trouver(dossier_id, SANS_LIMITE, vu.objet_id)
        return Demande(
            ligne=_ligne(vu),
            titulaire=identite(dossier_id).nom_complet,
            acces_le=trace.quand if trace is not None else None,
            action=trace.action if trace is not None else "",
            document=document.titre if document is not None else (trace.document_titre if trace else ""),
            question=next((e.texte for e in reversed(vu.etapes) if e.etape is Etape.JUSTIFICATION), ""),
            texte=vu.texte if vu.nature is Nature.RECTIFICATION else "",
            reponse=next((e.texte for e in reversed(vu.etapes) if e.etape is Etape.EXPLICATION), ""),
        )


def repondre(acteur: Acteur, signalement_id: UUID, texte: str, *, contexte: Contexte) -> None:
    """Answer, once for each time it is asked; operator and holder read it (AUD-19). Traced.

    Raises DocumentIntrouvable, SignalementRefuse (`texte_invalide`, `etape_impossible`).
    """
    dossier_id, vu = _trouver(acteur, signalement_id)
    quand = datetime.now(UTC)
    with _ouvert(dossier_id, acteur) as cle:
        signalements.ajouter_etape(
            dossier_id, cle, signalement_id, Etape.EXPLICATION, acteur.nom[:80], quand, texte
        )
        avertir(dossier_id, Genre.SUITE_DEMANDE, quand, numero=vu.numero, etape="le professionnel a répondu")
        tracer(dossier_id, acteur, contexte, Acte(Action.EXPLICATION, motif="donnee"))


def _dossiers(acteur: Acteur) -> list[UUID]:
    """Records where something was asked of him, once each."""
    if acteur.genre is not GenreActeur.PROFESSIONNEL or not acteur.rpps:
        raise DocumentIntrouvable
    avis = avis_du_professionnel(acteur.rpps, DEMANDES_MAX, genre=Genre.EXPLICATION_DEMANDEE)
    return list(dict.fromkeys(a.dossier_id for a in avis))


def _adressees(dossier_id: UUID, acteur: Acteur) -> list[SignalementVu]:
    """The requests of this record that were asked of this very person."""
    with _ouvert(dossier_id, acteur) as cle:
        return [
            vu
            for vu in signalements.lister(dossier_id, cle)
            if any(e.etape is Etape.JUSTIFICATION for e in vu.etapes)
            and destinataire(dossier_id, vu.nature, vu.objet_id) == acteur.rpps
        ]


def _trouver(acteur: Acteur, signalement_id: UUID) -> tuple[UUID, SignalementVu]:
    for dossier_id in _dossiers(acteur):
        for vu in _adressees(dossier_id, acteur):
            if vu.id == signalement_id:
                return dossier_id, vu
    raise DocumentIntrouvable


def _ligne(vu: SignalementVu) -> EnAttente:
    etapes = [e.etape for e in vu.etapes]
    return EnAttente(
        vu.id,
        vu.numero,
        vu.nature,
        next(e.quand for e in reversed(vu.etapes) if e.etape is Etape.JUSTIFICATION),
        vu.echeance,
        a_repondre=etapes[-1] is Etape.JUSTIFICATION,
        repondue=Etape.EXPLICATION in etapes,
    )


@contextmanager
def _ouvert(dossier_id: UUID, acteur: Acteur) -> Iterator[CleDossier]:
    """The scope of one record and its key. Raises DocumentIntrouvable when the record was erased."""
    with portee_et_situation(dossier_id, acteur) as vue:
        if vue.cle_scellee is None:
            raise DocumentIntrouvable
        yield CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)
