"""Watch alerts as security handles them (AUD-21): who, which rule, how many; no record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from espace_sante.acces.models import AlerteTraitee
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Professionnel
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.traces.models import AlerteVeille

ROLE: Final = Role.SECURITE
SUITES: Final = ("expliquee", "signalee", "sans_suite")
NOTE_MAX: Final = 500


class AlerteRefusee(EspaceSanteError):
    """Codes `alerte_inconnue`, `alerte_deja_traitee`, `suite_inconnue`, `note_invalide`."""


@dataclass(frozen=True, slots=True)
class AlerteVue:
    """One alert; `suite` empty while nobody handled it."""

    id: UUID
    regle: str
    rpps: str
    nom: str
    jour: date
    nombre: int
    suite: str
    traitee_le: datetime | None


def lister(acteur: Acteur, *, traitees: bool = False, limite: int = 200) -> list[AlerteVue]:
    """Alerts to handle, the last first; or the last handled. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    faites = AlerteTraitee.objects.values("alerte_id")
    lignes = AlerteVeille.objects.filter(id__in=faites) if traitees else a_traiter()
    return _vues(list(lignes.order_by("-quand", "-id")[:limite]))


def a_traiter() -> QuerySet[AlerteVeille]:
    """Alerts that nobody has handled."""
    return AlerteVeille.objects.exclude(id__in=AlerteTraitee.objects.values("alerte_id"))


def une(acteur: Acteur, alerte_id: UUID) -> AlerteVue:
    """One alert. Raises RoleRequis, AlerteRefusee (`alerte_inconnue`)."""
    role_pour(acteur, ROLE)
    trouvee = AlerteVeille.objects.filter(id=alerte_id).first()
    if trouvee is None:
        raise AlerteRefusee("alerte_inconnue", "Cette alerte n'existe pas.")
    return _vues([trouvee])[0]


def traiter(acteur: Acteur, alerte_id: UUID, suite: str, note: str, *, contexte: Contexte) -> None:
    """Say what was done of an alert, once. Raises RoleRequis, AlerteRefusee."""
    role = role_pour(acteur, ROLE)
    texte = " ".join(note.split())
    if suite not in SUITES:
        raise AlerteRefusee("suite_inconnue", "Choisissez ce qui a été fait.")
    if not texte or len(texte) > NOTE_MAX or not texte.isprintable():
        raise AlerteRefusee("note_invalide", f"Écrivez entre 1 et {NOTE_MAX} caractères.")
    une(acteur, alerte_id)
    try:
        with transaction.atomic():
            AlerteTraitee.objects.create(
                alerte_id=alerte_id, operateur_id=UUID(acteur.client_id), quand=datetime.now(UTC), suite=suite,
                note=texte,
            )  # fmt: skip
            noter(acteur, contexte, "alerte_traitee", role, objet=str(alerte_id))
    except IntegrityError:
        raise AlerteRefusee("alerte_deja_traitee", "Cette alerte est déjà traitée.") from None


def _vues(lignes: list[AlerteVeille]) -> list[AlerteVue]:
    faites = AlerteTraitee.objects.in_bulk([a.id for a in lignes])
    noms = {
        p.rpps: f"{p.prenom} {p.nom}".strip()
        for p in Professionnel.objects.filter(rpps__in={a.rpps for a in lignes})
    }
    vues = []
    for a in lignes:
        faite = faites.get(a.id)
        vues.append(
            AlerteVue(
                a.id, a.regle, a.rpps, noms.get(a.rpps, ""), a.jour, a.nombre, faite.suite if faite else "",
                faite.quand if faite else None,
            )
        )  # fmt: skip
    return vues
