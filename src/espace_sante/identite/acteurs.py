"""Who acts: one frozen value for people, structures and services, built once at the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification


@dataclass(frozen=True, slots=True)
class Acteur:
    """An authenticated caller, as its identity source vouches for it (rules ANN-08, IDN-53, IDN-56).

    Profession and structure come from the chosen situation d'exercice, never from what
    software claims. `finalite` travels in the token and cannot be raised by a header (FHR-38).
    `dossier_id` is the holder's own record (or the record a service acts for).
    """

    genre: GenreActeur
    nom: str = ""
    rpps: str = ""
    profession_systeme: str = ""
    profession_code: str = ""
    profession_libelle: str = ""
    savoir_faire: str = ""
    secteur: str = ""  # JDV_J02, of the situation: what rule a consent follows (ACC-23)
    situation_id: str = ""
    structure_id: str = ""
    structure_nom: str = ""
    structure_commune: str = ""
    deux_facteurs: bool = False
    mode_authentification: ModeAuthentification = ModeAuthentification.DIRECTE
    regulation: bool = False
    finalite: ModeAcces = ModeAcces.NORMAL
    dossier_id: UUID | None = None
    client_id: str = ""
    session_id: UUID | None = None  # the authorization that a service's token came of (OID-28)
    portees: frozenset[str] = field(default_factory=frozenset)

    @property
    def identifiant(self) -> str:
        """What a trace keeps to name the actor: RPPS, structure, client, or the holder's record."""
        return self.rpps or self.structure_id or self.client_id or str(self.dossier_id or "")
