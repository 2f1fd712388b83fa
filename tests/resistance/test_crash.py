"""kill -9 of server and database in the middle of deposits; the large version is drill/test_crash_1000.py."""

from __future__ import annotations

import pytest

from tests.resistance.accidents import eprouver, verifier
from tests.resistance.installation import installation

pytestmark = pytest.mark.lent


@pytest.mark.rule("AUD-01", "AUD-04", "FHR-40", "FHR-61", "FHR-57", "CDA-09", "DOC-15", "FHR-79")
def test_acknowledged_deposits_survive_kill_9() -> None:
    with installation() as ici:
        verifier(eprouver(ici, depots=60, accidents=2, clients=6, graine=20))
