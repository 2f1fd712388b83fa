"""The habilitation matrix as a living object: dated editions that are read, proposed, compared and approved.

`lignes` is pure; `fichier` reads and writes the CSV; `lecture` answers the gate and the pages; `editions` writes, for
operations only (rules ACC-32 to ACC-45).
"""

from espace_sante.acces.matrice.editions import charger_illustrative
from espace_sante.acces.matrice.erreurs import EditionRefusee, MatriceInvalide
from espace_sante.acces.matrice.lecture import (
    a_venir,
    autorisait,
    cases_de,
    en_vigueur,
    etats,
    groupes_de,
    ligne,
    par_numero,
    professions_de,
    publiees,
)
from espace_sante.acces.matrice.lignes import Groupe

__all__ = [
    "EditionRefusee",
    "Groupe",
    "MatriceInvalide",
    "a_venir",
    "autorisait",
    "cases_de",
    "charger_illustrative",
    "en_vigueur",
    "etats",
    "groupes_de",
    "ligne",
    "par_numero",
    "professions_de",
    "publiees",
]
