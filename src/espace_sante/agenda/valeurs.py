"""An appointment as its source tells it, whatever the door (rules AGD-04, AGD-08, FHR-155). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from espace_sante.agenda.statuts import Statut
from espace_sante.documents.metadonnees import Code

# How long an appointment without an end keeps among those to come (AGD-14).
_DUREE: Final = timedelta(hours=1)


class GenreParticipant(StrEnum):
    """Who or what takes part."""

    PATIENT = "patient"
    PROFESSIONNEL = "professionnel"
    ORGANISATION = "organisation"
    LIEU = "lieu"
    PROCHE = "proche"
    AUTRE = "autre"


@dataclass(frozen=True, slots=True)
class Identifiant:
    """A business identifier: `systeme` may be empty, never for the first one of an appointment."""

    systeme: str
    valeur: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One who takes part, as the source names him. Of the holder nothing is kept here but that he does."""

    genre: GenreParticipant
    statut: str
    nom: str = ""
    role: str = ""
    reference: str = ""
    identifiants: tuple[Identifiant, ...] = ()
    adresse: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Periode:
    """A wished period; one of its ends may be open."""

    debut: datetime | None = None
    fin: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVous:
    """What a source says of an appointment. `representation`: its own resource, given back as it came."""

    identifiants: tuple[Identifiant, ...]
    statut: Statut
    participants: tuple[Participant, ...]
    debut: datetime | None = None
    fin: datetime | None = None
    periodes: tuple[Periode, ...] = ()
    prestations: tuple[Code, ...] = ()
    specialites: tuple[Code, ...] = ()
    motifs: tuple[str, ...] = ()
    description: str = ""
    commentaire: str = ""
    consigne: str = ""
    motif_annulation: str = ""
    priorite: int | None = None
    cree: datetime | None = None
    pieces: tuple[str, ...] = ()
    creneaux: tuple[UUID, ...] = ()
    representation: bytes = b""

    @property
    def quand(self) -> datetime:
        """Its moment, or the first one wished."""
        bornes = [self.debut, *(b for p in self.periodes for b in (p.debut, p.fin))]
        return next(b for b in bornes if b is not None)

    @property
    def jusqua(self) -> datetime:
        """From when on it is past (AGD-14)."""
        if self.debut is not None:
            return self.fin or self.debut + _DUREE
        return max(((p.fin or p.debut or self.quand) for p in self.periodes), default=self.quand + _DUREE)


@dataclass(frozen=True, slots=True)
class Origine:
    """Where an appointment comes from, as the holder reads it (AGD-04)."""

    genre: str  # professionnel, etablissement, service, assurance_maladie
    nom: str
    structure: str = ""
    logiciel: str = ""


@dataclass(frozen=True, slots=True)
class Garde:
    """What is sealed: the appointment and where it comes from."""

    rendez_vous: RendezVous
    origine: Origine


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVousVu:
    """A stored appointment as an asker sees it; `masque` and `note` are the holder's own, empty for anybody else."""

    dossier_id: UUID
    id: UUID
    source: str
    version: int
    cree_le: datetime
    maj_le: datetime
    contenu: RendezVous
    origine: Origine
    masque: bool = False
    note: str = ""


_ECRIRE: Final = msgspec.msgpack.Encoder()
_LIRE: Final = msgspec.msgpack.Decoder(Garde)


def ecrire(garde: Garde) -> bytes:
    """The bytes to seal."""
    return _ECRIRE.encode(garde)


def lire(clair: bytes) -> Garde:
    """What was sealed."""
    return _LIRE.decode(clair)
