"""One large body at a time in a process, one that waits; the others are told to come back (FHR-17)."""

from __future__ import annotations

import threading

import pytest

from espace_sante.interop.fhir.affluence import GRAND, Affluence
from espace_sante.interop.fhir.constats import RefusFhir

pytestmark = pytest.mark.rule("FHR-17")


def _refuse(affluence: Affluence) -> bool:
    try:
        with affluence.entrer(GRAND):
            return False
    except RefusFhir as refus:
        return (refus.statut, refus.constats[0].code) == (503, "affluence")


def test_small_bodies_never_wait() -> None:
    affluence = Affluence(0)
    with affluence.entrer(GRAND), affluence.entrer(GRAND - 1), affluence.entrer(0):
        pass


def test_the_place_is_given_back_even_after_a_failure() -> None:
    affluence = Affluence(0)
    with pytest.raises(ZeroDivisionError), affluence.entrer(GRAND):
        raise ZeroDivisionError
    assert not _refuse(affluence)


def test_a_wait_that_lasts_is_refused() -> None:
    affluence = Affluence(0.01)
    with affluence.entrer(GRAND):
        assert _refuse(affluence)
    assert not _refuse(affluence)


def test_only_one_waits() -> None:
    affluence = Affluence(20)
    entre, vu = threading.Event(), []
    with affluence.entrer(GRAND):

        def attendre() -> None:
            entre.set()
            vu.append(_refuse(affluence))

        fil = threading.Thread(target=attendre)
        fil.start()
        entre.wait()
        while affluence._file.acquire(blocking=False):  # until that thread waits in its place
            affluence._file.release()
        assert _refuse(affluence)
    fil.join()
    assert vu == [False]
