"""States of the profiles: exact shares on each two hundred holders, with dates and reasons."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from espace_sante.kernel.codes import EtatProfil
from espace_sante.simulateurs.population.hasard import Hasard

_OUVERTURE_DU_SERVICE = date(2022, 1, 10)
_PARTS = (
    (EtatProfil.ACTIVE, 110),
    (EtatProfil.CREE_AUTO, 70),
    (EtatProfil.OPPOSE, 6),
    (EtatProfil.NOTIFIE, 5),
    (EtatProfil.CLOTURE, 5),
    (EtatProfil.SUSPENDU, 2),
    (EtatProfil.NON_NOTIFIE, 2),
)
_MOTIFS_DE_CLOTURE = (("demande_titulaire", 3.0), ("deces", 1.5))


class Roue:
    """The state of the holder of each rank: a shuffled wheel of two hundred places."""

    def __init__(self, graine: int) -> None:
        places = [etat for etat, nombre in _PARTS for _ in range(nombre)]
        Hasard(graine, "etats").shuffle(places)
        self._places = tuple(places)

    def etat(self, rang: int) -> EtatProfil:
        """State of the holder of that rank."""
        return self._places[rang % len(self._places)]


def depuis(hasard: Hasard, etat: EtatProfil, naissance: date, aujourd_hui: date) -> datetime:
    """When the profile came to its state: never before birth, nor before the service opened.

    A notified person is still in the window of opposition of six weeks (rule LIF-04), a
    suspended one in the six weeks of objection (rule LIF-36).
    """
    plancher = max(_OUVERTURE_DU_SERVICE, naissance + timedelta(days=10))
    if etat in (EtatProfil.NOTIFIE, EtatProfil.SUSPENDU):
        plancher = max(plancher, aujourd_hui - timedelta(days=38))
    elif etat is EtatProfil.CLOTURE:
        plancher = max(plancher, aujourd_hui - timedelta(days=700))
    elif etat is EtatProfil.CREE_AUTO:
        # Profiles were opened by waves, in the first two years; newborns six weeks after birth.
        plafond = max(plancher + timedelta(days=42), _OUVERTURE_DU_SERVICE + timedelta(days=700))
        return hasard.instant(hasard.jour(plancher, min(plafond, aujourd_hui - timedelta(days=1))))
    return hasard.instant(hasard.jour(plancher, aujourd_hui - timedelta(days=2)))


def motif(hasard: Hasard, etat: EtatProfil, ans: int) -> str:
    """Why the profile is in that state, when a reason is due (rules LIF-21, LIF-35, LIF-39)."""
    if etat is EtatProfil.CLOTURE:
        return "deces" if ans > 85 else hasard.parmi(_MOTIFS_DE_CLOTURE)
    if etat is EtatProfil.SUSPENDU:
        return "suspicion_de_fraude"
    return ""
