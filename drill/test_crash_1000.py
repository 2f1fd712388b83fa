"""1 000 deposits, kill -9 of server and database many times on the way (issue 2, done when)."""

from __future__ import annotations

import pytest
from tests.resistance.accidents import eprouver, verifier
from tests.resistance.installation import installation

pytestmark = [pytest.mark.lent, pytest.mark.timeout(1800)]


@pytest.mark.rule("AUD-01", "AUD-04", "FHR-40", "FHR-61", "FHR-57", "CDA-09", "DOC-15", "FHR-79")
def test_acknowledged_deposits_survive_many_kills() -> None:
    with installation() as ici:
        verifier(eprouver(ici, depots=1000, accidents=15, clients=8, graine=1000))
