"""The measures of one record, opened by the gate for its holder or for a paired service (FHR-150, FHR-152).

Every function of this room that reads or writes measures asks for one: there is no other way to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from espace_sante.acces.appairages.droits import Droit, Sens
from espace_sante.acces.appairages.porte import EspaceDuService
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.platform.crypto import CleDossier
from espace_sante.profil_medical.genres import GenreMesure
from espace_sante.traces.ecriture import Acte, Action

Auteur = Literal["titulaire", "service"]


@dataclass(frozen=True, slots=True)
class Carnet:
    """One record's measures, for one asker; the connection is scoped to the record.

    `exiger` raises AppairageRefuse when a service has no consent for that; `tracer` writes in the holder's history;
    `droits` None: everything, for the holder.
    """

    dossier_id: UUID
    cle: CleDossier
    auteur: Auteur
    client_id: str
    nom: str
    source: str
    exiger: Callable[[GenreMesure, Sens], None]
    tracer: Callable[[Acte], None]
    droits: frozenset[Droit] | None = None

    def lisibles(self, genres: Iterable[GenreMesure]) -> set[str]:
        """Of these kinds, those that this asker may read: nothing is asked of the gate, nothing is traced."""
        return {
            g.code_genre for g in genres if self.droits is None or Droit(g.droit, Sens.LIRE) in self.droits
        }

    @property
    def ecrivain(self) -> str:
        """Who writes here, as two measures of one author are told apart from another's."""
        return self.client_id if self.auteur == "service" else ""

    def est_de_lui(self, auteur: str, client_id: str) -> bool:
        """Whether this asker wrote it (FHR-150)."""
        return auteur == self.auteur and client_id == self.client_id

    def noter(self, action: Action, genre: GenreMesure) -> None:
        """Trace an act on this kind of measures: never a value."""
        self.tracer(Acte(action, document_titre=genre.libelle))


def du_titulaire(espace: MonEspace) -> Carnet:
    """For the holder: everything may be read, his own entries written."""

    def permis(_genre: GenreMesure, _sens: Sens) -> None:
        """Nothing of his own measures is closed to him."""

    return Carnet(
        espace.dossier_id, espace.cle, "titulaire", "", espace.acteur.nom, "", permis, espace.consigner
    )


def du_service(espace: EspaceDuService) -> Carnet:
    """For a paired service: kind by kind, as the holder consented."""

    def exiger(genre: GenreMesure, sens: Sens) -> None:
        espace.exiger(Droit(genre.droit, sens))

    return Carnet(
        espace.dossier_id,
        CleDossier.ouvrir(espace.cle_scellee, espace.dossier_id.bytes),
        "service",
        espace.acteur.client_id,
        espace.acteur.nom,
        _uri(espace.solution_oid),
        exiger,
        espace.tracer,
        espace.droits,
    )


def _uri(oid: str) -> str:
    return f"urn:oid:{oid.removeprefix('urn:oid:')}" if oid else ""
