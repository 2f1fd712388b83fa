"""Reading the copy: how old it is, and the mailboxes that may be shown (rules ANN-04, ANN-05, ANN-09)."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from espace_sante.identite.models import BoiteMss, SourceAnnuaire


class Fraicheur(enum.StrEnum):
    """How old the copy is."""

    SANS_SOURCE = "sans_source"
    FRAICHE = "fraiche"
    EN_RETARD = "en_retard"
    PERIMEE = "perimee"


@dataclass(frozen=True, slots=True)
class EtatCopie:
    """The copy as it stands; `erreur` is the code of what the last try met."""

    fraicheur: Fraicheur
    reussi_le: datetime | None = None
    erreur: str = ""

    @property
    def a_dater(self) -> bool:
        """Whether screens that show professionals tell the date of the copy (ANN-05)."""
        return self.reussi_le is not None and self.fraicheur is not Fraicheur.FRAICHE


def fraicheur(depuis: datetime | None, maintenant: datetime, *, heures: int, jours: int) -> Fraicheur:
    """`depuis`: the last whole pass, or the first try when none succeeded. Pure."""
    if depuis is None:
        return Fraicheur.SANS_SOURCE
    age = maintenant - depuis
    if age > timedelta(days=jours):
        return Fraicheur.PERIMEE
    # A pass takes its time, and the next one begins at the hour: one hour more is no delay.
    return Fraicheur.EN_RETARD if age > timedelta(hours=heures + 1) else Fraicheur.FRAICHE


def etat(maintenant: datetime) -> EtatCopie:
    """The copy of this database; SANS_SOURCE when no pass was ever asked for."""
    ligne = SourceAnnuaire.objects.filter(id=1).first()
    if ligne is None:
        return EtatCopie(Fraicheur.SANS_SOURCE)
    dite = fraicheur(
        ligne.reussi_le or ligne.depuis,
        maintenant,
        heures=settings.ES_ANNUAIRE_RAFRAICHIR_H,
        jours=settings.ES_ANNUAIRE_PERIME_J,
    )
    return EtatCopie(dite, ligne.reussi_le, ligne.erreur)


def a_rafraichir(ligne: SourceAnnuaire | None, maintenant: datetime) -> bool:
    """Whether a pass is due: none yet, one too old; after a failure an hour is left. Pure but for the settings."""
    if ligne is None:
        return True
    if ligne.reussi_le and maintenant - ligne.reussi_le < timedelta(hours=settings.ES_ANNUAIRE_RAFRAICHIR_H):
        return False
    return ligne.tente_le is None or maintenant - ligne.tente_le >= timedelta(minutes=50)


def boites_du_professionnel(rpps: str, genres: Collection[str] = ("PER", "CAB")) -> list[BoiteMss]:
    """Mailboxes that may be proposed for a person, best rank first; never those on the red list."""
    return list(_visibles(genres).filter(rpps=rpps).order_by("rang", "adresse")[:50])


def boites_de_la_structure(structure_id: str, genres: Collection[str] = ("ORG", "APP")) -> list[BoiteMss]:
    """The same for a structure."""
    trouvees = _visibles(genres).filter(structure_id=structure_id, rpps="")
    return list(trouvees.order_by("rang", "adresse")[:50])


def _visibles(genres: Collection[str]) -> QuerySet[BoiteMss]:
    return BoiteMss.objects.filter(liste_rouge=False, genre__in=tuple(genres))
