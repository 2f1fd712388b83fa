"""What each act may do in each state of a profile: the table of the rulebook, as data (rules ACC-65 to ACC-72).

Pure. Every door asks it; the public page shows it. A « yes » here is the letter D only: a reading still needs the
four other letters, a feeding its own conditions. A person whom nobody knows stands like one never told (ACC-07).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from espace_sante.kernel.codes import EtatProfil


class Geste(enum.StrEnum):
    """The eight acts of the table."""

    ALIMENTER = "alimenter"
    LIRE = "lire"
    LIRE_REMBOURSEMENTS = "lire_remboursements"
    ECRIRE_AU_TITULAIRE = "ecrire_au_titulaire"
    RECEVOIR_DU_TITULAIRE = "recevoir_du_titulaire"
    LIRE_MASQUES = "lire_masques"
    URGENCE = "urgence"
    EXISTENCE = "existence"


@dataclass(frozen=True, slots=True)
class Cas:
    """One cell. `code` says why not, what the existence test answers, or what becomes of a message."""

    permis: bool
    code: str = ""


OUVERT: Final = "ouvert"
FERME: Final = "ferme"
AUCUN: Final = "aucun_dossier"
INDISPONIBLE: Final = "dossier_indisponible"
DOSSIER_FERME: Final = "dossier_ferme"
NON_ACTIVE: Final = "non_active"
REMIS: Final = "remis"
EN_ATTENTE: Final = "en_attente_activation"
NON_REMIS: Final = "non_remis"

_OUI, _LECTURE_FERMEE = Cas(permis=True), Cas(permis=False, code=INDISPONIBLE)
_NON_REMIS, _PERSONNE_NE_LIT = Cas(permis=False, code=NON_REMIS), Cas(permis=False, code=NON_ACTIVE)


def _ligne(
    active: Cas, cree_auto: Cas, oppose: Cas, ferme: Cas, attente: Cas, suspendu: Cas
) -> Mapping[EtatProfil, Cas]:
    """A line, its columns in the order of the rulebook."""
    e = EtatProfil
    return MappingProxyType(
        {
            e.ACTIVE: active, e.CREE_AUTO: cree_auto, e.OPPOSE: oppose, e.CLOTURE: ferme, e.SUPPRIME: ferme,
            e.NON_NOTIFIE: attente, e.NOTIFIE: attente, e.SUSPENDU: suspendu,
        }
    )  # fmt: skip


def _ouverts_seulement(active: Cas, cree_auto: Cas, ailleurs: Cas) -> Mapping[EtatProfil, Cas]:
    return _ligne(active, cree_auto, ailleurs, ailleurs, ailleurs, ailleurs)


_AUCUN = Cas(permis=False, code=AUCUN)
TABLE: Final[Mapping[Geste, Mapping[EtatProfil, Cas]]] = MappingProxyType(
    {
        # ACC-65
        Geste.ALIMENTER: _ligne(
            _OUI, _OUI, _AUCUN, Cas(permis=False, code=DOSSIER_FERME), _AUCUN, _LECTURE_FERMEE
        ),
        # ACC-66, ACC-67
        Geste.LIRE: _ouverts_seulement(_OUI, _OUI, _LECTURE_FERMEE),
        Geste.LIRE_REMBOURSEMENTS: _ouverts_seulement(_OUI, _PERSONNE_NE_LIT, _LECTURE_FERMEE),
        # ACC-68: in CREE_AUTO a message is delivered and waits for the activation.
        Geste.ECRIRE_AU_TITULAIRE: _ouverts_seulement(
            Cas(permis=True, code=REMIS), Cas(permis=True, code=EN_ATTENTE), _NON_REMIS
        ),
        # ACC-69: before the activation nobody logs in, so nobody writes.
        Geste.RECEVOIR_DU_TITULAIRE: _ouverts_seulement(_OUI, _PERSONNE_NE_LIT, _LECTURE_FERMEE),
        # ACC-70, ACC-71
        Geste.LIRE_MASQUES: _ouverts_seulement(_OUI, _OUI, _LECTURE_FERMEE),
        Geste.URGENCE: _ouverts_seulement(_OUI, _OUI, _LECTURE_FERMEE),
        # ACC-72: « permis » means that an answer is given. Opposed and never told look like unknown (ACC-07).
        Geste.EXISTENCE: _ligne(
            Cas(permis=True, code=OUVERT),
            Cas(permis=True, code=OUVERT),
            _AUCUN,
            Cas(permis=True, code=FERME),
            _AUCUN,
            Cas(permis=True, code=INDISPONIBLE),
        ),
    }
)  # fmt: skip


def cas(geste: Geste, etat: EtatProfil | None) -> Cas:
    """The cell of that act in that state; None is a person whom nobody knows."""
    return TABLE[geste][etat or EtatProfil.NON_NOTIFIE]


def etats_permettant(geste: Geste) -> frozenset[EtatProfil]:
    """States in which an act is possible."""
    return frozenset(etat for etat, c in TABLE[geste].items() if c.permis)
