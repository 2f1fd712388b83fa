"""Doing what an operator asked for the matrix, with the owner's connection: in the worker only (ADR 0018).

Nothing that the web process says of the person is believed: account, role and difference of persons are read again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connections, transaction

from espace_sante.acces.matrice import editions
from espace_sante.acces.matrice.erreurs import EditionRefusee
from espace_sante.acces.matrice.queries import un_seul_ecrivain
from espace_sante.acces.models import DemandeMatrice, SuiteDemandeMatrice
from espace_sante.acces.operation.matrice import auteur_de_la_proposition
from espace_sante.identite.models import Operateur
from espace_sante.identite.operateurs.queries import est_gestionnaire, signature
from espace_sante.kernel.errors import EspaceSanteError


def executer(demande_id: UUID, *, base: str = editions.PROPRIETAIRE) -> SuiteDemandeMatrice | None:
    """Do one demand, once, and keep what came of it. None when it is done already or does not exist."""
    connections[base].ensure_connection()
    with transaction.atomic(using=base):
        un_seul_ecrivain(base)
        demande = DemandeMatrice.objects.using(base).filter(id=demande_id).first()
        deja = SuiteDemandeMatrice.objects.using(base).filter(demande_id=demande_id).exists()
        if demande is None or deja:
            return None
        try:
            with transaction.atomic(using=base):
                numero = _faire(demande, base)
        except EspaceSanteError as refus:
            return _suite(
                demande, base, refus=refus.code[:40], message=refus.message[:255], edition=demande.edition
            )
        if demande.genre == "approuver":
            return _suite(demande, base, edition=numero)
        vu = editions.apercevoir(numero, base=base)
        return _suite(
            demande, base, edition=numero, apercu=vu.code, dossiers=vu.portee.dossiers, documents=vu.portee.documents
        )  # fmt: skip


def _faire(demande: DemandeMatrice, base: str) -> int:
    """The edition made, approved or counted. Raises EditionRefusee, MatriceInvalide."""
    operateur = Operateur.objects.using(base).filter(id=demande.operateur_id).first()
    if operateur is None or not est_gestionnaire(operateur):
        raise EditionRefusee("gestionnaire_inconnu", "Ce compte n'est plus gestionnaire de la matrice.")
    qui, effet = signature(operateur), demande.date_effet or datetime.now(UTC)
    if demande.genre == "charger":
        return editions.proposer(
            bytes(demande.contenu or b""), nom=demande.nom, date_effet=effet, auteur=qui, source=demande.source, base=base
        ).numero  # fmt: skip
    numero = demande.edition or 0
    if demande.genre == "revenir":
        return editions.revenir(numero, date_effet=effet, auteur=qui, base=base)
    if demande.genre == "approuver":
        if auteur_de_la_proposition(numero, base=base) == operateur.id:
            raise EditionRefusee(
                "meme_personne", "La personne qui a chargé une édition ne peut pas l'approuver."
            )
        return editions.approuver(numero, par=qui, code=demande.apercu, base=base).numero
    return numero


def _suite(demande: DemandeMatrice, base: str, **valeurs: object) -> SuiteDemandeMatrice:
    return SuiteDemandeMatrice.objects.using(base).create(
        demande_id=demande.id, quand=datetime.now(UTC), **valeurs
    )
