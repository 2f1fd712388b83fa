"""The pure decision: every combination of facts against a naive reading of the rulebook."""

from __future__ import annotations

import itertools

import pytest

from espace_sante.acces.dicah import CODES, ORDRE, EtatConsentement, EtatLettre, Faits, Lettre, decide
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAuthentification

OUVERTS = {"CREE_AUTO", "ACTIVE"}


def _faits(genre, mode, deux, actif, etat, qualifiee, consentement, types, opposable) -> Faits:
    acteur = Acteur(genre=genre, deux_facteurs=deux, mode_authentification=mode, rpps="99000000001")
    return Faits(acteur, actif, etat, qualifiee, consentement, types, opposable)


@pytest.mark.rule(
    "ACC-01", "ACC-02", "ACC-05", "ACC-08", "ACC-11", "ACC-30", "ACC-31", "ACC-41", "IDN-51", "IDN-58"
)
def test_every_combination_against_a_naive_reading() -> None:
    vus = 0
    for combinaison in itertools.product(
        GenreActeur,
        ModeAuthentification,
        (True, False),
        (True, False),
        (*EtatProfil, None),
        (True, False),
        EtatConsentement,
        ((), ("11488-4",)),
        (True, False),
    ):
        genre, mode, deux, actif, etat, qualifiee, consentement, types, opposable = combinaison
        pro = genre == "professionnel"
        a = deux and mode in ("DIRECTE", "INDIRECTE_RENFORCEE") and (actif or not pro)
        d = etat in OUVERTS
        c = consentement == "valide"
        h = pro and opposable and bool(types)
        if not a:
            attendu = "mnnnn"
        elif not d:
            attendu = "tmnnn"
        elif not qualifiee:
            attendu = "ttmnn"
        else:
            attendu = "ttt" + ("t" if c else "m") + ("t" if h else "m")
        decision = decide(_faits(*combinaison))
        assert decision.abrege == attendu
        assert decision.accordee is (attendu == "ttttt")
        vus += 1
    assert vus >= 24_192


@pytest.mark.rule("ACC-02")
def test_order_codes_and_nothing_after_the_first_missing_letter() -> None:
    assert [lettre.value for lettre in ORDRE] == ["A", "D", "I", "C", "H"]
    faits = _faits(
        GenreActeur.PROFESSIONNEL, ModeAuthentification.DIRECTE, True, True, EtatProfil.ACTIVE, True,
        EtatConsentement.INEXISTANTE, (), True,
    )  # fmt: skip
    decision = decide(faits)
    assert decision.code == CODES[Lettre.C] == "consentement_absent"
    assert decision.etat(Lettre.H) is EtatLettre.MANQUANTE
    assert set(CODES.values()) == {
        "authentification_insuffisante", "dossier_indisponible", "ins_non_qualifiee", "consentement_absent",
        "habilitation_absente",
    }  # fmt: skip
