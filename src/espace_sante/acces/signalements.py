"""The gate for reports and requests: the holder's own, and the operator who answers them (AUD-18 to AUD-20).

The operator reads a report because it is addressed to him; he reads nothing else of the record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces import explications
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.queries import portee_et_situation
from espace_sante.documents import queries as documents
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer as avertir
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces import signalements
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.models import Trace
from espace_sante.traces.queries import TraceVue
from espace_sante.traces.signalements import (
    EnFile,
    Etape,
    Fichier,
    Nature,
    SignalementRefuse,
    SignalementVu,
)

# Blocks the professional named by a RPPS in the record of this space: `acces.controle` gives it (rule AUD-20).
Bloquer = Callable[[MonEspace, str], object]
RAISONS: Final = ("autre_personne", "erreur", "inapproprie")
LIBELLES: Final = {
    Etape.RECU: "nous l’avons reçue",
    Etape.JUSTIFICATION: "nous avons demandé une explication",
    Etape.REPONDU: "nous vous avons répondu",
    Etape.REFUSE: "elle n’a pas été acceptée",
    Etape.COMPTE_SUSPENDU: "le compte du professionnel est suspendu",
    Etape.TRANSMIS: "elle est transmise aux autorités",
    Etape.NOTE_JOINTE: "votre note est jointe",
    Etape.CLOS: "elle est terminée",
    Etape.EXPLICATION: "le professionnel a répondu",
}
# Steps that the operator does not make: the holder's note, the professional's answer.
_D_AUTRES: Final = frozenset({Etape.NOTE_JOINTE, Etape.EXPLICATION})
_FORMES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_CHAMPS = tuple(nom for nom in TraceVue.__dataclass_fields__ if nom != "logiciel_nom")


class OperateurRequis(EspaceSanteError):
    """Only the operator answers reports. Code `operateur_requis`."""


def fichier_lu(nom: str, contenu: bytes) -> Fichier:
    """The file of a report: PDF, PNG or JPEG by its bytes, within the limit. Raises SignalementRefuse."""
    mime = next((forme for debut, forme in _FORMES if contenu.startswith(debut)), "")
    if not mime:
        raise SignalementRefuse("fichier_refuse", "Joignez un fichier PDF, PNG ou JPEG.")
    if len(contenu) > settings.ES_SIGNALEMENT_FICHIER_MAX:
        taille = settings.ES_SIGNALEMENT_FICHIER_MAX // 1_000_000
        raise SignalementRefuse("fichier_refuse", f"Le fichier dépasse {taille}\u00a0Mo.")
    propre = re.sub(r"[^\w. -]", "_", nom.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ") or "fichier"
    return Fichier(propre, mime, contenu)


def acces_vise(espace: MonEspace, trace_id: UUID) -> TraceVue:
    """The access that a report is about. Raises DocumentIntrouvable: not here, hidden for now, or his own act."""
    ligne = (
        Trace.objects.filter(dossier_id=espace.dossier_id, id=trace_id)
        .exclude(acteur_genre=GenreActeur.TITULAIRE.value)
        .exclude(document_ids__overlap=list(documents.invisibles_du_titulaire(espace.dossier_id)))
        .values_list(*_CHAMPS)
        .first()
    )
    if ligne is None:
        raise DocumentIntrouvable
    return TraceVue(*ligne)


def signaler_acces(
    espace: MonEspace,
    trace_id: UUID,
    texte: str,
    *,
    fichier: Fichier | None = None,
    bloquer: Bloquer | None = None,
) -> SignalementVu:
    """Report an abnormal access, once; block its author in the same act when asked (AUD-18, AUD-20).

    Raises DocumentIntrouvable, SignalementRefuse.
    """
    trace = acces_vise(espace, trace_id)
    fait = _deposer(espace, Nature.ACCES, trace.id, texte, fichier=fichier)
    if bloquer is not None and trace.acteur_genre == GenreActeur.PROFESSIONNEL and trace.acteur_id:
        bloquer(espace, trace.acteur_id)
    return fait


def signaler_document(espace: MonEspace, document_id: UUID, raison: str, texte: str) -> SignalementVu:
    """Report a document: wrong person, error, inappropriate; one at a time (DOC-64).

    Raises DocumentIntrouvable, SignalementRefuse.
    """
    if raison not in RAISONS:
        raise SignalementRefuse("raison_inconnue", "Choisissez une raison.")
    espace.document(document_id)
    return _deposer(espace, Nature.DOCUMENT, document_id, texte, raison=raison)


def demander_rectification(espace: MonEspace, texte: str, document_id: UUID | None = None) -> SignalementVu:
    """Ask that what somebody else wrote be corrected, by its author, through the operator (REG-07).

    Raises DocumentIntrouvable, SignalementRefuse.
    """
    if document_id is not None:
        espace.document(document_id)
    return _deposer(espace, Nature.RECTIFICATION, document_id or espace.dossier_id, texte)


def joindre_note(espace: MonEspace, signalement_id: UUID, texte: str) -> None:
    """Attach the holder's note to a refused rectification (REG-07). Raises SignalementRefuse."""
    signalements.ajouter_etape(
        espace.dossier_id, _cle(espace), signalement_id, Etape.NOTE_JOINTE, "titulaire", datetime.now(UTC), texte
    )  # fmt: skip
    espace._tracer(Acte(Action.SIGNALEMENT))


