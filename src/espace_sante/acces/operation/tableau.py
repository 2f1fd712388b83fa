"""The operator's board: numbers first, nothing of anybody (ACC-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from espace_sante.acces import matrice
from espace_sante.acces.models import Cellule, ControleUrgence, Edition, Proposition
from espace_sante.acces.operation.actes import role_pour
from espace_sante.acces.operation.alertes import a_traiter
from espace_sante.acces.operation.signalements import FILE_MAX, en_retard, jour_de
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.operateurs.queries import nombre_de_gestionnaires
from espace_sante.identite.operateurs.roles import Role
from espace_sante.traces.models import DemandeIdentite
from espace_sante.traces.signalements import Etape, file_d_attente


@dataclass(frozen=True, slots=True)
class EtatMatrice:
    """The edition in force, and why professional readings are refused when they are (ACC-41)."""

    edition: Edition | None
    non_officielles: int
    cellules: int
    en_attente: int
    refuse_toute_lecture: bool


@dataclass(frozen=True, slots=True)
class Tableau:
    """Numbers of the day."""

    instance: str
    nouveaux: int
    en_cours: int
    en_retard: int
    urgences: int
    urgences_en_retard: int
    alertes: int
    identites: int
    gestionnaires: int
    matrice: EtatMatrice


def etat_de_la_matrice(quand: datetime) -> EtatMatrice:
    """What the gate does with the matrix now, said in numbers (ACC-41)."""
    edition = matrice.en_vigueur(quand)
    cellules = Cellule.objects.filter(edition=edition.numero) if edition else Cellule.objects.none()
    return EtatMatrice(
        edition,
        cellules.exclude(origine="official").count(),
        cellules.count(),
        Proposition.objects.exclude(numero__in=Edition.objects.values("numero")).count(),
        edition is None or (not edition.officielle and settings.ES_INSTANCE == "production"),
    )


def lire(acteur: Acteur, *, quand: datetime | None = None) -> Tableau:
    """The board, the same for every role. Raises OperateurRequis, RoleRequis."""
    role_pour(acteur, *Role)
    maintenant = quand or datetime.now(UTC)
    file = file_d_attente(limite=FILE_MAX)
    urgences = ControleUrgence.objects.filter(a_revoir=True, revu_le=None)
    questions = DemandeIdentite.objects.filter(reponse_de=None).exclude(
        id__in=DemandeIdentite.objects.filter(reponse_de__isnull=False).values("reponse_de")
    )
    return Tableau(
        instance=settings.ES_INSTANCE,
        nouveaux=sum(s.etape is Etape.RECU for s in file),
        en_cours=len(file),
        en_retard=sum(en_retard(s, maintenant) for s in file),
        urgences=urgences.count(),
        urgences_en_retard=urgences.filter(echeance__lt=jour_de(maintenant)).count(),
        alertes=a_traiter().count(),
        identites=questions.count(),
        gestionnaires=nombre_de_gestionnaires(),
        matrice=etat_de_la_matrice(maintenant),
    )
