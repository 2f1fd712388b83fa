"""Background work: each night, what is due on documents (rules DOC-35, DOC-48, DOC-49)."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from espace_sante.acces import echeances


@app.periodic(cron="23 3 * * *")
@app.task(queueing_lock="echeances_documents", pass_context=False)
def echeances_documents(timestamp: int) -> None:
    """Once a day, in batches over all records."""
    echeances.executer(datetime.fromtimestamp(timestamp, UTC))
