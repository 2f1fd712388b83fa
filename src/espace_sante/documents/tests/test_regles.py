"""The pure rules on the life of documents, with their near misses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from espace_sante.documents import regles
from espace_sante.documents.nomenclatures import classes, type_document, types
from espace_sante.documents.regles import Confidentialite, Demandeur, Provenance
from espace_sante.kernel.codes import GenreActeur, ModeAuthentification
from espace_sante.kernel.durees import PARIS

MEDECIN = Demandeur(GenreActeur.PROFESSIONNEL, "99000000001", "1990000001")
CONFRERE = Demandeur(GenreActeur.PROFESSIONNEL, "99000000002", "1990000002")
LABO = Demandeur(GenreActeur.STRUCTURE, "", "1750000001", ModeAuthentification.INDIRECTE)
TITULAIRE = Demandeur(GenreActeur.TITULAIRE)
DU_MEDECIN = Provenance("professionnel", "99000000001", "1990000001", "899000000001", "1990000001")
DU_LABO = Provenance("structure", "", "1750000001", "899000000009", "1750000001")
DU_TITULAIRE = Provenance("titulaire", "", "", "", "")
DE_LA_CAISSE = Provenance("assurance_maladie", "", "1990000001", "", "1990000001")
RIEN = Confidentialite(False, False, False)


@pytest.mark.rule("DOC-02")
def test_a_type_outside_the_list_or_only_proposed_is_refused() -> None:
    assert regles.refus_du_type(None, "", "10") == "type_inconnu"
    assert regles.refus_du_type("proposed", "10", "10") == "type_inconnu"
    assert regles.refus_du_type("official", "10", "10") == ""


@pytest.mark.rule("DOC-03")
def test_the_class_is_that_of_the_type() -> None:
    assert regles.refus_du_type("official", "10", "11") == "classe_differente"
    assert regles.refus_du_type("official", "10", "11", classe_libre=True) == ""
    assert {t.classe for t in types().values()} <= set(classes())
    assert len(classes()) == 12
    connu = type_document("11488-4")
    assert connu is not None
    assert connu.classe == "10"


@pytest.mark.rule("DOC-08")
def test_four_states() -> None:
    dit = regles.statut_public
    assert dit("current", archive=False) == "current"
    assert dit("superseded", archive=False) == "superseded"
    assert dit("current", archive=True) == "archived"
    assert dit("entered-in-error", archive=True) == "deleted"


@pytest.mark.rule("DOC-31", "DOC-34", "DOC-35", "DOC-37")
@pytest.mark.parametrize(
    ("qui", "document", "permis"),
    [
        (MEDECIN, DU_MEDECIN, True),
        (Demandeur(GenreActeur.PROFESSIONNEL, "99000000005", "1990000001"), DU_MEDECIN, True),
        (Demandeur(GenreActeur.STRUCTURE, "", "1990000001"), DU_MEDECIN, True),
        (CONFRERE, DU_MEDECIN, False),
        (LABO, DU_MEDECIN, False),
        (TITULAIRE, DU_MEDECIN, False),
        (LABO, DU_LABO, True),
        (MEDECIN, DU_LABO, False),
        (TITULAIRE, DU_TITULAIRE, True),
        (MEDECIN, DU_TITULAIRE, False),
        (Demandeur(GenreActeur.STRUCTURE), DU_TITULAIRE, False),
        (MEDECIN, DE_LA_CAISSE, False),
        (TITULAIRE, DE_LA_CAISSE, False),
    ],
)
def test_only_the_author_or_his_structure_manages(qui: Demandeur, document: Provenance, permis: bool) -> None:
    assert regles.refus_de_gestion(qui, document) == ("" if permis else "non_auteur")


@pytest.mark.rule("DOC-40")
@pytest.mark.parametrize(
    ("genre", "permis"),
    [
        (GenreActeur.PROFESSIONNEL, {"MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"}),
        (GenreActeur.STRUCTURE, {"MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"}),
        (GenreActeur.TITULAIRE, {"MASQUE_PS"}),
        (GenreActeur.ASSURANCE_MALADIE, set()),
        (GenreActeur.OPERATEUR, set()),
        (GenreActeur.SERVICE, set()),
    ],
)
def test_who_may_put_which_label(genre: GenreActeur, permis: set[str]) -> None:
    assert {code for code in regles.ETIQUETTES if not regles.refus_de_la_pose(genre, code)} == permis
    for niveau in ("N", "R", "V"):
        assert regles.refus_de_la_pose(genre, niveau) == ""
    for inconnu in ("MASQUE_PSOCIAL", "MASQUE_PT", "L", "M", "U", "CONNEXION_SECRETE", ""):
        assert regles.refus_de_la_pose(genre, inconnu) == "etiquette_inconnue"


@pytest.mark.rule("DOC-38")
def test_a_structure_in_indirect_mode_replaces() -> None:
    masque = Confidentialite(True, False, False, "1750000001")
    assert regles.refus_du_changement(LABO, DU_LABO, RIEN, masque) == "changement_par_remplacement"
    directe = Demandeur(GenreActeur.STRUCTURE, "", "1750000001")
    assert regles.refus_du_changement(directe, DU_LABO, RIEN, masque) == ""


@pytest.mark.rule("DOC-32", "DOC-47", "DOC-52")
def test_labels_of_a_stored_document() -> None:
    cache = Confidentialite(False, True, False)
    masque = Confidentialite(True, False, False, "899000000001")
    du_titulaire = Confidentialite(True, False, False, "titulaire")
    juger = regles.refus_du_changement
    assert juger(MEDECIN, DU_MEDECIN, RIEN, masque) == ""
    assert juger(CONFRERE, DU_MEDECIN, RIEN, masque) == "non_auteur"
    assert juger(MEDECIN, DU_MEDECIN, RIEN, cache) == "deja_visible"
    assert juger(MEDECIN, DU_MEDECIN, cache, RIEN) == "annonce_requise"
    assert juger(MEDECIN, DU_MEDECIN, cache, cache) == ""
    assert juger(MEDECIN, DU_MEDECIN, masque, RIEN) == ""
    assert juger(MEDECIN, DU_MEDECIN, du_titulaire, RIEN) == "masque_du_titulaire"
    assert juger(TITULAIRE, DU_TITULAIRE, RIEN, Confidentialite(False, False, True)) == "etiquette_interdite"


@pytest.mark.rule("DOC-17")
def test_no_copy_for_the_patient_of_what_is_hidden_from_him() -> None:
    assert not regles.copie_au_patient(invisible_patient=True)
    assert regles.copie_au_patient(invisible_patient=False)


@pytest.mark.rule("DOC-48")
def test_day_fourteen_is_counted_in_days_of_france() -> None:
    depot = datetime(2026, 3, 20, 18, 0, tzinfo=PARIS)
    assert regles.jour_d_avis(depot) == datetime(2026, 4, 3, 18, 0, tzinfo=PARIS)
    assert regles.jour_d_avis(depot, 1) - depot == timedelta(days=1)


@pytest.mark.rule("DOC-49")
@pytest.mark.parametrize(
    ("depot", "visible"),
    [
        ((2026, 1, 31), (2026, 2, 28)),
        ((2028, 1, 31), (2028, 2, 29)),
        ((2026, 1, 28), (2026, 2, 28)),
        ((2026, 8, 31), (2026, 9, 30)),
        ((2026, 12, 15), (2027, 1, 15)),
        ((2026, 3, 10), (2026, 4, 10)),
    ],
)
def test_one_calendar_month(depot: tuple[int, int, int], visible: tuple[int, int, int]) -> None:
    assert regles.jour_de_visibilite(datetime(*depot, 9, tzinfo=PARIS)) == datetime(*visible, 9, tzinfo=PARIS)


@pytest.mark.rule("DOC-35")
def test_destruction_is_never_later_than_thirty_days() -> None:
    demande = datetime(2026, 5, 1, tzinfo=UTC)
    fin = regles.fin_du_retour
    assert fin(demande, retour_jours=7, detruire_jours=30) == demande + timedelta(days=7)
    assert fin(demande, retour_jours=60, detruire_jours=30) == demande + timedelta(days=29)


@pytest.mark.rule("DOC-16")
def test_late_from_the_day_after_the_visit_or_the_discharge() -> None:
    visite = datetime(2026, 5, 4, 10, tzinfo=PARIS)
    assert regles.jours_de_retard(visite, None, datetime(2026, 5, 4, 23, 59, tzinfo=PARIS)) == 0
    assert regles.jours_de_retard(visite, None, datetime(2026, 5, 5, 0, 1, tzinfo=PARIS)) == 1
    sortie = datetime(2026, 5, 9, 10, tzinfo=PARIS)
    assert regles.jours_de_retard(visite, sortie, datetime(2026, 5, 9, 20, tzinfo=PARIS)) == 0
    assert regles.jours_de_retard(visite, sortie, datetime(2026, 5, 12, 8, tzinfo=PARIS)) == 3
