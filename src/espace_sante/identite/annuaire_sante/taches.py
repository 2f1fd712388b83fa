"""The refresh as background work: looked at every hour, done when it is due (rules ANN-04, ANN-06)."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from espace_sante.identite.annuaire_sante.client import ClientAnnuaire, Reglages
from espace_sante.identite.annuaire_sante.copie import a_rafraichir
from espace_sante.identite.annuaire_sante.rafraichissement import rafraichir
from espace_sante.identite.annuaire_sante.source import PROPRIETAIRE
from espace_sante.identite.models import SourceAnnuaire
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.journal import Evenement, consigner


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="annuaire", pass_context=False)
def rafraichir_annuaire(timestamp: int) -> None:
    """Refresh the copy when it is due; a failure is written down with its code, and tried again the next hour."""
    maintenant = datetime.fromtimestamp(timestamp, UTC)
    reglages = Reglages.de_l_installation()
    if not reglages.base or not reglages.cle:
        return
    if not a_rafraichir(SourceAnnuaire.objects.using(PROPRIETAIRE).filter(id=1).first(), maintenant):
        return
    try:
        with ClientAnnuaire(reglages) as client:
            rafraichir(client, maintenant)
    except EspaceSanteError as erreur:
        consigner(Evenement.ERREUR, code=erreur.code, nombre=1)
