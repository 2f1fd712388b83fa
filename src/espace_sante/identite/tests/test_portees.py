"""Scopes: asked within what was granted, read letter by letter (OID-19)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.identite.portees import (
    ALIMENTATION,
    ALIMENTATION_SMART,
    PERSONNE,
    TRANSACTIONS,
    couvertes,
    etendre,
    lettres,
)

pytestmark = pytest.mark.rule("OID-19")


def test_a_smart_scope_is_its_letters() -> None:
    assert lettres("user/DocumentReference.rs") == {"user/DocumentReference.r", "user/DocumentReference.s"}
    assert lettres("patient/Observation.crus") == {f"patient/Observation.{c}" for c in "crus"}
    assert lettres("ITI-67") == {"ITI-67"}


@pytest.mark.parametrize(
    "portee",
    ["", "ITI-1", "iti-67", "user/*.rs", "user/DocumentReference.", "user/DocumentReference.sr", "user/Inconnue.r",
     "launch", "openid", "user/DocumentReference.rr", "user/DocumentReference", "x/Patient.r", "user/Patient.r\n"],
)  # fmt: skip
def test_what_is_no_scope(portee: str) -> None:
    assert lettres(portee) == frozenset()
    assert not couvertes([portee], [portee])


def test_asked_within_what_was_granted() -> None:
    accordees = ["user/DocumentReference.crs", "ITI-68"]
    assert couvertes(["user/DocumentReference.rs", "ITI-68"], accordees)
    assert couvertes(["ITI-67"], accordees), "the transaction that reading and searching stand for"
    assert not couvertes(["user/DocumentReference.rsd"[:-1] + "u"], accordees)
    assert not couvertes(["system/DocumentReference.r"], accordees)
    assert not couvertes(["user/DocumentReference.d"], accordees)
    assert not couvertes(["ITI-105", "ITI-66"], accordees)


@pytest.mark.parametrize(
    ("portees", "valent"),
    [
        (["user/DocumentReference.rs"], {"ITI-67"}),
        (["user/DocumentReference.r"], set()),
        (["user/DocumentReference.r", "user/DocumentReference.s"], {"ITI-67"}),
        (["user/DocumentReference.r", "system/DocumentReference.s"], set()),
        (["user/Binary.r"], {"ITI-68"}),
        (["system/DocumentReference.c"], {"ITI-105"}),
        (["system/DocumentReference.c", "system/List.c"], {"ITI-65", "ITI-105"}),
        (["user/List.rs"], {"ITI-66"}),
        (["patient/DocumentReference.cruds"], set()),
    ],
)
def test_smart_scopes_stand_for_transactions(portees: list[str], valent: set[str]) -> None:
    assert {p for p in etendre(portees) if p in TRANSACTIONS} == valent


@pytest.mark.rule("OID-18")
def test_feeding_scopes_read_no_document() -> None:
    """Nothing that a structure without a person may be given opens a reading."""
    assert not etendre(ALIMENTATION | ALIMENTATION_SMART) & {"ITI-66", "ITI-67", "ITI-68", "ITI-81"}


@given(st.lists(st.text(alphabet="usertipay/DocumntRfcL.I-0123456789 ", max_size=30), max_size=6))
def test_no_text_gives_more_than_was_granted(portees: list[str]) -> None:
    if couvertes(portees, PERSONNE):
        assert etendre(portees) <= etendre(PERSONNE)
