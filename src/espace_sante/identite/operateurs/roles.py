"""What an operator may do. No role reads a record (ACC-31, ACC-79)."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """Given by the command `espace-sante operators`, never by a page."""

    SUPPORT = "support"
    GESTIONNAIRE_MATRICE = "gestionnaire_matrice"
    MEDECIN_CONTROLE = "medecin_controle"
    SECURITE = "securite"
    DELEGUE_PROTECTION_DONNEES = "delegue_protection_donnees"


LIBELLES = {
    Role.SUPPORT: "assistance",
    Role.GESTIONNAIRE_MATRICE: "gestion de la matrice",
    Role.MEDECIN_CONTROLE: "contrôle médical",
    Role.SECURITE: "sécurité",
    Role.DELEGUE_PROTECTION_DONNEES: "protection des données",
}
