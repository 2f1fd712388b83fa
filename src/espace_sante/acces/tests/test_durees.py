"""Calendar months: same day, same hour in France, whatever the length of the months between (ACC-21)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.models import EquipeSoins, MembreEquipe
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel
from espace_sante.kernel.durees import PARIS, ajouter_mois
from espace_sante.kernel.ids import uuid7

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(INSTANTS, st.integers(0, 240))
def test_same_day_of_the_month_or_its_last(quand: datetime, mois: int) -> None:
    ici, fin = quand.astimezone(PARIS), ajouter_mois(quand, mois).astimezone(PARIS)
    assert (fin.year * 12 + fin.month) - (ici.year * 12 + ici.month) == mois
    if fin.day != ici.day:
        assert fin.day < ici.day
        lendemain = datetime.fromtimestamp(fin.timestamp() + 86_400 - 3600 * fin.hour + 7200, PARIS)
        assert lendemain.day == 1, "shortened only because the month ends there"
    minute, minute_fin = ici.hour * 60 + ici.minute, fin.hour * 60 + fin.minute
    # 02:30 on the Sunday when it does not exist is 03:30.
    assert minute_fin == minute or (fin.month == 3 and ici.hour == 2 and minute_fin == minute + 60)


@given(INSTANTS, INSTANTS, st.integers(0, 240))
def test_a_later_consent_never_ends_a_calendar_day_earlier(a: datetime, b: datetime, mois: int) -> None:
    premier, second = sorted((a, b))
    jour = [ajouter_mois(x, mois).astimezone(PARIS).date() for x in (premier, second)]
    assert jour[0] <= jour[1]


@pytest.mark.parametrize(
    ("quand", "mois", "attendu"),
    [
        ("2026-01-31T12:00+01:00", 1, "2026-02-28T12:00+01:00"),
        ("2027-01-31T12:00+01:00", 13, "2028-02-29T12:00+01:00"),
        ("2028-02-29T09:00+01:00", 12, "2029-02-28T09:00+01:00"),
        # The day is the French one: it is already March there.
        ("2026-02-28T23:30+00:00", 12, "2027-03-01T00:30+01:00"),
        # Winter to summer: the same hour on the clock.
        ("2026-01-15T10:00+01:00", 6, "2026-07-15T10:00+02:00"),
    ],
)
def test_ends_of_months(quand: str, mois: int, attendu: str) -> None:
    assert ajouter_mois(datetime.fromisoformat(quand), mois) == datetime.fromisoformat(attendu)


@pytest.mark.django_db
@pytest.mark.rule("ACC-21")
@pytest.mark.parametrize("debut", ["2026-03-02T10:00+01:00", "2027-03-02T10:00+01:00"])
def test_a_team_consent_ends_the_same_day_a_year_later(debut: str) -> None:
    """2027-03-02 to 2028-03-02 is 366 days: a mean month would end it the day before."""
    with time_machine.travel(datetime.fromisoformat(debut), tick=False):
        _, ins = dossier()
        medecin = professionnel()
        equipe = EquipeSoins.objects.create(id=uuid7(), nom="Médecine interne", structure_id="1990000001")
        MembreEquipe.objects.create(equipe=equipe, rpps=medecin.rpps, depuis=datetime(2020, 1, 1, tzinfo=UTC))
        vu = recueillir_consentement(medecin, ins, contexte=CONTEXTE, equipe_id=equipe.id)
    fin = vu.expire_le.astimezone(PARIS)
    assert fin.isoformat()[:16] == f"{int(debut[:4]) + 1}{debut[4:16]}"
