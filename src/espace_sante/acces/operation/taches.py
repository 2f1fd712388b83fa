"""Background work asked by operators and publishers (ADR 0018), and notices to publishers (OID-33)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from procrastinate.contrib.django import app

from espace_sante.acces.operation import certificats, execution_logiciels
from espace_sante.acces.operation.execution import executer
from espace_sante.identite import decouple, liens


@app.task(pass_context=False)
def executer_demande_matrice(demande_id: str) -> None:
    """Do one demand for the matrix, as owner."""
    executer(UUID(demande_id))


@app.task(pass_context=False)
def executer_demande_logiciel(demande_id: str) -> None:
    """Make the program of one demand, as owner."""
    execution_logiciels.executer(UUID(demande_id))


@app.periodic(cron="41 6 * * *")
@app.task(queueing_lock="certificats", pass_context=False)
def annoncer_certificats(timestamp: int) -> None:
    """Tell publishers whose certificate nears its end."""
    certificats.annoncer(datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="liens", pass_context=False)
def purger_liens(timestamp: int) -> None:
    """Forget links to the portal that nobody followed in time, and decoupled logins (OID-37, OID-09)."""
    maintenant = datetime.fromtimestamp(timestamp, UTC)
    liens.purger(maintenant)
    decouple.purger(maintenant)
