"""A share in the pure decision: every combination against a naive reading of ADR 0016."""

from __future__ import annotations

import itertools

import pytest

from espace_sante.acces.dicah import (
    EtatConsentement,
    EtatLettre,
    Faits,
    Interrupteurs,
    Lettre,
    Urgence,
    decide,
)
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAcces


@pytest.mark.rule("ACC-02", "ACC-12", "ACC-48", "ACC-74", "EMG-03")
def test_every_combination_against_a_naive_reading() -> None:
    vus = 0
    for systeme, etat, ins, consentement, bloque, mode, fenetre, partage in itertools.product(
        ("TRE_G15", "TRE_R94", "TRE_R95", "TRE_R85"),
        (EtatProfil.ACTIVE, EtatProfil.CREE_AUTO, EtatProfil.SUSPENDU, None),
        (True, False),
        EtatConsentement,
        (True, False),
        ModeAcces,
        (True, False),
        (True, False),
    ):
        if (consentement is EtatConsentement.INTERDITE) != bloque:
            continue  # the same fact, told twice
        acteur = Acteur(
            genre=GenreActeur.PROFESSIONNEL, rpps="99000000001", profession_systeme=systeme,
            deux_facteurs=True, regulation=True,
        )  # fmt: skip
        faits = Faits(
            acteur, True, etat, ins, consentement, ("11488-4",), True, bloque, mode,
            Urgence(Interrupteurs(), fenetre, False), partage,
        )  # fmt: skip
        decision = decide(faits)
        par_partage = (
            etat in {EtatProfil.ACTIVE, EtatProfil.CREE_AUTO}
            and ins
            and partage
            and not bloque
            and mode == "normal"
            and consentement in {"expiree", "inexistante"}
            and systeme == "TRE_G15"
        )
        assert decision.par_partage is par_partage
        if decision.etat(Lettre.D) is EtatLettre.TENUE and ins:
            attendu = (consentement == "valide" or par_partage) if mode == "normal" else fenetre
            assert (decision.etat(Lettre.C) is EtatLettre.TENUE) is (attendu and not bloque)
        vus += 1
    assert vus > 1_000
