"""What a door hands over to be stored: one lot (XDS submission set) and its documents.

Pure values. `representation` is the resource of the door's own standard, kept opaque here
and given back as it is, so that nothing that was sent is lost (rules FHR-05, FHR-86).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.kernel.traits import Traits


@dataclass(frozen=True, slots=True)
class DocumentADeposer:
    """One document: its future id (UUIDv7 made by the caller), metadata and exact bytes.

    `entree` is the first entryUUID of the document, its logical id (rule FHR-112). `traits`: whom its own
    header says that it is about, compared with the record as it is stored (CDA-29); None when it says nothing.
    """

    id: UUID
    entree: UUID
    metadonnees: Metadonnees
    contenu: bytes
    representation: bytes | None = None
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class ClasseurADeposer:
    """A folder (XDS): documents of the record under one title (rule FHR-85)."""

    id: UUID
    unique_id: str
    date: datetime
    titre: str
    designation: Code | None
    documents: tuple[UUID, ...]
    representation: bytes | None = None


@dataclass(frozen=True, slots=True)
class LotADeposer:
    """A submission set: all or nothing (rules DOC-15, FHR-61, FHR-67)."""

    id: UUID
    unique_id: str
    source_id: str
    date: datetime
    titre: str
    auteur: Auteur
    designation: Code | None
    documents: tuple[DocumentADeposer, ...]
    representation: bytes | None = None
    # Documents that are in the record already, linked by reference (rule FHR-65).
    lies: tuple[UUID, ...] = ()
    classeurs: tuple[ClasseurADeposer, ...] = ()
