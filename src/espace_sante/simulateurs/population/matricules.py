"""Fictitious INS numbers: never twice the same in a population, with the right key.

The number of a person is built from his rank: two ranks never share a birth place and an
order number, so that a stream of holders needs no memory of those already made.
"""

from __future__ import annotations

from datetime import date

from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.lieux import LIEUX, Lieu

# Consecutive ranks by four are born in the same place: brothers and sisters often are.
_VOISINS = 4
# Order numbers above it are left to the accounts composed by hand.
_DERNIER_ORDRE = 980
_CREATION_DES_DEPARTEMENTS_CORSES = 1976
_MOIS_INCONNU = 20

CAPACITE = len(LIEUX) * _DERNIER_ORDRE


class Matricules:
    """Birth places and order numbers of a population, both functions of the rank."""

    def __init__(self, graine: int) -> None:
        lieux = list(LIEUX)
        Hasard(graine, "lieux").shuffle(lieux)
        self._lieux = tuple(lieux)

    def lieu(self, rang: int) -> Lieu:
        """Birth place of the person of that rank."""
        return self._lieux[(rang // _VOISINS) % len(self._lieux)]

    def ordre(self, rang: int) -> int:
        """Order number of the person of that rank in his birth place, from 1 to 980."""
        tour = rang // (_VOISINS * len(self._lieux))
        return 1 + tour * _VOISINS + rang % _VOISINS


def ins_fictif(sexe: str, naissance: date, lieu: Lieu, ordre: int, *, mois_connu: bool = True) -> Ins:
    """The INS of test (OID …4.10) of a person; rules IDN-04 (key), IDN-05 (Corsica), IDN-06.

    Someone born in Corsica before 1976 has the former département 20 in the number.
    """
    mois = naissance.month if mois_connu else _MOIS_INCONNU
    code = lieu.cog
    if code[:2] in ("2A", "2B") and naissance.year < _CREATION_DES_DEPARTEMENTS_CORSES:
        code = f"20{code[2:]}"
    chiffre = "2" if sexe == "F" else "1"
    matricule = f"{chiffre}{naissance.year % 100:02d}{mois:02d}{code}{ordre:03d}"
    return Ins(matricule + cle(matricule), OID_TEST)
