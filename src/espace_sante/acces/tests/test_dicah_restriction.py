"""What an opening is narrowed to, and the facts of a decision: pure parts of `porte` and `queries`, against a naive reading.

No database: `make mutations` runs these. The SQL that gathers the facts and applies the limits is proved by
test_table_de_verite.py.
"""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from django.conf import settings

from espace_sante.acces.dicah import EtatConsentement, Interrupteurs, Urgence
from espace_sante.acces.porte import restriction
from espace_sante.acces.queries import Situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAcces

OUI_NON = (True, False)
PARTAGES = (UUID(int=7), UUID(int=8))
MEDECIN = Acteur(
    GenreActeur.PROFESSIONNEL, rpps="99000000001", profession_systeme="TRE_G15", profession_code="10",
    savoir_faire="SM54", structure_id="1990000001",
)  # fmt: skip
LIGNE = ("11488-4", "REMB", "EXPPAT_3", "DOCPAT08")


def situation(**autres: object) -> Situation:
    """An activated record, a consent in force, nothing else; but for what is said."""
    valeurs: dict[str, object] = {
        "dossier_id": UUID(int=1), "etat": EtatProfil.ACTIVE, "depuis": None, "ferme_le": None, "motif_fermeture": "",
        "cle_scellee": None, "remboursements_masques": False, "interrupteurs": Interrupteurs(),
        "alimentation_urgence": True, "masque_par_defaut": False, "directives_masquees": False,
        "antecedents_masques": False, "actif": True, "consentement": EtatConsentement.VALIDE, "bloque": False,
        "roles": frozenset(), "fenetres": frozenset(), "deja_venu": True, "partages": (), "edition": 3,
        "edition_officielle": True, **autres,
    }  # fmt: skip
    return Situation(**valeurs)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def ligne_connue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix answers for edition 3 and this doctor alone."""

    def ligne(edition: int, systeme: str, profession: str, savoir_faire: str) -> tuple[str, ...]:
        return LIGNE if (edition, systeme, profession, savoir_faire) == (3, "TRE_G15", "10", "SM54") else ()

    monkeypatch.setattr("espace_sante.acces.queries.matrice.ligne", ligne)


@pytest.mark.rule("ACC-32", "ACC-62", "ACC-67", "DOC-45")
def test_types_are_the_line_less_what_state_and_switches_close() -> None:
    for etat, remboursements, directives, antecedents, mode in itertools.product(
        (EtatProfil.ACTIVE, EtatProfil.CREE_AUTO), OUI_NON, OUI_NON, OUI_NON, ModeAcces
    ):
        vue = situation(
            etat=etat, remboursements_masques=remboursements, directives_masquees=directives,
            antecedents_masques=antecedents,
        )  # fmt: skip
        voulus = ["11488-4"]
        if etat == "ACTIVE" and not remboursements:
            voulus.append("REMB")
        if not directives:
            voulus.append("EXPPAT_3")
        if not antecedents:
            voulus.append("DOCPAT08")
        assert restriction(MEDECIN, vue, mode).types == tuple(voulus)


@pytest.mark.rule("DOC-42", "FHR-35", "ACC-55", "ACC-58", "ACC-60", "ACC-70", "EMG-08")
def test_masks_against_a_naive_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    connus = ("administrateur", "medecin_traitant", "pharmacien_correspondant")
    roles_possibles = [frozenset(r) for n in range(4) for r in itertools.combinations(connus, n)]
    for roles, bloque, permis, mode, reglage in itertools.product(
        roles_possibles, OUI_NON, OUI_NON, ModeAcces, OUI_NON
    ):
        monkeypatch.setattr(settings, "ES_MT_VOIT_MASQUE", reglage)
        vue = situation(roles=roles, bloque=bloque, interrupteurs=Interrupteurs(documents_masques=permis))
        vu = False
        if mode != "normal" and permis:
            vu = True
        elif not bloque:
            vu = "administrateur" in roles or ("medecin_traitant" in roles and reglage)
        assert vue.voit_masques(mode) is vu, (roles, bloque, permis, mode, reglage)
        assert restriction(MEDECIN, vue, mode).tous_masques is vu


@pytest.mark.rule("DOC-42", "DOC-46", "FHR-35", "ACC-12", "EMG-03")
def test_who_he_is_and_what_is_shared_with_him() -> None:
    for consentement, mode in itertools.product(EtatConsentement, ModeAcces):
        limites = restriction(MEDECIN, situation(consentement=consentement, partages=PARTAGES), mode)
        assert (limites.rpps, limites.structure) == ("99000000001", "1990000001")
        assert limites.voit_invisible_patient is True
        assert limites.comme_si_masque is False
        # An emergency ignores shares; without a consent in force there is nothing else.
        assert limites.partages == (PARTAGES if mode == "normal" else ())
        assert limites.partages_seuls is (mode == "normal" and consentement != "valide")
    assert restriction(MEDECIN, situation(partages=PARTAGES)).partages == PARTAGES


@pytest.mark.rule("ACC-32", "ACC-37", "ACC-44")
def test_a_line_needs_an_edition_and_a_profession() -> None:
    assert situation().types(MEDECIN) == LIGNE
    assert situation(edition=None).types(MEDECIN) == ()
    assert situation().types(Acteur(GenreActeur.STRUCTURE, structure_id="1990000001")) == ()


def test_no_profession_asks_nothing_of_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    def jamais(*_: object) -> tuple[str, ...]:
        raise AssertionError("asked")

    monkeypatch.setattr("espace_sante.acces.queries.matrice.ligne", jamais)
    assert situation(edition=None).types(MEDECIN) == ()
    assert situation().types(Acteur(GenreActeur.STRUCTURE)) == ()


@pytest.mark.rule("ACC-01", "ACC-41", "EMG-09", "EMG-10", "EMG-12")
def test_the_facts_are_those_of_the_row_and_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupteurs = Interrupteurs(samu=False, bris_de_glace=True, documents_masques=True)
    for officielle, instance, mode, fenetres, centre, glace in itertools.product(
        OUI_NON, ("production", "demonstration", "test"), ModeAcces,
        (frozenset(), frozenset({"bris_de_glace"}), frozenset({"centre_15"})), OUI_NON, OUI_NON,
    ):  # fmt: skip
        monkeypatch.setattr(settings, "ES_INSTANCE", instance)
        monkeypatch.setattr(settings, "ES_BLOQUE_CENTRE_15", centre)
        monkeypatch.setattr(settings, "ES_BLOQUE_BRIS_DE_GLACE", glace)
        vue = situation(edition_officielle=officielle, fenetres=fenetres, interrupteurs=interrupteurs)
        lus = vue.faits(MEDECIN, identite_qualifiee=True, mode=mode)
        assert lus.matrice_opposable is (officielle or instance != "production")
        assert lus.mode is mode
        if mode == "normal":
            assert lus.urgence == Urgence()
        else:
            peut = centre if mode == "centre_15" else glace
            assert lus.urgence == Urgence(interrupteurs, mode.value in fenetres, peut)


@pytest.mark.rule("ACC-01", "ACC-48")
@pytest.mark.parametrize(
    ("change", "champ", "attendu"),
    [
        ({"actif": False}, "actif", False),
        ({"actif": True}, "actif", True),
        ({"etat": None}, "etat", None),
        ({"etat": EtatProfil.SUSPENDU}, "etat", EtatProfil.SUSPENDU),
        ({"consentement": EtatConsentement.EXPIREE}, "consentement", EtatConsentement.EXPIREE),
        ({"bloque": True}, "bloque", True),
        ({"bloque": False}, "bloque", False),
        ({"partages": PARTAGES}, "partage", True),
        ({"partages": ()}, "partage", False),
        ({}, "types", LIGNE),
        ({"edition": 4}, "types", ()),
        ({}, "acteur", MEDECIN),
        ({}, "mode", ModeAcces.NORMAL),
    ],
)
def test_each_fact_is_carried(change: dict[str, object], champ: str, attendu: object) -> None:
    for qualifiee in OUI_NON:
        lus = situation(**change).faits(MEDECIN, identite_qualifiee=qualifiee)
        assert getattr(lus, champ) == attendu
        assert lus.identite_qualifiee is qualifiee


def test_the_gate_narrows_as_in_ordinary_care_unless_told() -> None:
    vue = situation(interrupteurs=Interrupteurs(documents_masques=True))
    assert restriction(MEDECIN, vue).tous_masques is False
