"""Rights, lines and scopes of services: pure, and never wider than what was said (OID-28, CAT-36)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.appairages.choix import Ligne, droits_des, lire_lignes
from espace_sante.acces.appairages.demandes import adresse
from espace_sante.acces.appairages.droits import (
    GENRES,
    LECTURE_SEULE,
    PORTEES,
    TOUS,
    Droit,
    Sens,
    demandes,
    lire,
    portees,
)
from espace_sante.acces.appairages.secrets import defi_de, defi_tenu
from espace_sante.identite.logiciels.finalites import FINALITES
from espace_sante.identite.portees import eclater, lettres

UN = st.sampled_from(sorted(TOUS))
PLUSIEURS = st.frozensets(UN)
LIGNES = st.frozensets(st.builds(Ligne, st.sampled_from(sorted(FINALITES)), UN))


@given(LIGNES)
def test_lines_are_read_as_they_were_written(lignes: frozenset[Ligne]) -> None:
    assert lire_lignes(str(ligne) for ligne in lignes) == lignes
    assert droits_des(str(ligne) for ligne in lignes) == {ligne.droit for ligne in lignes}


@given(st.lists(st.text()))
def test_any_other_text_gives_no_right(textes: Iterable[str]) -> None:
    assert droits_des(textes) <= TOUS
    for texte in textes:
        assert lire(texte) is None or str(lire(texte)) == texte


@pytest.mark.parametrize(
    "texte", ["", "mesures.poids", "mesures.poids:lire:lire", "mesures:lire", "MESURES.POIDS:LIRE"]
)
def test_what_looks_like_a_right_is_none(texte: str) -> None:
    assert lire(texte) is None
    assert not lire_lignes([f"soins {texte}", f" {texte}"])


@pytest.mark.rule("FHR-143", "OID-28")
def test_what_nobody_writes_has_no_box() -> None:
    assert {d.genre for d in TOUS} == set(GENRES)
    assert not [d for d in TOUS if d.sens is Sens.ECRIRE and d.genre in LECTURE_SEULE]


@pytest.mark.rule("OID-19", "CAT-36")
@given(PLUSIEURS, UN)
def test_scopes_say_no_more_than_the_rights(tenus: frozenset[Droit], autre: Droit) -> None:
    donnees = portees(tenus)
    for portee in donnees:
        assert lettres(portee), "a scope that our tokens know"
        # Each letter of a scope is there for a right that was given.
        contexte = portee.rpartition(".")[0]
        assert all(demandes(f"{contexte}.{lettre}", tenus) for lettre in portee.rpartition(".")[2])
    assert eclater(donnees) <= eclater(portees(tenus | {autre})) <= eclater(PORTEES)


@pytest.mark.rule("OID-19")
@given(
    PLUSIEURS,
    st.sampled_from(
        [
            "openid",
            "ITI-67",
            "user/Observation.crus",
            "patient/*.rs",
            "patient/Observation.",
            "patient/Observation.x",
            "patient/.rs",
            "",
            "identite:ecrire",
        ]
    ),
)
def test_a_scope_of_another_kind_asks_for_nothing(offerts: frozenset[Droit], portee: str) -> None:
    assert demandes(portee, offerts) == frozenset()


@given(PLUSIEURS, UN)
def test_a_right_named_by_itself_is_asked_when_it_is_offered(offerts: frozenset[Droit], droit: Droit) -> None:
    assert demandes(str(droit), offerts) == ({droit} & offerts)


@pytest.mark.rule("OID-28")
@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=43, max_size=128), st.text()
)
def test_only_its_verifier_answers_a_challenge(verifieur: str, autre: str) -> None:
    assert defi_tenu(defi_de(verifieur), verifieur)
    assert autre == verifieur or not defi_tenu(defi_de(verifieur), autre)
    assert not defi_tenu(verifieur[:43], verifieur), "plain is not S256"


def test_the_answer_is_added_to_what_the_address_had() -> None:
    assert adresse("https://a.test/r?b=1", code="x y", state="").startswith(
        "https://a.test/r?b=1&code=x+y&iss="
    )
