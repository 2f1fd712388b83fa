"""Working days with the public holidays of France, and months (AUD-19, DOC-64, REG-07)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.traces.jours import apres_jours_ouvres, apres_mois, feries, ouvre, paques


@pytest.mark.parametrize(
    ("annee", "jour"),
    [
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2011, (4, 24)),
        (2019, (4, 21)),
        (2024, (3, 31)),
        (2026, (4, 5)),
        (2038, (4, 25)),
        (2285, (3, 22)),
    ],
)
def test_easter_of_known_years(annee: int, jour: tuple[int, int]) -> None:
    assert paques(annee) == date(annee, *jour)


@pytest.mark.rule("AUD-19", "DOC-64")
def test_holidays_and_week_ends_do_not_count() -> None:
    # May 2026: Friday 1st, Friday 8th, Ascension Thursday 14th, Whit Monday 25th.
    assert len(feries(2026)) == 11
    for mois, jour in ((4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (12, 25)):
        assert not ouvre(date(2026, mois, jour))
    assert apres_jours_ouvres(date(2026, 4, 30), 10) == date(2026, 5, 19)
    assert apres_jours_ouvres(date(2026, 11, 23), 10) == date(2026, 12, 7)
    assert apres_jours_ouvres(date(2026, 12, 24), 1) == date(2026, 12, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 40))
def test_a_delay_ends_on_a_working_day_and_counts_them_all(depart: date, nombre: int) -> None:
    fin = apres_jours_ouvres(depart, nombre)
    jours = [depart + timedelta(days=n) for n in range(1, (fin - depart).days + 1)]
    assert ouvre(fin) and sum(map(ouvre, jours)) == nombre


@pytest.mark.rule("REG-07")
def test_one_month_ends_the_same_day_or_the_last_of_the_month() -> None:
    assert apres_mois(date(2026, 11, 22), 1) == date(2026, 12, 22)
    assert apres_mois(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert apres_mois(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert apres_mois(date(2026, 12, 15), 1) == date(2027, 1, 15)
