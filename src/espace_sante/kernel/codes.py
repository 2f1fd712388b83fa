"""Codes shared by every room; their values are stored and must not change."""

from enum import StrEnum


class EtatProfil(StrEnum):
    """Life of a profile (LIF)."""

    NON_NOTIFIE = "NON_NOTIFIE"
    NOTIFIE = "NOTIFIE"
    OPPOSE = "OPPOSE"
    CREE_AUTO = "CREE_AUTO"
    ACTIVE = "ACTIVE"
    SUSPENDU = "SUSPENDU"
    CLOTURE = "CLOTURE"
    SUPPRIME = "SUPPRIME"


class ModeAcces(StrEnum):
    """How a professional reaches a record (ACC)."""

    NORMAL = "normal"
    BRIS_DE_GLACE = "bris_de_glace"
    CENTRE_15 = "centre_15"


class ModeAuthentification(StrEnum):
    """How the software proved who acts (IDN-58)."""

    DIRECTE = "DIRECTE"
    INDIRECTE_RENFORCEE = "INDIRECTE_RENFORCEE"
    INDIRECTE = "INDIRECTE"


class GenreActeur(StrEnum):
    """Who acts (AUD-03). A delegate acts for the holder and never as him; the support is `operateur`."""

    TITULAIRE = "titulaire"
    PROFESSIONNEL = "professionnel"
    STRUCTURE = "structure"
    SERVICE = "service"
    OPERATEUR = "operateur"
    ASSURANCE_MALADIE = "assurance_maladie"
    SYSTEME = "systeme"
    DELEGUE = "delegue"
    ENROLEMENT = "enrolement"
