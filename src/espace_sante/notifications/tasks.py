"""Background work: each minute the outbox is emptied, by one job (rules DOC-68, EMG-11)."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from espace_sante.notifications import ecriture
from espace_sante.notifications.envois import envoyer_dus


# No `lock`: a job whose worker was killed would hold it for ever. Two runs at once share the work, line by line.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="avis", pass_context=False)
def envoyer_avis(timestamp: int) -> None:
    """Send what is due, in batches, until nothing is."""
    while ecriture.dus(maintenant := datetime.now(UTC), 1):
        envoyer_dus(maintenant)
