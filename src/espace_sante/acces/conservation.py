"""Hourly: what has had its time goes, as the published table says (rule REG-13).

Copies are destroyed by their own job; sessions and finished jobs by the room `taches`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from axes.models import AccessAttempt
from procrastinate.contrib.django import app

from espace_sante.identite.models import BlocageConnexion, CodeUsageUnique

# After it a hold no longer counts for the length of the next one (IDN-39).
_OUBLI = timedelta(days=1)


@app.periodic(cron="17 * * * *")
@app.task(name="conservation.menage", queueing_lock="conservation.menage")
def menage(timestamp: int) -> None:
    """Codes past their time, holds and failed logins that no longer count."""
    oublier(datetime.fromtimestamp(timestamp, UTC))


def oublier(maintenant: datetime) -> None:
    """The same, at a given time."""
    CodeUsageUnique.objects.filter(expire_le__lt=maintenant).delete()
    BlocageConnexion.objects.filter(jusqua__lt=maintenant - _OUBLI).delete()
    # What was typed as an identifier is kept there in clear.
    AccessAttempt.objects.filter(attempt_time__lt=maintenant - _OUBLI).delete()
