"""What a list of documents is asked for, and what the asker may see of it. Pure values.

`Restriction` is made by the gate alone: it is the part of the SQL that no caller chooses
(rules ACC-34, DOC-42, DOC-58, FHR-110).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Champ = Literal["creation", "date", "periode", "periode_debut", "periode_fin", "maj_le", "depose_le"]
Operateur = Literal["eq", "ne", "gt", "ge", "lt", "le", "sa", "eb"]
Tri = Literal["creation", "date", "periode_debut", "type_code", "maj_le", "titre", "auteur_nom"]


@dataclass(frozen=True, slots=True)
class NomAuteur:
    """An author, not only the main one, whose family or given name begins with one of these (rule FHR-108)."""

    partie: Literal["family", "given"]
    debuts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Borne:
    """A bound on a date: the value is the half-open interval [debut, fin) of what was written."""

    champ: Champ
    operateur: Operateur
    debut: datetime
    fin: datetime


@dataclass(frozen=True, slots=True)
class Recents:
    """Made since that moment, or of one of these types however old: a first automatic search (rule ACC-64)."""

    depuis: datetime
    sauf_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curseur:
    """Where a page stopped: value of the sort key and id of its last element, and the time of page one."""

    valeur: str
    id: UUID
    instant: datetime
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtre:
    """Criteria of a search; an empty tuple or None means no criterion, tuples mean OR, fields AND."""

    ids: tuple[UUID, ...] = ()
    identifiants: tuple[str, ...] = ()
    statuts: tuple[str, ...] = ("current",)
    archive: bool | None = None
    types: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    etablissements: tuple[str, ...] = ()
    cadres: tuple[str, ...] = ()
    evenements: tuple[str, ...] = ()
    auteurs: tuple[str, ...] = ()
    etiquettes: tuple[str, ...] = ()
    mimes: tuple[str, ...] = ()
    langues: tuple[str, ...] = ()
    # Beginnings, without case or accent: of the description (one of each group), of a name of an author.
    descriptions: tuple[tuple[str, ...], ...] = ()
    noms_auteurs: tuple[NomAuteur, ...] = ()
    # Codes of relations, documents that are their targets, identifiers of related things (FHR-108).
    relations: tuple[str, ...] = ()
    cibles: tuple[str, ...] = ()
    lies: tuple[str, ...] = ()
    texte: str = ""
    bornes: tuple[Borne, ...] = ()
    recents: Recents | None = None
    masque: bool | None = None
    deposants: tuple[str, ...] = ()
    dossier_perso: UUID | None = None
    hors_dossier: UUID | None = None
    epingles: bool = False
    tri: Tri = "creation"
    descendant: bool = True
    limite: int = 50
    apres: Curseur | None = None
    decalage: int = 0
    avec_total: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """What the asker may see, whatever he asks: types of his matrix line (None: all), masked documents
    (all, or those of one depositor), documents invisible to the holder."""

    types: tuple[str, ...] | None
    tous_masques: bool
    rpps: str = ""
    structure: str = ""
    voit_invisible_patient: bool
    # What the holder shared with this asker: seen even when masked, never beyond his types (issue 3, ADR 0016).
    partages: tuple[UUID, ...] = ()
    # Nothing but these: the asker has no consent.
    partages_seuls: bool = False
    # Asked as if every document were masked: what masking would change, by the very same filter.
    comme_si_masque: bool = False
