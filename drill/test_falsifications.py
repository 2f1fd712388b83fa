"""100 000 traces, and each way to falsify their log: found, and the first bad entry named (issue 3, done when)."""

from __future__ import annotations

import pytest

from espace_sante.traces.journal_scelle.tests.atelier import Journal
from espace_sante.traces.journal_scelle.tests.conftest import journal  # noqa: F401
from espace_sante.traces.journal_scelle.tests.falsifications import FALSIFICATIONS
from espace_sante.traces.journal_scelle.tests.test_falsifications import eprouver

pytestmark = [pytest.mark.lent, pytest.mark.timeout(600)]


@pytest.mark.rule("AUD-14", "AUD-15")
@pytest.mark.parametrize(
    ("falsifier", "code", "exact"), FALSIFICATIONS, ids=[f.__name__ for f, _, _ in FALSIFICATIONS]
)
def test_it_is_found_among_100_000(journal: Journal, falsifier, code: str, exact: bool) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    eprouver(journal, falsifier, code, exact, lot=25_000, rang=6_000)
