"""Differences between what we have and what INSi says; the pivot of FranceConnect (INS-11, INS-12, OID-26)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from espace_sante.identite.insi.erreurs import DemandeRefusee
from espace_sante.identite.insi.modeles import DemandeTraits, Individu
from espace_sante.identite.insi.pivot import traits_du_pivot
from espace_sante.identite.insi.rapprochement import ecarts, empreinte, meme_personne_que_le_pivot
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import Traits

ICI = Traits("D'Été-Martin", "Zoé Anne", "1978-03-02", "F", "2A004")
PIVOT = {
    "family_name": "MARTIN", "given_name": "Claire Louise", "gender": "female", "birthdate": "1978-03-02",
    "birthplace": "14118", "birthcountry": "99100",
}  # fmt: skip


@pytest.mark.rule("INS-11")
@pytest.mark.parametrize(
    ("insi", "differents"),
    [
        (Traits("D ETE MARTIN", "ZOE ANNE", "1978-03-02", "F", "2a004"), []),
        (replace(ICI, prenoms="ZOE"), ["prenoms"]),
        (replace(ICI, date_naissance="1978-03-00"), ["date_naissance"]),
        (replace(ICI, sexe="M", lieu_naissance=""), ["sexe", "lieu_naissance"]),
        (replace(ICI, nom_naissance="MARTIN"), ["nom_naissance"]),
    ],
)
def test_equal_after_folding_or_shown(insi: Traits, differents: list[str]) -> None:
    assert [e.trait for e in ecarts(ICI, insi)] == differents


@pytest.mark.rule("INS-11")
def test_an_unknown_day_is_one_whether_it_is_written_or_not() -> None:
    assert not ecarts(replace(ICI, date_naissance="1965"), replace(ICI, date_naissance="1965-00-00"))
    assert ecarts(replace(ICI, date_naissance="1965"), replace(ICI, date_naissance="1965-01-01"))


@pytest.mark.rule("INS-11", "INS-15")
def test_what_is_approved_is_one_answer_and_shows_nobody() -> None:
    ins = Ins.lire("279035121518989", OID_TEST)
    une = Individu(ins, ICI)
    assert empreinte(une) == empreinte(Individu(ins, replace(ICI)))
    assert empreinte(une) != empreinte(Individu(ins, replace(ICI, prenoms="ZOE")))
    assert "7903" not in f"{une!r}{ecarts(ICI, replace(ICI, prenoms='X'))[0]!r}"


@pytest.mark.rule("INS-12", "OID-26", "INS-13")
@pytest.mark.parametrize(
    ("change", "lieu"),
    [
        ({}, "14118"),
        ({"birthplace": "", "birthcountry": "99352"}, "99352"),
        ({"birthplace": "", "birthcountry": "99100"}, ""),
        ({"birthplace": "", "birthcountry": ""}, ""),
        ({"birthplace": "2a004"}, "2A004"),
        ({"birthplace": "Caen"}, ""),
    ],
)
def test_the_place_of_a_pivot(change: dict[str, str], lieu: str) -> None:
    traits = traits_du_pivot({**PIVOT, **change})
    assert traits.lieu_naissance == lieu
    assert (traits.sexe, traits.prenoms) == ("F", "Claire Louise")


@pytest.mark.rule("INS-12", "OID-26")
@pytest.mark.parametrize("absent", ["family_name", "given_name", "gender", "birthdate"])
@pytest.mark.parametrize("valeur", [None, "", 12, ["x"], "x" * 300])
def test_a_pivot_that_lacks_a_trait_leads_nowhere(absent: str, valeur: object) -> None:
    with pytest.raises(DemandeRefusee):
        traits_du_pivot({**PIVOT, absent: valeur})


@pytest.mark.rule("INS-12", "OID-26")
def test_same_sex_and_same_birth_date() -> None:
    pivot = traits_du_pivot(PIVOT)
    bon = Traits("MARTIN", "CLAIRE LOUISE", "1978-03-02", "F", "14118")
    assert meme_personne_que_le_pivot(pivot, bon)
    assert not meme_personne_que_le_pivot(pivot, replace(bon, sexe="M"))
    assert not meme_personne_que_le_pivot(pivot, replace(bon, date_naissance="1978-03-03"))
    # FranceConnect writes 01 for what the civil status does not know.
    presumee = replace(pivot, date_naissance="1978-01-01")
    assert meme_personne_que_le_pivot(presumee, replace(bon, date_naissance="1978-00-00"))


@pytest.mark.rule("INS-13", "INS-11")
def test_what_is_sent_of_a_partial_date_and_of_a_country() -> None:
    demande = DemandeTraits.des_traits(Traits("X", "Y Z", "1965-07", "M", "99352"))
    assert (demande.lunaire, demande.lieu_naissance, demande.prenoms) == ("1965-07-00", "99352", ("Y", "Z"))
