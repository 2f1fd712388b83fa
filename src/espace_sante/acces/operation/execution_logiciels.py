"""Making the program that was asked, with the owner's connection: in the worker only (OID-31, OID-34, ADR 0018).

What the web process says of the operator is not believed: the account and its role are read again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from espace_sante.acces.operation.logiciels import ROLE, attestee
from espace_sante.identite.logiciels import gestion
from espace_sante.identite.logiciels.fiche import relire
from espace_sante.identite.models import DecisionLogiciel, DemandeLogiciel, Operateur, SuiteLogiciel
from espace_sante.kernel.errors import EspaceSanteError


class InscriptionRefusee(EspaceSanteError):
    """Codes `non_approuvee`, `operateur_inconnu`, `refusee`."""


def executer(demande_id: UUID, *, base: str = gestion.PROPRIETAIRE) -> SuiteLogiciel | None:
    """Make the program of a demand, once, and keep what came of it. None when it is done already."""
    connections[base].ensure_connection()
    production = str(settings.ES_INSTANCE) == "production"
    with transaction.atomic(using=base):
        demande = DemandeLogiciel.objects.using(base).select_for_update().filter(id=demande_id).first()
        if demande is None or SuiteLogiciel.objects.using(base).filter(demande_id=demande_id).exists():
            return None
        refus = ""
        try:
            with transaction.atomic(using=base):
                if production:
                    _exiger_accord(demande_id, base)
                gestion.inscrire(demande, production=production, base=base)
                fiche = relire(demande.fiche)
                passee = attestee(fiche) if production else None
                # The conformance run is that of documents: a service that people pair with makes none (OID-34).
                sans_parcours = not settings.ES_CONFORMITE or fiche.service is not None
                if passee is not None or (production and sans_parcours):
                    gestion.ouvrir_production(demande.client_id, passee.le if passee else None, base=base)
        except EspaceSanteError as erreur:
            refus = erreur.code[:40]
        return SuiteLogiciel.objects.using(base).create(
            demande_id=demande_id, quand=datetime.now(UTC), refus=refus
        )


def _exiger_accord(demande_id: UUID, base: str) -> None:
    decision = DecisionLogiciel.objects.using(base).filter(demande_id=demande_id).first()
    if decision is None:
        raise InscriptionRefusee("non_approuvee", "Personne n'a approuvé cette demande.")
    operateur = Operateur.objects.using(base).filter(id=decision.operateur_id, desactive_le=None).first()
    if operateur is None or ROLE not in operateur.roles:
        raise InscriptionRefusee("operateur_inconnu", "Ce compte ne peut plus approuver.")
    if not decision.accord:
        raise InscriptionRefusee("refusee", "La demande n'est pas acceptée.")
