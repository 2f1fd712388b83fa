"""Refusals of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from espace_sante.kernel.errors import EspaceSanteError

if TYPE_CHECKING:
    from espace_sante.profil_medical.regles import Ecart


class MesureRefusee(EspaceSanteError):
    """A measure cannot be kept; `ecarts` are all its faults. Nothing was stored."""

    def __init__(self, ecarts: Sequence[Ecart]) -> None:
        super().__init__("mesure_refusee", "Cette mesure n’est pas correcte.")
        self.ecarts = tuple(ecarts)


class MesureIntrouvable(EspaceSanteError):
    """No such measure for this caller: absent, of another record, or of a kind that he may not read."""

    def __init__(self) -> None:
        super().__init__("mesure_introuvable", "Cette mesure n’existe pas.")


class MesureDAutrui(EspaceSanteError):
    """Somebody else wrote it: who reads it may neither change nor delete it (FHR-150, MES-19)."""

    def __init__(self) -> None:
        super().__init__("auteur_different", "Seul l’auteur d’une mesure peut la changer ou la supprimer.")


class MesureChangee(EspaceSanteError):
    """It changed since it was read: the version named is not the current one (FHR-13)."""

    def __init__(self) -> None:
        super().__init__("version_perimee", "Cette mesure a changé depuis votre lecture.")


class MesureEnDouble(EspaceSanteError):
    """Another measure of the same author is already this one (MES-16)."""

    def __init__(self) -> None:
        super().__init__("deja_present", "Vous avez déjà noté cette mesure.")


class GenresInvalides(EspaceSanteError):
    """The file of kinds of measures cannot be read: the service does not start with it."""
