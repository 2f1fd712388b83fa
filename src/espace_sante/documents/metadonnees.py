"""Metadata of a document, as every door of the product sees them (IHE XDS vocabulary).

Pure values: no Django, no I/O. Each standard (FHIR, CDA, XDS) keeps its own words in
its adapter and converts to and from these (rules DOC-04, DOC-39, CDA-31, XDS-03).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

GenreAuteur = Literal["personne", "organisation", "dispositif", "patient"]


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value: `systeme` is a URI (`http://loinc.org`) or `urn:oid:…`."""

    code: str
    systeme: str
    libelle: str = ""


@dataclass(frozen=True, slots=True)
class Auteur:
    """Who made, vouches for or keeps a document.

    `idnat` is a PS_IdNat (persons), `structure_idnat` a Struct_IdNat (rules FHR-86, ANN-07).
    """

    genre: GenreAuteur
    idnat: str = ""
    nom: str = ""
    prenom: str = ""
    structure_idnat: str = ""
    structure_nom: str = ""
    specialite: Code | None = None
    role: Code | None = None

    @property
    def affichage(self) -> str:
        """Name to show: the person when there is one, else the structure."""
        return f"{self.prenom} {self.nom}".strip() or self.structure_nom


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadonnees:
    """The mandatory and optional metadata of one document (rule DOC-04).

    `creation` is XDS creationTime, `date` the date of indexing as sent (rule FHR-84);
    all datetimes are aware. `sha1` is the SHA-1 of the stored bytes, `taille` their count.
    Confidentiality is a set: N, R or V plus three labels (rules DOC-39, FHR-113).
    """

    unique_id: str
    type: Code
    classe: Code
    titre: str
    langue: str
    format: Code
    mime: str
    taille: int
    sha1: bytes
    creation: datetime
    date: datetime
    periode_debut: datetime
    periode_fin: datetime | None = None
    etablissement: Code
    cadre: Code
    confidentialite: str = "N"
    masque_ps: bool = False
    invisible_patient: bool = False
    invisible_representants: bool = False
    auteurs: tuple[Auteur, ...]
    authentificateur: Auteur | None = None
    depositaire: Auteur | None = None
    evenements: tuple[Code, ...] = ()
    description: str = ""
    remplace: str = ""
