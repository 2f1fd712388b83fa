"""What goes into a CDA that we write ourselves, as frozen values; `generation` makes the document of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.metadonnees import Code
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits

# Code systems of the header: facility (JDV_J02), practice setting (JDV_J04), what the patient says himself.
OID_SECTEUR: Final = "1.2.250.1.71.4.2.4"
OID_CADRE: Final = "1.2.250.1.213.1.1.4.9"
OID_ESPACE: Final = "1.2.250.1.213.1.1.4.6"


@dataclass(frozen=True, slots=True, repr=False)
class Adresse:
    """A postal address, in the four parts that the header holds."""

    numero: str
    voie: str
    code_postal: str
    commune: str


@dataclass(frozen=True, slots=True, repr=False)
class Organisation:
    """A structure: its Struct_IdNat, its name, perhaps where it is."""

    identifiant: IdentifiantHl7
    nom: str
    adresse: Adresse | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Personne:
    """A professional by his PS_IdNat, or the holder by his INS (CDA-21, CDA-42).

    `specialite` is the code of JDV_J01.
    """

    identifiant: IdentifiantHl7
    nom: str
    prenom: str = ""
    civilite: str = ""
    titre: str = ""
    specialite: Code | None = None
    organisation: Organisation | None = None
    adresse: Adresse | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Automate:
    """A program that is the author of what it deposits (the fund's feeding)."""

    identifiant: IdentifiantHl7
    nom: str
    specialite: Code
    organisation: Organisation


@dataclass(frozen=True, slots=True, repr=False)
class Sujet:
    """The holder whom the document is about (CDA-19, CDA-20, CDA-25)."""

    ins: Ins
    traits: Traits
    nom_utilise: str = ""
    prenom_utilise: str = ""
    adresse: Adresse | None = None
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Acte:
    """What was done: when, by whom, in which setting and place (`documentationOf`, `componentOf`).

    `executant` is none when nobody of the directory did it. Dates without a time stay dates.
    """

    debut: date | datetime
    etablissement: Code
    cadre: Code
    lieu: Organisation
    fin: date | datetime | None = None
    code: Code | None = None
    executant: Personne | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteteNeuf:
    """The header of a document to write. Datetimes are aware.

    `saisi_par`: who acted in the holder's name, a representative or an aidant; the holder stays the author (CDA-42).
    """

    identifiant: IdentifiantHl7
    serie: IdentifiantHl7
    version: int = 1
    type: Code
    titre: str
    moment: datetime
    confidentialite: str = "N"
    sujet: Sujet
    auteur: Personne | Automate
    responsable: Personne
    gardien: Organisation
    acte: Acte
    medecin_traitant: Personne | None = None
    saisi_par: Personne | None = None
    remplace: IdentifiantHl7 | None = None
