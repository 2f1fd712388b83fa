"""What the rooms above `acces` add to the holder's copy, and take back from it, without `acces` knowing them (POR-05).

A room registers one `Piece` in its `AppConfig.ready`:

    from espace_sante.acces.exportation import pieces
    from espace_sante.acces.exportation.tables import Table

    pieces.enregistrer(
        pieces.Piece(
            "profil_medical",                               # the room, once
            ressources=fhir_de_la_copie,                    # Copie -> resources of fhir/dossier.json
            fichiers=fichiers_de_la_copie,                  # Copie -> other files, as people or spreadsheets open them
            synthese=mesures_de_la_synthese,                # Copie -> (section, resource) of fhir/ips.json
            tables=(Table("profil_medical_mesure", ("id",)),),        # rows taken up as they are by another copy
            suites=(pieces.Suite("profil_medical_notes", ecrire, reprendre),),  # what needs a key, or more than rows
            liens=(("mesures/mesures.csv", "Mes mesures"),),          # told in INDEX.html
        )
    )

Every function is called in the record's scope (RLS), in the copy's one transaction; it may yield as much as it likes,
one thing at a time. Nothing is asked for a copy of chosen documents (POR-15), nor for the parts before the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from espace_sante.acces.exportation.noms import REPRISE
from espace_sante.acces.exportation.tables import Table
from espace_sante.identite.queries import Identite
from espace_sante.platform.crypto import CleDossier

Ressource = Mapping[str, Any]


class Section(StrEnum):
    """Sections of the health summary that a room may fill (IPS 1.1); LOINC codes."""

    PROBLEMES = "11450-4"
    ALLERGIES = "48765-2"
    MEDICAMENTS = "10160-0"
    VACCINATIONS = "11369-6"
    CONSTANTES = "8716-3"
    RESULTATS = "30954-2"


@dataclass(frozen=True, slots=True)
class Copie:
    """The copy being made, as a piece sees it.

    `caches`: documents that the holder does not know of, never to be told (POR-08). `documents`: those that a resource
    may refer to, as `urn:uuid:<id>`; besides them, the holder (`patient`) and what the piece itself gives.
    """

    dossier_id: UUID
    cle: CleDossier
    titulaire: Identite
    quand: datetime
    caches: tuple[UUID, ...]
    documents: frozenset[UUID]

    @property
    def patient(self) -> dict[str, str]:
        """The reference to the holder in the two Bundles."""
        return {"reference": f"urn:uuid:{self.dossier_id}"}


@dataclass(frozen=True, slots=True)
class Fichier:
    """A file of the archive: its path, its bytes piece by piece. Its name is the room's, never a person's words."""

    nom: str
    morceaux: Iterable[bytes]
    compresser: bool = True


@dataclass(frozen=True, slots=True)
class Suite:
    """Lines of JSON that another copy of the product takes up: `reprise/<nom>.jsonl`.

    `reprendre` gets the record's id, its new key and the lines; what it raises (EspaceSanteError, ValueError, KeyError,
    TypeError, a database error) refuses the whole taking up.
    """

    nom: str
    ecrire: Callable[[Copie], Iterable[dict[str, Any]]]
    reprendre: Callable[[UUID, CleDossier, Iterable[dict[str, Any]]], None]

    @property
    def fichier(self) -> str:
        return f"{REPRISE}/{self.nom}.jsonl"


def _rien(_: Copie) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What one room adds.

    `ressources`: valid R4, `id` a UUID (the entry's `fullUrl` is `urn:uuid:<id>`), references as `Copie` says.
    `synthese`: newest first in each section; the summary keeps the first ones (ips.PAR_SECTION). No section: something
    that an entry refers to (a device), the holder apart.
    `liens`: files that `fichiers` always writes, with their French name; one of the same path replaces the core's own.
    Tables and suites are taken up in this order, after the record's own.
    """

    nom: str
    ressources: Callable[[Copie], Iterable[Ressource]] = _rien
    fichiers: Callable[[Copie], Iterable[Fichier]] = _rien
    synthese: Callable[[Copie], Iterable[tuple[Section | None, Ressource]]] = _rien
    tables: tuple[Table, ...] = ()
    suites: tuple[Suite, ...] = ()
    liens: tuple[tuple[str, str], ...] = ()


_PIECES: Final[dict[str, Piece]] = {}


def enregistrer(piece: Piece) -> None:
    """Add what a room gives; again under the same name replaces it (AppConfig.ready may run twice)."""
    _PIECES[piece.nom] = piece


def pieces() -> tuple[Piece, ...]:
    """All of them, in the order of the installed applications."""
    return tuple(_PIECES.values())
