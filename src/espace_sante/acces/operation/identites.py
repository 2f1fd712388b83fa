"""Asking a structure who was behind an indirect access, and its answer (AUD-22)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from espace_sante.acces import surveillance
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Structure
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.traces.models import DemandeIdentite

ROLES: Final = (Role.SECURITE, Role.SUPPORT)


class DemandeRefusee(EspaceSanteError):
    """Codes `structure_inconnue`, `deja_demandee`, `demande_inconnue`, `rpps_invalide`."""


@dataclass(frozen=True, slots=True)
class DemandeVue:
    """One question to a structure; `rpps` is its answer, empty until then."""

    id: UUID
    structure_id: str
    structure: str
    trace_id: UUID
    quand: datetime
    echeance: date
    rpps: str
    en_retard: bool


def lister(acteur: Acteur, *, limite: int = 200) -> list[DemandeVue]:
    """Questions without an answer first, the oldest day first. Raises RoleRequis."""
    role_pour(acteur, *ROLES)
    lignes = list(DemandeIdentite.objects.filter(reponse_de=None).order_by("-quand")[:limite])
    reponses = {
        d.reponse_de: d.rpps for d in DemandeIdentite.objects.filter(reponse_de__in=[x.id for x in lignes])
    }
    noms = dict(Structure.objects.filter(id__in={d.structure_id for d in lignes}).values_list("id", "nom"))
    jour = datetime.now(ZoneInfo("Europe/Paris")).date()
    vues = [
        DemandeVue(
            d.id, d.structure_id, noms.get(d.structure_id, d.structure_id), d.trace_id, d.quand, d.echeance,
            reponses.get(d.id, ""), d.id not in reponses and d.echeance < jour,
        )
        for d in lignes
    ]  # fmt: skip
    return sorted(vues, key=lambda v: (bool(v.rpps), v.echeance))


def demander(acteur: Acteur, structure_id: str, trace_id: UUID, *, contexte: Contexte) -> UUID:
    """Ask, once for an access; five working days to answer. Raises RoleRequis, DemandeRefusee."""
    role = role_pour(acteur, *ROLES)
    if not Structure.objects.filter(id=structure_id).exists():
        raise DemandeRefusee("structure_inconnue", "Cette structure n'est pas dans l'annuaire.")
    if DemandeIdentite.objects.filter(trace_id=trace_id, reponse_de=None).exists():
        raise DemandeRefusee("deja_demandee", "La question est déjà posée à cette structure.")
    with transaction.atomic():
        faite = surveillance.demander_identite(acteur, structure_id, trace_id, datetime.now(UTC))
        noter(acteur, contexte, "identite_demandee", role, objet=f"{structure_id} {trace_id}")
    return faite.id


def repondre(acteur: Acteur, demande_id: UUID, rpps: str, *, contexte: Contexte) -> None:
    """Keep what the structure answered, once. Raises RoleRequis, DemandeRefusee."""
    role = role_pour(acteur, *ROLES)
    numero = "".join(rpps.split())
    if not re.fullmatch(r"[0-9]{11}", numero):
        raise DemandeRefusee("rpps_invalide", "Le numéro RPPS compte 11 chiffres.")
    demande = DemandeIdentite.objects.filter(id=demande_id, reponse_de=None).first()
    if demande is None or DemandeIdentite.objects.filter(reponse_de=demande_id).exists():
        raise DemandeRefusee("demande_inconnue", "Cette demande n’attend pas de réponse.")
    with transaction.atomic():
        surveillance.repondre_identite(demande, numero, datetime.now(UTC))
        noter(acteur, contexte, "identite_repondue", role, objet=str(demande_id))
