"""The same random changes of a deposit as tests/resistance/test_mutations.py, many more of them."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.resistance.test_entrees import PORTES, Monde
from tests.resistance.test_mutations import changer_les_noeuds, changer_les_octets

from espace_sante.interop.views import depots

pytestmark = [pytest.mark.django_db, pytest.mark.lent, pytest.mark.timeout(1800)]


@pytest.fixture
def monde(client: Client) -> Monde:
    depots._enregistrement.cache_clear()
    return Monde(client)


@pytest.mark.rule("FHR-61", "FHR-08", "FHR-09", "FHR-40")
@pytest.mark.parametrize("porte", list(PORTES))
@pytest.mark.parametrize("genre", ["pdf", "cda"])
def test_any_node_changed(porte: str, genre: str, monde: Monde) -> None:
    changer_les_noeuds(porte, genre, monde, 5000)


@pytest.mark.rule("FHR-61", "FHR-06", "FHR-07")
@pytest.mark.parametrize("porte", list(PORTES))
def test_any_byte_changed(porte: str, monde: Monde) -> None:
    changer_les_octets(porte, monde, 5000)