def mes_signalements(espace: MonEspace) -> list[SignalementVu]:
    """The holder's reports and requests, newest first, with each step (AUD-19)."""
    return signalements.lister(espace.dossier_id, _cle(espace))


def mon_signalement(espace: MonEspace, signalement_id: UUID) -> SignalementVu:
    """One of them. Raises DocumentIntrouvable."""
    try:
        return signalements.lire(espace.dossier_id, _cle(espace), signalement_id)
    except SignalementRefuse:
        raise DocumentIntrouvable from None


def deja_signales(espace: MonEspace, traces: list[UUID]) -> dict[UUID, UUID]:
    """Which of these accesses are reported already, and where."""
    return signalements.deja_signales(espace.dossier_id, traces)


def en_cours(espace: MonEspace, nature: Nature, objet_id: UUID) -> SignalementVu | None:
    """The open report about a document, to show its date (DOC-64)."""
    return next(
        (s for s in mes_signalements(espace) if s.nature is nature and s.objet_id == objet_id and s.ouvert),
        None,
    )


def file_d_attente(acteur: Acteur) -> list[EnFile]:
    """The operator's queue (AUD-19). Raises OperateurRequis."""
    _operateur(acteur)
    return signalements.file_d_attente()


def traiter(
    acteur: Acteur, dossier_id: UUID, signalement_id: UUID, *, contexte: Contexte
) -> tuple[SignalementVu, frozenset[Etape]]:
    """A report as the operator reads it, and what he may do next. Traced. Raises OperateurRequis, SignalementRefuse."""
    with _dossier(acteur, dossier_id, contexte) as cle:
        vu = signalements.lire(dossier_id, cle, signalement_id)
        permises = signalements.suites(tuple(e.etape for e in vu.etapes), vu.nature)
        return vu, permises - _D_AUTRES


def avancer(
    acteur: Acteur,
    dossier_id: UUID,
    signalement_id: UUID,
    etape: Etape,
    texte: str = "",
    *,
    contexte: Contexte,
) -> None:
    """Add a step; the holder is told, and who is asked to explain (AUD-19). Raises OperateurRequis, SignalementRefuse."""
    quand = datetime.now(UTC)
    if etape in _D_AUTRES:
        raise SignalementRefuse("etape_impossible", "Seul le titulaire ou le professionnel fait cette étape.")
    with _dossier(acteur, dossier_id, contexte) as cle:
        signalements.ajouter_etape(
            dossier_id, cle, signalement_id, etape, acteur.nom or "L’assistance", quand, texte
        )
        vu = signalements.lire(dossier_id, cle, signalement_id)
        if etape is Etape.JUSTIFICATION:
            explications.prevenir(dossier_id, vu, quand)
        avertir(dossier_id, Genre.SUITE_DEMANDE, quand, numero=vu.numero, etape=LIBELLES[etape])


def _deposer(
    espace: MonEspace,
    nature: Nature,
    objet_id: UUID,
    texte: str,
    *,
    raison: str = "",
    fichier: Fichier | None = None,
) -> SignalementVu:
    fait = signalements.deposer(
        espace.dossier_id, _cle(espace), nature, objet_id, texte, datetime.now(UTC), raison=raison, fichier=fichier
    )  # fmt: skip
    espace._tracer(Acte(Action.SIGNALEMENT))
    return fait


def _cle(espace: MonEspace) -> CleDossier:
    return _ouvrir(espace._cle_scellee, espace.dossier_id)


def _ouvrir(cle_scellee: bytes | None, dossier_id: UUID) -> CleDossier:
    if cle_scellee is None:
        # The key was destroyed with the record: nothing of the report can be read any more.
        raise SignalementRefuse("signalement_introuvable", "Ce signalement n'existe pas.")
    return CleDossier.ouvrir(cle_scellee, dossier_id.bytes)


def _operateur(acteur: Acteur) -> None:
    if acteur.genre is not GenreActeur.OPERATEUR:
        raise OperateurRequis("operateur_requis", "Cette page est réservée à l'assistance.")


@contextmanager
def _dossier(acteur: Acteur, dossier_id: UUID, contexte: Contexte) -> Iterator[CleDossier]:
    _operateur(acteur)
    with portee_et_situation(dossier_id, acteur) as vue:
        yield _ouvrir(vue.cle_scellee, dossier_id)
        tracer(dossier_id, acteur, contexte, Acte(Action.SUITE_SIGNALEMENT))
