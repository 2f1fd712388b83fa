"""Review of emergency openings by the operator's health doctor (EMG-15). No reason, no holder: who, when, how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from espace_sante.acces.models import ControleUrgence
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Professionnel
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.crypto import cle_maitre

ROLE: Final = Role.MEDECIN_CONTROLE
AVIS: Final = ("justifie", "a_justifier", "anormal")
NOTE_MIN: Final = 10
NOTE_MAX: Final = 1000
_FENETRE: Final = timedelta(days=30)


class RevueRefusee(EspaceSanteError):
    """Codes `urgence_inconnue`, `deja_revue`, `avis_inconnu`, `note_invalide`."""


@dataclass(frozen=True, slots=True)
class ARevoir:
    """One opening of the list. `recentes`: those of this professional in thirty days."""

    id: UUID
    quand: datetime
    mode: str
    rpps: str
    nom: str
    recentes: int
    au_dela: bool
    echeance: date
    en_retard: bool
    revu_le: datetime | None
    avis: str


def a_revoir(acteur: Acteur, *, quand: datetime | None = None, limite: int = 200) -> list[ARevoir]:
    """Openings to review, the nearest day first. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    lignes = ControleUrgence.objects.filter(a_revoir=True, revu_le=None).order_by("echeance", "id")[:limite]
    return _vues(list(lignes), quand or datetime.now(UTC))


def revues(acteur: Acteur, *, limite: int = 30) -> list[ARevoir]:
    """The last ones reviewed. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    lignes = ControleUrgence.objects.filter(revu_le__isnull=False).order_by("-revu_le")[:limite]
    return _vues(list(lignes), datetime.now(UTC))


def une(acteur: Acteur, urgence_id: UUID) -> ARevoir:
    """One opening of the list. Raises RoleRequis, RevueRefusee (`urgence_inconnue`)."""
    role_pour(acteur, ROLE)
    trouvee = ControleUrgence.objects.filter(id=urgence_id, a_revoir=True).first()
    if trouvee is None:
        raise RevueRefusee("urgence_inconnue", "Cet accès n'est pas à revoir.")
    return _vues([trouvee], datetime.now(UTC))[0]


def marquer_revue(acteur: Acteur, urgence_id: UUID, avis: str, note: str, *, contexte: Contexte) -> None:
    """Close a review with its judgement and its note, once. Raises RoleRequis, RevueRefusee."""
    role = role_pour(acteur, ROLE)
    texte = note.replace("\r\n", "\n").strip()
    if avis not in AVIS:
        raise RevueRefusee("avis_inconnu", "Choisissez un avis.")
    if not NOTE_MIN <= len(texte) <= NOTE_MAX or any(ord(c) < 32 and c != "\n" for c in texte):
        raise RevueRefusee("note_invalide", f"Écrivez entre {NOTE_MIN} et {NOTE_MAX} caractères.")
    une(acteur, urgence_id)
    with transaction.atomic():
        faites = ControleUrgence.objects.filter(id=urgence_id, revu_le=None).update(
            revu_le=datetime.now(UTC), revu_par=acteur.nom[:80], avis=avis,
            note_scellee=cle_maitre().envelopper(texte.encode(), b"revue:" + urgence_id.bytes),
        )  # fmt: skip
        if not faites:
            raise RevueRefusee("deja_revue", "Cet accès est déjà revu.")
        noter(acteur, contexte, "urgence_revue", role, objet=str(urgence_id))


def _vues(lignes: list[ControleUrgence], maintenant: datetime) -> list[ARevoir]:
    rpps = {ligne.rpps for ligne in lignes}
    recentes = dict(
        ControleUrgence.objects.filter(rpps__in=rpps, quand__gt=maintenant - _FENETRE)
        .values_list("rpps")
        .annotate(n=Count("id"))
    )
    noms = {p.rpps: f"{p.prenom} {p.nom}".strip() for p in Professionnel.objects.filter(rpps__in=rpps)}
    jour = maintenant.astimezone(ZoneInfo("Europe/Paris")).date()
    return [
        ARevoir(
            u.id, u.quand, u.mode, u.rpps, noms.get(u.rpps, ""), recentes.get(u.rpps, 0),
            recentes.get(u.rpps, 0) > settings.ES_URGENCE_SEUIL, u.echeance, u.revu_le is None and u.echeance < jour,
            u.revu_le, u.avis,
        )
        for u in lignes
    ]  # fmt: skip
