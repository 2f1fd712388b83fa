"""The watch as background work: four times an hour (rule AUD-21)."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from espace_sante.acces.surveillance import surveiller
from espace_sante.platform.journal import Evenement, consigner


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="veille", pass_context=False)
def veille(timestamp: int) -> None:
    """Keep the new alerts; the journal gets their number."""
    neuves = surveiller(datetime.fromtimestamp(timestamp, UTC))
    if neuves:
        consigner(Evenement.ERREUR, code="veille", nombre=neuves)
