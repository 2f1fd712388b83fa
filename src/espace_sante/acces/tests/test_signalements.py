"""Reports of an access or a document, requests of rectification, and their treatment (AUD-18 to AUD-20, DOC-64, REG-07)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from espace_sante.acces import avis, signalements
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.acces.signalements import fichier_lu
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import EtapeSignalement, Signalement, SuiviSignalement, Trace
from espace_sante.traces.signalements import Etape, Nature, SignalementRefuse, echeance, suites

pytestmark = pytest.mark.django_db
TEXTE = "Je n’ai jamais rencontré cette personne."
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="Camille, assistance", deux_facteurs=True)


@contextmanager
def _espace(dossier_id: UUID) -> Iterator[MonEspace]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        yield espace


def _depose(graine: int = 1, **autres: Any) -> tuple[UUID, UUID, UUID]:
    """A record with one document: (record, document, trace of its deposit)."""
    dossier_id, _ = dossier(graine)
    medecin = professionnel()
    doc = document(auteur=medecin, **autres)
    alimenter(medecin, dossier_id, lot(medecin, doc), contexte=CONTEXTE)
    with portee(dossier_id):
        trace = Trace.objects.get(dossier_id=dossier_id, action="depot")
    return dossier_id, doc.id, trace.id


@pytest.mark.rule("AUD-18")
def test_a_report_has_a_number_a_date_and_a_file_sealed() -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        fait = signalements.signaler_acces(
            espace, trace, TEXTE, fichier=fichier_lu("C:\\temp\\preuve<1>.pdf", b"%PDF-1.4 preuve")
        )
        assert fait.numero.startswith("S-") and len(fait.numero) == 15
        assert (fait.etape, fait.fichier_nom, fait.ouvert) == (Etape.RECU, "preuve_1_.pdf", True)
        assert signalements.mon_signalement(espace, fait.id).texte == TEXTE
        assert signalements.deja_signales(espace, [trace]) == {trace: fait.id}
        ligne = Signalement.objects.get(dossier_id=dossier_id)
        assert TEXTE.encode() not in bytes(ligne.texte_scelle)
        assert b"preuve" not in bytes(ligne.fichier_scelle or b"")
    with portee(dossier_id):
        assert Trace.objects.filter(dossier_id=dossier_id, action="signalement").count() == 1


@pytest.mark.rule("AUD-18")
@pytest.mark.parametrize(
    ("texte", "accepte"),
    [
        ("x" * 9, False), ("x" * 10, True), ("x" * 2000, True), ("x" * 2001, False), (" " * 30, False),
        ("x" * 20 + "\x07", False),
    ],
)  # fmt: skip
def test_the_text_has_ten_to_two_thousand_characters(texte: str, accepte: bool) -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        if accepte:
            assert signalements.signaler_acces(espace, trace, texte).texte == texte
            return
        with pytest.raises(SignalementRefuse) as refus:
            signalements.signaler_acces(espace, trace, texte)
        assert refus.value.code == "texte_invalide"
        assert not Signalement.objects.filter(dossier_id=dossier_id).exists()


@pytest.mark.rule("AUD-18")
def test_one_report_for_each_access() -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        signalements.signaler_acces(espace, trace, TEXTE)
        with pytest.raises(SignalementRefuse) as refus:
            signalements.signaler_acces(espace, trace, TEXTE)
        assert refus.value.code == "deja_signale"


@pytest.mark.rule("AUD-18")
@pytest.mark.parametrize("contenu", [b"MZ\x90", b"<html>", b"", b"GIF89a"])
def test_a_file_of_another_form_is_refused(contenu: bytes) -> None:
    with pytest.raises(SignalementRefuse, match="PDF"):
        fichier_lu("x.pdf", contenu)


@pytest.mark.rule("AUD-18")
def test_a_file_over_the_limit_is_refused(settings: Any) -> None:
    settings.ES_SIGNALEMENT_FICHIER_MAX = 20
    assert fichier_lu("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 12).mime == "image/png"
    with pytest.raises(SignalementRefuse) as refus:
        fichier_lu("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 13)
    assert refus.value.code == "fichier_refuse"


@pytest.mark.rule("AUD-18", "DOC-46")
def test_only_an_access_of_his_record_by_somebody_else_that_he_may_see() -> None:
    dossier_id, _, _ = _depose(1)
    _, _, d_un_autre = _depose(2)
    cache, _, depot_cache = _depose(3, invisible_patient=True)
    with _espace(dossier_id) as espace:
        espace.tracer_introuvable()
    with portee(dossier_id):
        la_sienne = Trace.objects.get(dossier_id=dossier_id, acteur_genre="titulaire").id
    for chez, vise in (
        (dossier_id, d_un_autre),
        (dossier_id, uuid7()),
        (dossier_id, la_sienne),
        (cache, depot_cache),
    ):
        with _espace(chez) as espace, pytest.raises(DocumentIntrouvable):
            signalements.signaler_acces(espace, vise, TEXTE)


@pytest.mark.rule("AUD-20")
def test_the_professional_is_blocked_in_the_same_act_when_asked() -> None:
    bloques: list[str] = []
    for graine, demande in ((1, True), (2, False)):
        dossier_id, _, trace = _depose(graine)
        with _espace(dossier_id) as espace:
            signalements.signaler_acces(
                espace, trace, TEXTE, bloquer=(lambda _, rpps: bloques.append(rpps)) if demande else None
            )
    assert bloques == ["99000000001"]


@pytest.mark.rule("AUD-19")
def test_ten_working_days_to_answer_and_a_setting(settings: Any) -> None:
    # Thursday 24 December, at night in Paris it is already Friday the 25th.
    quand = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    assert echeance(Nature.ACCES, quand) == date(2027, 1, 11)
    assert echeance(Nature.DOCUMENT, quand) == date(2027, 1, 11)
    settings.ES_SIGNALEMENT_JOURS_OUVRES = 1
    assert echeance(Nature.ACCES, quand) == date(2026, 12, 28)


@pytest.mark.rule("AUD-19")
def test_the_operator_asks_answers_suspends_refers_and_the_holder_sees_each_step() -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        fait = signalements.signaler_acces(espace, trace, TEXTE)
    (en_file,) = signalements.file_d_attente(OPERATEUR)
    assert (en_file.numero, en_file.etape, en_file.echeance) == (fait.numero, Etape.RECU, fait.echeance)
    lu, permises = signalements.traiter(OPERATEUR, dossier_id, fait.id, contexte=CONTEXTE)
    assert lu.texte == TEXTE and Etape.CLOS not in permises
    parcours = [
        (Etape.JUSTIFICATION, ""), (Etape.COMPTE_SUSPENDU, ""), (Etape.TRANSMIS, "Transmis à l’ordre."),
        (Etape.REPONDU, "L’accès n’était pas justifié."), (Etape.CLOS, ""),
    ]  # fmt: skip
    for etape, texte in parcours:
        signalements.avancer(OPERATEUR, dossier_id, fait.id, etape, texte, contexte=CONTEXTE)
    assert signalements.file_d_attente(OPERATEUR) == []
    with _espace(dossier_id) as espace:
        vu = signalements.mon_signalement(espace, fait.id)
        assert [e.etape for e in vu.etapes] == [Etape.RECU, *(e for e, _ in parcours)]
        assert vu.etapes[4].texte == "L’accès n’était pas justifié." and not vu.ouvert
        suites = [a for a in avis.lister(espace).elements if a.genre is Genre.SUITE_DEMANDE]
        assert len(suites) == len(parcours)
        # His own history says who dealt with it, at each step.
        assert Trace.objects.filter(dossier_id=dossier_id, action="suite_signalement").count() == 6


@pytest.mark.rule("AUD-19")
def test_nothing_is_closed_without_an_answer_nor_answered_without_words() -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        fait = signalements.signaler_acces(espace, trace, TEXTE)
    for etape, texte, code in (
        (Etape.CLOS, "", "etape_impossible"),
        (Etape.RECU, "", "etape_impossible"),
        (Etape.NOTE_JOINTE, TEXTE, "etape_impossible"),
        (Etape.REPONDU, "bref", "texte_invalide"),
    ):
        with pytest.raises(SignalementRefuse) as refus:
            signalements.avancer(OPERATEUR, dossier_id, fait.id, etape, texte, contexte=CONTEXTE)
        assert refus.value.code == code
    with portee(dossier_id):
        assert EtapeSignalement.objects.filter(dossier_id=dossier_id).count() == 1


def test_after_an_answer_only_closing_and_measures_remain() -> None:
    acces = Nature.ACCES
    mesures = {Etape.COMPTE_SUSPENDU, Etape.TRANSMIS}
    assert suites((Etape.RECU,), acces) == mesures | {Etape.JUSTIFICATION, Etape.REPONDU, Etape.REFUSE}
    assert suites((Etape.RECU, Etape.REPONDU), acces) == mesures | {Etape.CLOS}
    assert suites((Etape.RECU, Etape.REPONDU), Nature.DOCUMENT) == {Etape.CLOS}
    assert suites((Etape.RECU, Etape.REFUSE), Nature.RECTIFICATION) == {Etape.CLOS, Etape.NOTE_JOINTE}
    assert suites((Etape.RECU, Etape.REPONDU, Etape.CLOS), acces) == frozenset()


@pytest.mark.rule("AUD-19", "ACC-79")
@pytest.mark.parametrize("genre", [g for g in GenreActeur if g is not GenreActeur.OPERATEUR])
def test_nobody_but_the_operator_sees_the_queue_or_a_report(genre: GenreActeur) -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        fait = signalements.signaler_acces(espace, trace, TEXTE)
    autre = Acteur(genre, rpps="99000000001", dossier_id=dossier_id)
    for acte in (
        lambda: signalements.file_d_attente(autre),
        lambda: signalements.traiter(autre, dossier_id, fait.id, contexte=CONTEXTE),
        lambda: signalements.avancer(autre, dossier_id, fait.id, Etape.REPONDU, TEXTE, contexte=CONTEXTE),
    ):
        with pytest.raises(signalements.OperateurRequis):
            acte()


@pytest.mark.rule("AUD-19", "REG-12")
def test_the_queue_holds_neither_text_nor_identity() -> None:
    dossier_id, _, trace = _depose()
    with _espace(dossier_id) as espace:
        signalements.signaler_acces(espace, trace, TEXTE)
    champs = {c.name for c in SuiviSignalement._meta.get_fields()}
    assert champs == {
        "pk", "dossier_id", "signalement_id", "rang", "numero", "nature", "etape", "quand", "echeance",
    }  # fmt: skip


@pytest.mark.rule("DOC-64")
def test_a_document_is_reported_with_a_reason_one_report_at_a_time() -> None:
    dossier_id, doc, _ = _depose()
    with _espace(dossier_id) as espace:
        with pytest.raises(SignalementRefuse) as refus:
            signalements.signaler_document(espace, doc, "autre", TEXTE)
        assert refus.value.code == "raison_inconnue"
        fait = signalements.signaler_document(espace, doc, "autre_personne", TEXTE)
        en_cours = signalements.en_cours(espace, Nature.DOCUMENT, doc)
        assert en_cours is not None and en_cours.depose_le == fait.depose_le
        with pytest.raises(SignalementRefuse) as refus:
            signalements.signaler_document(espace, doc, "erreur", TEXTE)
        assert refus.value.code == "signalement_en_cours"
        with pytest.raises(DocumentIntrouvable):
            signalements.signaler_document(espace, uuid7(), "erreur", TEXTE)
    signalements.avancer(OPERATEUR, dossier_id, fait.id, Etape.REPONDU, TEXTE, contexte=CONTEXTE)
    with _espace(dossier_id) as espace:
        assert signalements.en_cours(espace, Nature.DOCUMENT, doc) is None
        assert signalements.signaler_document(espace, doc, "erreur", TEXTE).ouvert


@pytest.mark.rule("REG-07")
def test_a_rectification_has_one_month_and_a_note_when_refused() -> None:
    dossier_id, doc, _ = _depose()
    with time_machine.travel("2027-01-31T10:00:00Z", tick=False), _espace(dossier_id) as espace:
        fait = signalements.demander_rectification(espace, TEXTE, doc)
        assert fait.echeance == date(2027, 2, 28)
        with pytest.raises(SignalementRefuse):
            signalements.joindre_note(espace, fait.id, "Je ne suis pas d’accord.")
    signalements.avancer(OPERATEUR, dossier_id, fait.id, Etape.REFUSE, TEXTE, contexte=CONTEXTE)
    with _espace(dossier_id) as espace:
        signalements.joindre_note(espace, fait.id, "Je ne suis pas d’accord.")
        assert signalements.mon_signalement(espace, fait.id).etapes[-1].texte == "Je ne suis pas d’accord."
        with pytest.raises(SignalementRefuse):
            signalements.joindre_note(espace, fait.id, "Encore une autre note.")


def test_reports_of_others_are_not_there() -> None:
    premier, _, trace = _depose(1)
    second, _, _ = _depose(2)
    with _espace(premier) as espace:
        fait = signalements.signaler_acces(espace, trace, TEXTE)
    with _espace(second) as espace:
        assert signalements.mes_signalements(espace) == []
        with pytest.raises(DocumentIntrouvable):
            signalements.mon_signalement(espace, fait.id)
    with pytest.raises(SignalementRefuse):
        signalements.traiter(OPERATEUR, second, fait.id, contexte=CONTEXTE)
