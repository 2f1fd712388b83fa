"""An explanation is asked of one professional, who alone reads the request and answers it (AUD-19, REG-07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from espace_sante.acces import avis, explications, signalements
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.controle import bloquer
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import EtapeSignalement, Trace
from espace_sante.traces.signalements import Etape, Nature, SignalementRefuse

pytestmark = pytest.mark.django_db
TEXTE = "Je n’ai jamais rencontré cette personne."
QUESTION = "Pourquoi avez-vous ouvert ce dossier ?"
REPONSE = "Je remplaçais mon confrère ce jour-là."
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="Camille, assistance", deux_facteurs=True)


@pytest.fixture
def medecin() -> Acteur:
    return professionnel("99000000061")


@pytest.fixture
def autre() -> Acteur:
    return professionnel("99000000062")


def _signaler(medecin: Acteur, graine: int = 1) -> tuple[UUID, UUID]:
    """An access of the doctor, reported by the holder: (record, report)."""
    dossier_id, _ = dossier(graine)
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    with open_dossier(medecin, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        ouvert.lister(Filtre())
    with portee(dossier_id):
        trace = Trace.objects.get(dossier_id=dossier_id, action="liste").id
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return dossier_id, signalements.signaler_acces(espace, trace, TEXTE).id


def _corriger(medecin: Acteur, graine: int = 2) -> tuple[UUID, UUID]:
    """A document of the doctor, which the holder wants corrected: (record, request)."""
    dossier_id, _ = dossier(graine)
    doc = document(auteur=medecin, titre="Compte rendu du 3 mars")
    alimenter(medecin, dossier_id, lot(medecin, doc), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return dossier_id, signalements.demander_rectification(espace, TEXTE, doc.id).id


def _demander(dossier_id: UUID, signalement_id: UUID, texte: str = QUESTION) -> None:
    signalements.avancer(OPERATEUR, dossier_id, signalement_id, Etape.JUSTIFICATION, texte, contexte=CONTEXTE)


@pytest.mark.rule("AUD-19", "AUD-01")
def test_who_made_the_access_reads_the_question_and_answers_it_once(medecin: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    assert explications.mes_demandes(medecin) == [], "nothing before the operator asks"
    _demander(dossier_id, fait)
    (ligne,) = explications.mes_demandes(medecin)
    assert (ligne.id, ligne.nature, ligne.a_repondre, ligne.repondue) == (fait, Nature.ACCES, True, False)
    demande = explications.lire(medecin, fait, contexte=CONTEXTE)
    assert (demande.titulaire, demande.action, demande.question) == ("Lou MARTIN", "liste", QUESTION)
    assert isinstance(demande.acces_le, datetime)
    assert demande.texte == "", "what a holder says of him is not for him to read"

    for bref in ("", "oui", "x" * 2001):
        with pytest.raises(SignalementRefuse) as refus:
            explications.repondre(medecin, fait, bref, contexte=CONTEXTE)
        assert refus.value.code == "texte_invalide"
    explications.repondre(medecin, fait, REPONSE, contexte=CONTEXTE)
    with pytest.raises(SignalementRefuse) as refus:
        explications.repondre(medecin, fait, REPONSE, contexte=CONTEXTE)
    assert refus.value.code == "etape_impossible"
    (ligne,) = explications.mes_demandes(medecin)
    assert (ligne.a_repondre, ligne.repondue) == (False, True)
    assert explications.lire(medecin, fait, contexte=CONTEXTE).reponse == REPONSE

    vu, permises = signalements.traiter(OPERATEUR, dossier_id, fait, contexte=CONTEXTE)
    assert (vu.etape, vu.etapes[-1].texte, vu.etapes[-1].par) == (Etape.EXPLICATION, REPONSE, medecin.nom)
    assert Etape.REPONDU in permises
    assert Etape.EXPLICATION not in permises
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert signalements.mon_signalement(espace, fait).etapes[-1].texte == REPONSE
        suites = [a for a in avis.lister(espace).elements if a.genre is Genre.SUITE_DEMANDE]
        assert len(suites) == 2
        scelle = EtapeSignalement.objects.get(dossier_id=dossier_id, etape="explication_recue").texte_scelle
        assert scelle is not None and REPONSE.encode() not in bytes(scelle)
        motifs = Trace.objects.filter(dossier_id=dossier_id, action="explication").order_by("id")
        assert [t.motif for t in motifs] == ["lue", "donnee", "lue"]
        assert {t.acteur_id for t in motifs} == {medecin.rpps}


@pytest.mark.rule("REG-07")
def test_an_author_reads_what_he_is_asked_to_correct(medecin: Acteur) -> None:
    dossier_id, fait = _corriger(medecin)
    _demander(dossier_id, fait, "")
    demande = explications.lire(medecin, fait, contexte=CONTEXTE)
    assert (demande.document, demande.texte, demande.question) == ("Compte rendu du 3 mars", TEXTE, "")
    explications.repondre(medecin, fait, REPONSE, contexte=CONTEXTE)
    _demander(dossier_id, fait, "Et la date ?")
    assert explications.mes_demandes(medecin)[0].a_repondre, "asked again, answered again"
    explications.repondre(medecin, fait, REPONSE, contexte=CONTEXTE)


@pytest.mark.rule("AUD-19", "ACC-53")
def test_another_professional_sees_nothing(medecin: Acteur, autre: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    _demander(dossier_id, fait)
    # The other one has a request of his own, in another record, and a consent in this one.
    ailleurs, sien = _signaler(autre, graine=3)
    _demander(ailleurs, sien)
    recueillir_consentement(autre, dossier_id, contexte=CONTEXTE)
    assert [d.id for d in explications.mes_demandes(autre)] == [sien]
    for inconnu in (fait, uuid7()):
        with pytest.raises(DocumentIntrouvable):
            explications.lire(autre, inconnu, contexte=CONTEXTE)
        with pytest.raises(DocumentIntrouvable):
            explications.repondre(autre, inconnu, REPONSE, contexte=CONTEXTE)
    with portee(dossier_id):
        assert not EtapeSignalement.objects.filter(dossier_id=dossier_id, etape="explication_recue").exists()
        assert not Trace.objects.filter(dossier_id=dossier_id, action="explication").exists()


@pytest.mark.rule("AUD-19")
def test_two_people_in_one_record_each_read_their_own(medecin: Acteur, autre: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    doc = document(auteur=autre)
    alimenter(autre, dossier_id, lot(autre, doc), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        second = signalements.signaler_document(espace, doc.id, "erreur", TEXTE).id
    _demander(dossier_id, fait)
    _demander(dossier_id, second)
    assert [d.id for d in explications.mes_demandes(medecin)] == [fait]
    assert [d.id for d in explications.mes_demandes(autre)] == [second]
    with pytest.raises(DocumentIntrouvable):
        explications.lire(autre, fait, contexte=CONTEXTE)


@pytest.mark.rule("AUD-19", "AUD-20")
def test_who_was_blocked_can_still_explain(medecin: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        bloquer(espace, "professionnel", medecin.rpps)
    _demander(dossier_id, fait)
    explications.repondre(medecin, fait, REPONSE, contexte=CONTEXTE)
    assert explications.mes_demandes(medecin)[0].repondue


@pytest.mark.parametrize("genre", [g for g in GenreActeur if g is not GenreActeur.PROFESSIONNEL])
def test_nobody_but_professionals(genre: GenreActeur, medecin: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    _demander(dossier_id, fait)
    qui = Acteur(genre, rpps=medecin.rpps, dossier_id=dossier_id)
    for acte in (
        lambda: explications.mes_demandes(qui),
        lambda: explications.lire(qui, fait, contexte=CONTEXTE),
        lambda: explications.repondre(qui, fait, REPONSE, contexte=CONTEXTE),
    ):
        with pytest.raises(DocumentIntrouvable):
            acte()


@pytest.mark.rule("AUD-19")
def test_the_operator_does_not_answer_in_his_place(medecin: Acteur) -> None:
    dossier_id, fait = _signaler(medecin)
    _demander(dossier_id, fait)
    with pytest.raises(SignalementRefuse) as refus:
        signalements.avancer(OPERATEUR, dossier_id, fait, Etape.EXPLICATION, REPONSE, contexte=CONTEXTE)
    assert refus.value.code == "etape_impossible"
