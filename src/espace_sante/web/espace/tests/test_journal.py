"""The history by day: nothing lost, repeated acts in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.web.espace.journal import par_jour
from espace_sante.web.espace.tests.test_phrases import TRACE

REPERE = date(2026, 3, 4)


@pytest.mark.rule("AUD-05")
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["lecture", "liste"])), max_size=60))
def test_every_trace_is_in_exactly_one_line(actes: list[tuple[int, str]]) -> None:
    quand, traces = datetime(2026, 3, 3, 23, 30, tzinfo=UTC), []
    for rang, (minutes, action) in enumerate(actes):
        quand -= timedelta(minutes=minutes)
        traces.append(replace(TRACE, id=UUID(int=rang), quand=quand, action=action))
    jours = par_jour(traces, repere=REPERE)
    assert sum(ligne.fois for j in jours for ligne in j.lignes) == len(traces)
    assert [j.jour for j in jours] == sorted({j.jour for j in jours}, reverse=True)
    for jour in jours:
        assert all(ligne.debut <= ligne.fin for ligne in jour.lignes)


def test_repeated_acts_say_how_many_times() -> None:
    un = replace(TRACE, action="liste", document_titre="", document_ids=[])
    deux = replace(un, quand=un.quand - timedelta(minutes=3))
    (jour,) = par_jour([un, deux], repere=REPERE)
    assert jour.titre == "Hier"
    assert [ligne.heures for ligne in jour.lignes] == ["de 14\u00a0h\u00a002 à 14\u00a0h\u00a005, 2 fois"]
    (jour,) = par_jour([un, TRACE], repere=REPERE)
    assert [ligne.fois for ligne in jour.lignes] == [1, 1]
