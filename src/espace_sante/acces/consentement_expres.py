"""Whose access needs an express consent after prior information (rule ACC-23, CSP L1111-17 IV and V, L1111-18). Pure.

Occupational doctors and fire-brigade doctors also look after fitness for a job: what they read needs that the
person was told, then said yes to them by name. A care team never carries it. Doctors of PMI (SA15) follow the common
rule: they consult and deposit.
"""

from __future__ import annotations

from typing import Final

from espace_sante.identite.acteurs import Acteur

# JDV_J107: speciality, certificate or capacity in occupational medicine.
SAVOIR_FAIRE_TRAVAIL: Final = frozenset({"SM25", "C41", "CAPA11"})
# JDV_J02: care in companies, prevention and health at work services.
SECTEURS_TRAVAIL: Final = frozenset({"SA13", "SA66"})
# JDV_J02: fire and rescue.
SECTEURS_INCENDIE: Final = frozenset({"SA47", "SA68"})


def exige_accord_expres(savoir_faire: str, secteur: str) -> bool:
    """Whether someone who practises so needs it. Speciality or sector is enough: closed when in doubt."""
    return savoir_faire in SAVOIR_FAIRE_TRAVAIL or secteur in SECTEURS_TRAVAIL | SECTEURS_INCENDIE


def acteur_exige_accord_expres(acteur: Acteur) -> bool:
    """The same, for the situation d'exercice in which he acts now."""
    return exige_accord_expres(acteur.savoir_faire, acteur.secteur)
