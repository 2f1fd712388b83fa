"""Emergency openings (EMG-01 to EMG-18): a reason, an end, the holder's switches; the other letters as ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from espace_sante.acces import controle, urgence
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse, UrgenceRefusee
from espace_sante.acces.existence import tester_existence
from espace_sante.acces.models import Consentement, ControleUrgence
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.acces.urgence import Declaration
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, ModeAcces
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
BRIS, C15 = ModeAcces.BRIS_DE_GLACE, ModeAcces.CENTRE_15
RAISON = "Personne inconsciente, traitement inconnu"
COMPLETE = Declaration(RAISON, hors_d_etat=True, risque_immediat=True)


@pytest.fixture
def dossier_id() -> UUID:
    return dossier()[0]


def _ouvrir(
    acteur: Acteur, dossier_id: UUID, mode: ModeAcces = BRIS, declaration: Declaration = COMPLETE
) -> str:
    try:
        urgence.ouvrir(acteur, dossier_id, mode, declaration, contexte=CONTEXTE, identite_qualifiee=True)
    except (AccesRefuse, UrgenceRefusee) as refus:
        return refus.code
    return ""


def _lire(acteur: Acteur, dossier_id: UUID, mode: ModeAcces = BRIS) -> str | int:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, mode=mode, identite_qualifiee=True) as vu:
            return vu.lister(Filtre()).total
    except AccesRefuse as refus:
        return refus.code


def _regler(dossier_id: UUID, nom: controle.Interrupteur, *, permis: bool) -> None:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.regler(espace, nom, permis=permis)


@pytest.mark.rule("EMG-01", "EMG-03", "EMG-12", "EMG-18", "FHR-38")
def test_a_reason_and_both_facts_open_for_four_hours(dossier_id: UUID) -> None:
    medecin = professionnel("99000000071")
    assert _lire(medecin, dossier_id) == "urgence_sans_motif"
    for mauvaise, code in (
        (Declaration("trop peu", hors_d_etat=True, risque_immediat=True), "motif_absent"),
        (Declaration(" " * 30, hors_d_etat=True, risque_immediat=True), "motif_absent"),
        (Declaration("x" * 501, hors_d_etat=True, risque_immediat=True), "motif_trop_long"),
        (Declaration(RAISON, hors_d_etat=True), "faits_non_attestes"),
        (Declaration(RAISON, risque_immediat=True), "faits_non_attestes"),
    ):
        assert _ouvrir(medecin, dossier_id, declaration=mauvaise) == code
    assert _lire(medecin, dossier_id) == "urgence_sans_motif"
    assert _ouvrir(medecin, dossier_id) == ""
    assert _lire(medecin, dossier_id) == 0
    # The window is for this professional, this record and this mode.
    assert _lire(professionnel("99000000072"), dossier_id) == "urgence_sans_motif"
    assert _lire(medecin, dossier(8)[0]) == "urgence_sans_motif"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=4, minutes=1), tick=False):
        assert _lire(medecin, dossier_id) == "urgence_sans_motif"


@pytest.mark.rule("EMG-12")
def test_closing_the_record_ends_it(dossier_id: UUID) -> None:
    medecin = professionnel("99000000071")
    _ouvrir(medecin, dossier_id)
    assert urgence.fermer(medecin, dossier_id, contexte=CONTEXTE)
    assert not urgence.fermer(medecin, dossier_id, contexte=CONTEXTE)
    assert _lire(medecin, dossier_id) == "urgence_sans_motif"


@pytest.mark.rule("EMG-02", "EMG-12", "ACC-77", "FHR-56")
def test_centre_15_is_for_a_token_of_medical_regulation(dossier_id: UUID) -> None:
    simple, regulateur = professionnel("99000000071"), replace(professionnel("99000000073"), regulation=True)
    appel = Declaration("Appel au centre 15, douleur thoracique")
    assert _ouvrir(simple, dossier_id, C15, appel) == "habilitation_absente"
    assert _ouvrir(regulateur, dossier_id, C15, appel) == ""
    assert _lire(regulateur, dossier_id, C15) == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2, minutes=1), tick=False):
        assert _lire(regulateur, dossier_id, C15) == "urgence_sans_motif"


@pytest.mark.rule("EMG-05", "EMG-06")
def test_each_switch_closes_its_own_mode(dossier_id: UUID) -> None:
    medecin, regulateur = professionnel("99000000071"), replace(professionnel("99000000073"), regulation=True)
    _ouvrir(medecin, dossier_id)
    _regler(dossier_id, "urgence_bris_de_glace", permis=False)
    assert _ouvrir(medecin, dossier_id) == "oppose_par_titulaire"
    # At once, window or not.
    assert _lire(medecin, dossier_id) == "oppose_par_titulaire"
    assert _ouvrir(regulateur, dossier_id, C15) == ""
    _regler(dossier_id, "urgence_samu", permis=False)
    assert _lire(regulateur, dossier_id, C15) == "oppose_par_titulaire"


@pytest.mark.rule("EMG-08", "EMG-16", "DOC-42", "DOC-43")
def test_masked_documents_show_in_an_emergency_only_by_the_third_switch(dossier_id: UUID) -> None:
    auteur, medecin = professionnel("99000000074"), professionnel("99000000071")
    cache, visible = document(auteur=auteur), document(auteur=auteur, invisible_patient=True)
    alimenter(auteur, dossier_id, lot(auteur, cache, visible), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(cache.id)
    _ouvrir(medecin, dossier_id)
    assert _lire(medecin, dossier_id) == 1
    _regler(dossier_id, "urgence_documents_masques", permis=True)
    assert _lire(medecin, dossier_id) == 2
    with open_dossier(medecin, dossier_id, contexte=CONTEXTE, mode=BRIS, identite_qualifiee=True) as vu:
        assert {d.invisible_patient for d in vu.lister(Filtre()).elements} == {True, False}


@pytest.mark.rule("EMG-09", "EMG-10")
def test_a_block_stops_the_glass_and_not_centre_15_by_setting(dossier_id: UUID, settings: object) -> None:
    medecin = replace(professionnel("99000000075"), regulation=True)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", medecin.rpps)
    assert _ouvrir(medecin, dossier_id) == "professionnel_bloque"
    assert _ouvrir(medecin, dossier_id, C15) == ""
    settings.ES_BLOQUE_BRIS_DE_GLACE, settings.ES_BLOQUE_CENTRE_15 = True, False  # type: ignore[attr-defined]
    assert _ouvrir(medecin, dossier_id) == ""
    assert _lire(medecin, dossier_id, C15) == "professionnel_bloque"


@pytest.mark.rule("EMG-03", "EMG-17", "ACC-74", "ACC-71")
def test_the_other_letters_are_judged_as_ever(dossier_id: UUID) -> None:
    assert (
        _ouvrir(professionnel("99000000076", deux_facteurs=False), dossier_id)
        == "authentification_insuffisante"
    )
    assert _ouvrir(professionnel("99000000077", "31"), dossier_id) == "habilitation_absente"
    social = professionnel("99000000078", "41", "TRE_R94")
    assert _ouvrir(social, dossier_id) == "habilitation_absente"
    ferme, _ = dossier(14, etat=EtatProfil.CLOTURE)
    assert _ouvrir(professionnel("99000000071"), ferme) == "dossier_indisponible"
    cree, _ = dossier(15, etat=EtatProfil.CREE_AUTO)
    assert _ouvrir(professionnel("99000000071"), cree) == ""
    with pytest.raises(AccesRefuse, match="ins_non_qualifiee"):
        urgence.ouvrir(professionnel("99000000071"), dossier_id, BRIS, COMPLETE, contexte=CONTEXTE)


@pytest.mark.rule("EMG-04")
def test_an_agreeing_birth_date_stands_for_a_qualified_ins_and_is_traced(
    dossier_id: UUID, settings: object
) -> None:
    from espace_sante.identite.queries import identite

    medecin = professionnel("99000000071")
    with portee(dossier_id):
        ne = identite(dossier_id).traits.date_naissance
    options = {"contexte": CONTEXTE, "identite_qualifiee": False}
    with pytest.raises(AccesRefuse, match="ins_non_qualifiee"):
        urgence.ouvrir(medecin, dossier_id, BRIS, COMPLETE, date_naissance="1901-01-01", **options)  # type: ignore[arg-type]
    urgence.ouvrir(medecin, dossier_id, BRIS, COMPLETE, date_naissance=ne, **options)  # type: ignore[arg-type]
    with portee(dossier_id):
        assert Trace.objects.filter(dossier_id=dossier_id, action="urgence", motif="ins_souple").count() == 1
    settings.ES_URGENCE_INS_SOUPLE = False  # type: ignore[attr-defined]
    with pytest.raises(AccesRefuse, match="ins_non_qualifiee"):
        urgence.ouvrir(medecin, dossier_id, BRIS, COMPLETE, date_naissance=ne, **options)  # type: ignore[arg-type]


@pytest.mark.rule("EMG-13")
def test_an_emergency_gives_no_consent(dossier_id: UUID) -> None:
    medecin = professionnel("99000000071")
    _ouvrir(medecin, dossier_id)
    assert _lire(medecin, dossier_id, ModeAcces.NORMAL) == "consentement_absent"
    existence = tester_existence(medecin, dossier_id, contexte=CONTEXTE)
    assert existence is not None
    assert existence.autorisation.value == "inexistante"
    with portee(dossier_id):
        assert not Consentement.objects.filter(dossier_id=dossier_id).exists()


@pytest.mark.rule("EMG-15")
def test_the_sixth_opening_in_a_month_puts_them_all_on_the_list(dossier_id: UUID) -> None:
    medecin = professionnel("99000000079")
    for _ in range(6):
        _ouvrir(medecin, dossier_id)
    liste = ControleUrgence.objects.filter(rpps=medecin.rpps)
    assert liste.count() == 6
    assert liste.filter(a_revoir=True).count() == 6
    assert {c.echeance - c.quand.date() for c in liste} == {timedelta(days=15)}


@pytest.mark.rule("EMG-11", "AUD-02")
def test_every_reading_says_its_mode(dossier_id: UUID) -> None:
    medecin = professionnel("99000000071")
    _ouvrir(medecin, dossier_id)
    _lire(medecin, dossier_id)
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    _lire(medecin, dossier_id, ModeAcces.NORMAL)
    with portee(dossier_id):
        modes = list(
            Trace.objects.filter(dossier_id=dossier_id, action="liste")
            .order_by("quand")
            .values_list("mode", flat=True)
        )
    assert modes == ["bris_de_glace", "normal"]
