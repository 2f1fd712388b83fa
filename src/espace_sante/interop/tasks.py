"""Background work of the room, found by the queue at start."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from espace_sante.acces.abonnements import envois, suivi


# No `lock`: a job whose worker was killed would hold it for ever. Two runs at once share the work, line by line.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="abonnements", pass_context=False)
def prevenir_les_abonnes(timestamp: int) -> None:
    """Each minute: find the new documents of watched records, and tell their subscribers (FHR-168, FHR-169)."""
    # Every command finds the queue's tasks at its start: the words of FHIR are read by the worker alone.
    from espace_sante.interop.annonces import rediger

    maintenant = datetime.fromtimestamp(timestamp, UTC)
    suivi.relever(maintenant)
    while envois.restent(maintenant := datetime.now(UTC)):
        envois.livrer(maintenant, rediger=rediger)
    suivi.oublier(maintenant)
