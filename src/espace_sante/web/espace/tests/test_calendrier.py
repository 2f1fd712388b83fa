from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from espace_sante.web.espace.calendrier import date_longue, jour_en_mots, moment_en_mots, naissance_en_mots

REPERE = date(2026, 11, 22)


def test_days_in_words() -> None:
    assert jour_en_mots(REPERE, repere=REPERE) == "aujourd’hui"
    assert jour_en_mots(REPERE - timedelta(days=1), repere=REPERE) == "hier"
    assert jour_en_mots(date(2026, 3, 3), repere=REPERE) == "mardi 3 mars"
    assert jour_en_mots(date(2025, 8, 1), repere=REPERE) == "vendredi 1er août 2025"
    assert jour_en_mots(REPERE + timedelta(days=1), repere=REPERE) == "lundi 23 novembre"
    assert date_longue(date(2026, 3, 3)) == "3 mars 2026"


def test_the_clock_is_that_of_paris() -> None:
    instant = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
    assert moment_en_mots(instant, repere=REPERE) == "mardi 3 mars à 14\u00a0h\u00a005"
    assert jour_en_mots(datetime(2026, 6, 30, 22, 30, tzinfo=UTC), repere=REPERE) == "mercredi 1er juillet"


def test_partial_birth_dates() -> None:
    assert naissance_en_mots("1980-03-01") == "1er mars 1980"
    assert naissance_en_mots("1980-03") == naissance_en_mots("1980-03-00") == "mars 1980"
    assert naissance_en_mots("1980") == "1980"
    assert naissance_en_mots("") == "date inconnue"
    assert naissance_en_mots("1980-02-30") == "1980-02-30"


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_instant_has_words(instant: datetime) -> None:
    assert moment_en_mots(instant if instant.year > 1 else instant.replace(year=2)).strip()
