"""A measure to keep, as a door or a form gives it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from espace_sante.profil_medical.regles import MesureDonnee


@dataclass(frozen=True, slots=True, kw_only=True)
class NouvelAppareil:
    """An instrument as its service names it; one record keeps it once for that service."""

    systeme: str
    valeur: str
    ressource: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NouvelleMesure:
    """A measure to keep. `ecrites` and `quand_ecrit`: numbers and time as they were written.

    `appareil_id`: an instrument of this service that the record already has.
    """

    donnee: MesureDonnee
    ecrites: dict[str, str]
    quand_ecrit: str
    commentaire: str = ""
    source: str = ""
    ressource: str = ""
    profils: list[str] = field(default_factory=list)
    appareil: NouvelAppareil | None = None
    appareil_id: UUID | None = None
