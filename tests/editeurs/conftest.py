"""A sandbox as a publisher has it: the product started by `espace-sante demo`, as the quick start says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.editeurs.bac import Bac
from tests.navigateur.lancement import a_part

# What `demo` takes when nobody says anything: the quick start does not.
_GRAINE = 1


@pytest.fixture(scope="package")
def bac() -> Iterator[Bac]:
    with a_part(_GRAINE) as installation:
        yield Bac(installation)
