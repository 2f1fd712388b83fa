"""The pure decision in every mode: C and H against a naive reading, and what a refusal says of them.

The letters A, D and I, in every combination, are in test_dicah.py. No database: `make mutations` runs these.
"""

from __future__ import annotations

import itertools
from dataclasses import fields, replace

import pytest

from espace_sante.acces import dicah
from espace_sante.acces.dicah import (
    CODES,
    Decision,
    EtatConsentement,
    EtatLettre,
    Faits,
    Interrupteurs,
    Lettre,
    Urgence,
    decide,
)
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAcces, ModeAuthentification

OUI_NON = (True, False)


def faits(**autres: object) -> Faits:
    """A doctor with everything but what is said otherwise; words of the actor go to the actor."""
    de_l_acteur = {c: autres.pop(c) for c in list(autres) if c in {f.name for f in fields(Acteur)}}
    acteur = Acteur(
        **{  # type: ignore[arg-type]
            "genre": GenreActeur.PROFESSIONNEL, "rpps": "99000000001", "profession_systeme": "TRE_G15",
            "deux_facteurs": True, **de_l_acteur,
        }
    )  # fmt: skip
    valeurs: dict[str, object] = {
        "acteur": acteur, "actif": True, "etat": EtatProfil.ACTIVE, "identite_qualifiee": True,
        "consentement": EtatConsentement.VALIDE, "types": ("11488-4",), "matrice_opposable": True, **autres,
    }  # fmt: skip
    return Faits(**valeurs)  # type: ignore[arg-type]


@pytest.mark.rule(
    "ACC-01", "ACC-02", "ACC-11", "ACC-41", "ACC-48", "ACC-71", "ACC-74", "EMG-01", "EMG-02", "EMG-03", "EMG-06",
    "EMG-09", "EMG-10", "EMG-12", "EMG-17",
)  # fmt: skip
def test_c_and_h_in_every_mode_against_a_naive_reading() -> None:
    vus = 0
    for combinaison in itertools.product(
        ("TRE_G15", "TRE_R94"), (GenreActeur.PROFESSIONNEL, GenreActeur.STRUCTURE), EtatConsentement, ((), ("A",)),
        OUI_NON, OUI_NON, ModeAcces, OUI_NON, OUI_NON, OUI_NON, OUI_NON, OUI_NON, OUI_NON,
    ):  # fmt: skip
        (systeme, genre, consentement, types, opposable, bloque, mode, regulation, samu, bris, fenetre, peut,
         partage) = combinaison  # fmt: skip
        sante = systeme == "TRE_G15"
        par_partage = False
        if mode == "normal":
            manque = "consentement_absent"
            if bloque:
                manque = "professionnel_bloque"
            elif consentement == "valide":
                manque = ""
            elif partage and sante and consentement in ("expiree", "inexistante"):
                manque, par_partage = "", True
        elif bloque and not peut:
            manque = "professionnel_bloque"
        elif not (bris if mode == "bris_de_glace" else samu):
            manque = "oppose_par_titulaire"
        elif not fenetre:
            manque = "urgence_sans_motif"
        else:
            manque = ""
        h = genre == "professionnel" and opposable and bool(types)
        if mode != "normal" and not sante:
            h = False
        if mode == "centre_15" and not regulation:
            h = False
        decision = decide(
            faits(
                profession_systeme=systeme, genre=genre, regulation=regulation, consentement=consentement, types=types,
                matrice_opposable=opposable, bloque=bloque, mode=mode, partage=partage,
                urgence=Urgence(Interrupteurs(samu, bris), fenetre, peut),
            )
        )  # fmt: skip
        assert decision.abrege == "ttt" + ("m" if manque else "t") + ("t" if h else "m"), combinaison
        assert decision.accordee is (not manque and h)
        assert decision.code == (manque or ("" if h else "habilitation_absente")), combinaison
        assert decision.code_de(Lettre.C) == (manque or "consentement_absent")
        assert decision.par_partage is par_partage
        vus += 1
    assert vus == 24_576


@pytest.mark.rule("ACC-02")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"deux_facteurs": False}, "authentification_insuffisante"),
        ({"mode_authentification": ModeAuthentification.INDIRECTE}, "authentification_insuffisante"),
        ({"actif": False}, "authentification_insuffisante"),
        ({"etat": None}, "dossier_indisponible"),
        ({"identite_qualifiee": False}, "ins_non_qualifiee"),
        ({"consentement": EtatConsentement.EXPIREE}, "consentement_absent"),
        ({"bloque": True}, "professionnel_bloque"),
        ({"types": ()}, "habilitation_absente"),
        ({}, ""),
    ],
)
def test_the_code_is_that_of_the_first_missing_letter(change: dict[str, object], code: str) -> None:
    decision = decide(faits(**change))
    assert decision.code == code
    assert decision.accordee is (code == "")
    for lettre in Lettre:
        sien = (
            "professionnel_bloque" if lettre is Lettre.C and code == "professionnel_bloque" else CODES[lettre]
        )
        assert decision.code_de(lettre) == sien


@pytest.mark.rule("ACC-02")
def test_each_letter_is_told_as_it_was_judged() -> None:
    decision = decide(faits(identite_qualifiee=False))
    assert [decision.etat(x) for x in Lettre] == [
        EtatLettre.TENUE, EtatLettre.TENUE, EtatLettre.MANQUANTE, EtatLettre.NON_EXAMINEE, EtatLettre.NON_EXAMINEE,
    ]  # fmt: skip
    assert [lettre for lettre, _ in decision.lettres] == list(Lettre)
    # C is told by its own code only where it was judged.
    assert decision.code_c == "consentement_absent"
    assert Decision(decision.lettres).code_c == "consentement_absent"
    assert not decision.par_partage


@pytest.mark.rule("EMG-12")
@pytest.mark.parametrize("mode", [ModeAcces.BRIS_DE_GLACE, ModeAcces.CENTRE_15])
def test_what_a_declaration_would_change_is_the_declaration_alone(mode: ModeAcces) -> None:
    for interrupteurs, peut in itertools.product(
        (Interrupteurs(), Interrupteurs(False, False, True)), OUI_NON
    ):
        avant = faits(mode=mode, bloque=True, urgence=Urgence(interrupteurs, False, peut), regulation=True)
        apres = avant.avec_fenetre()
        assert apres.urgence == Urgence(interrupteurs, True, peut)
        assert replace(apres, urgence=avant.urgence) == avant
        assert apres.avec_fenetre() == apres


@pytest.mark.rule("EMG-05", "EMG-07")
def test_defaults_until_the_holder_answers() -> None:
    assert Interrupteurs() == Interrupteurs(samu=True, bris_de_glace=True, documents_masques=False)
    assert Urgence() == Urgence(Interrupteurs(), fenetre=False, bloque_peut=False)


@pytest.mark.rule("ACC-74", "EMG-17")
@pytest.mark.parametrize(
    ("systeme", "a_un_mode"), [("TRE_G15", True), ("TRE_R94", False), ("TRE_R95", False), ("TRE_R85", False), ("", False)]
)  # fmt: skip
def test_health_professions_alone_have_emergency_modes(systeme: str, a_un_mode: bool) -> None:
    assert (
        dicah.a_un_mode_d_urgence(Acteur(GenreActeur.PROFESSIONNEL, profession_systeme=systeme)) is a_un_mode
    )
