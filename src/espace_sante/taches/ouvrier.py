"""The worker: runs what is queued, and the periodic cleaning of what has had its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="menage", pass_context=False)
def menage(timestamp: int) -> None:
    """Hourly: ended sessions, and finished jobs older than a day (REG-13)."""
    maintenant = datetime.fromtimestamp(timestamp, UTC)
    Session.objects.filter(expire_date__lt=maintenant).delete()
    vieux = maintenant - timedelta(days=1)
    ProcrastinateJob.objects.filter(status__in=["succeeded", "cancelled"], scheduled_at__lt=vieux).delete()


def travailler(concurrence: int = 1) -> None:
    """Work until interrupted."""
    avec_connecteur = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    avec_connecteur.run_worker(concurrency=concurrence, install_signal_handlers=True)
