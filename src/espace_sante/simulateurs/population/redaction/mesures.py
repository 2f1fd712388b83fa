"""Weight, height and allergy of a patient: the same person from one document to the next."""

from __future__ import annotations

from espace_sante.simulateurs.population.actes import Cadre
from espace_sante.simulateurs.population.hasard import Hasard

_FIN_DE_CROISSANCE = 16
_ALLERGIES = (
    "Aucune allergie connue",
    "Aucune allergie connue",
    "Aucune allergie connue",
    "Acariens (rhinite)",
    "Latex (eczéma de contact)",
)


def poids(c: Cadre) -> float:
    """Weight in kilograms on that day, to one decimal."""
    if c.age < _FIN_DE_CROISSANCE:
        annees = c.mois / 12
        return round(3.4 + 6.4 * min(annees, 1) + 2.6 * max(0.0, annees - 1), 1)
    habituel = Hasard(c.titulaire.dossier_id, "poids").mesure(66 if c.elle else 79, 8, 1)
    return round(habituel + c.hasard.uniform(-1.5, 1.5), 1)


def taille(c: Cadre) -> int:
    """Height in centimetres on that day."""
    if c.age < _FIN_DE_CROISSANCE:
        annees = c.mois / 12
        return round(50 + 25 * min(annees, 1) + 6.4 * max(0.0, annees - 1))
    return round(Hasard(c.titulaire.dossier_id, "taille").mesure(163 if c.elle else 176, 5))


def perimetre_cranien(c: Cadre) -> int:
    """Head circumference of a small child, in centimetres."""
    return round(35 + 11 * min(c.mois / 14, 1) + min(4.0, max(0, c.mois - 14) / 12))


def allergie(c: Cadre) -> str:
    """The allergy that every document recalls, or that none is known."""
    return Hasard(c.titulaire.dossier_id, "allergie").choice(_ALLERGIES)


def filtration_glomerulaire(creatinine: float, c: Cadre) -> float:
    """Estimated by CKD-EPI 2009 from the serum creatinine in µmol/L."""
    seuil, exposant, facteur = (61.9, -0.329, 1.018) if c.elle else (79.6, -0.411, 1.0)
    rapport = creatinine / seuil
    estimation: float = 141 * min(rapport, 1) ** exposant * max(rapport, 1) ** -1.209 * 0.993**c.age
    return estimation * facteur
