"""The state machine of identity statuses (INS-04, IDN-13, IDN-15)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.identite.insi import statuts
from espace_sante.identite.insi.erreurs import IdentiteRefusee
from espace_sante.identite.insi.statuts import Attribut, EtatIdentite, StatutIdentite
from espace_sante.kernel.traits import Traits

P, R, V, Q = StatutIdentite
TRAITS = Traits("MARTIN", "LOU", "1978-03-02", "F", "14118")
etats = st.builds(EtatIdentite, st.sampled_from(StatutIdentite), st.frozensets(st.sampled_from(Attribut)))


@pytest.mark.rule("INS-04", "IDN-13")
@pytest.mark.parametrize(
    ("depart", "apres_insi", "apres_piece"), [(P, R, V), (R, R, Q), (V, Q, V), (Q, Q, Q)]
)
def test_the_two_ways(
    depart: StatutIdentite, apres_insi: StatutIdentite, apres_piece: StatutIdentite
) -> None:
    assert statuts.recuperer(EtatIdentite(depart), TRAITS).statut is apres_insi
    assert statuts.valider(EtatIdentite(depart), TRAITS).statut is apres_piece


@pytest.mark.rule("INS-04", "IDN-15")
@pytest.mark.parametrize(
    ("attribut", "code"), [(Attribut.DOUTEUX, "identite_douteuse"), (Attribut.FICTIF, "identite_fictive")]
)
@pytest.mark.parametrize("depart", StatutIdentite)
def test_doubtful_or_invented_is_never_qualified(
    attribut: Attribut, code: str, depart: StatutIdentite
) -> None:
    etat = statuts.marquer(EtatIdentite(depart), attribut)
    assert etat.statut is P
    for chemin in (statuts.recuperer, statuts.valider):
        with pytest.raises(IdentiteRefusee) as refus:
            chemin(etat, TRAITS)
        assert refus.value.code == code
    # Lifted, everything is to be earned again.
    assert statuts.lever(etat, attribut) == EtatIdentite(P)


@pytest.mark.rule("INS-04", "IDN-15")
def test_a_namesake_asks_for_a_check_of_the_five_traits() -> None:
    etat = statuts.marquer(EtatIdentite(R), Attribut.HOMONYME)
    assert etat.statut is R
    with pytest.raises(IdentiteRefusee, match="cinq traits"):
        statuts.valider(etat, TRAITS)
    assert statuts.valider(etat, TRAITS, cinq_traits_verifies=True).qualifiee


@pytest.mark.rule("IDN-09")
@pytest.mark.parametrize("champ", ["nom_naissance", "prenoms", "date_naissance", "sexe", "lieu_naissance"])
def test_the_five_traits_are_needed(champ: str) -> None:
    with pytest.raises(IdentiteRefusee) as refus:
        statuts.valider(EtatIdentite(R), replace(TRAITS, **{champ: ""}))
    assert refus.value.code == "traits_incomplets"
    assert statuts.valider(EtatIdentite(P), replace(TRAITS, **{champ: ""})).statut is V


@pytest.mark.rule("INS-04")
@given(
    etats, st.lists(st.sampled_from(["insi", "piece", *Attribut, *[f"-{a}" for a in Attribut]]), max_size=12)
)
def test_whatever_happens_nobody_doubtful_is_qualified(etat: EtatIdentite, suite: list[str]) -> None:
    etat = EtatIdentite(StatutIdentite.PROVISOIRE, etat.attributs)
    recupere = valide = False
    for evenement in suite:
        try:
            if evenement == "insi":
                etat, recupere = statuts.recuperer(etat, TRAITS, cinq_traits_verifies=True), True
            elif evenement == "piece":
                etat, valide = statuts.valider(etat, TRAITS, cinq_traits_verifies=True), True
            elif evenement.startswith("-"):
                etat = statuts.lever(etat, Attribut(evenement[1:]))
            else:
                etat = statuts.marquer(etat, Attribut(evenement))
        except IdentiteRefusee:
            continue
        if etat.statut is P:
            recupere = valide = False
        assert not (etat.qualifiee and etat.attributs & {Attribut.DOUTEUX, Attribut.FICTIF})
        # Both ways, since the last doubt: neither alone qualifies.
        assert etat.qualifiee == (recupere and valide)


@pytest.mark.rule("INS-04", "IDN-13")
def test_codes_of_fr_core() -> None:
    assert EtatIdentite(R).codes_fhir == ("RECD",)
    assert EtatIdentite(Q, frozenset({Attribut.HOMONYME})).codes_fhir == ("VALI", "HOMD")
    assert EtatIdentite(P, frozenset({Attribut.FICTIF, Attribut.DOUTEUX})).codes_fhir == (
        "PROV",
        "DOUT",
        "FICT",
    )
