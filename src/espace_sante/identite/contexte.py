"""Where a call comes from: what every trace keeps beside the actor (rule AUD-02)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from espace_sante.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class Contexte:
    """One call: its id, door (`web`, `fhir`, `cli`), software and hashed address of the caller."""

    porte: str
    requete: UUID = field(default_factory=uuid7)
    logiciel: str = ""
    adresse: str = ""
    # Connexion secrète: the professional works under a child's secrecy (FHR-163, PRX-13).
    secret: bool = False
