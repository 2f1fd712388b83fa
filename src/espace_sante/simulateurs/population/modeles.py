"""What the generator yields: frozen values, without database and without Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from espace_sante.documents.metadonnees import Metadonnees
from espace_sante.kernel.codes import EtatProfil, ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits

if TYPE_CHECKING:
    from espace_sante.simulateurs.population.dossiers import Fabrique

GenreConsentement = Literal["equipe", "ponctuel"]
ModeRecueil = Literal["oral", "ecrit", "numerique"]
ActeVisite = Literal["ouverture", "lecture", "depot", "refus"]


@dataclass(frozen=True, slots=True)
class Adresse:
    """A postal address in an invented town."""

    numero: str
    voie: str
    code_postal: str
    commune: str

    @property
    def ligne(self) -> str:
        """The address on one line."""
        return f"{self.numero} {self.voie}, {self.code_postal} {self.commune}"


@dataclass(frozen=True, slots=True)
class StructureFictive:
    """A health structure; `id` is its Struct_IdNat, codes are of JDV_J02 and JDV_J04."""

    id: str
    finess: str
    nom: str
    adresse: Adresse
    telephone: str
    etablissement_code: str
    etablissement_libelle: str
    cadre_code: str
    cadre_libelle: str


@dataclass(frozen=True, slots=True)
class SituationFictive:
    """One situation d'exercice: a profession exercised somewhere (rule IDN-53)."""

    id: UUID
    profession_systeme: str
    profession_code: str
    profession_libelle: str
    savoir_faire: str
    specialite_code: str
    specialite_systeme: str
    specialite_libelle: str
    secteur: str
    structure: StructureFictive | None
    actif: bool = True


@dataclass(frozen=True, slots=True)
class ProfessionnelFictif:
    """A registered professional; the RPPS begins with 990, outside the attributed ranges."""

    rpps: str
    civilite: str
    titre: str
    nom: str
    prenom: str
    actif: bool
    situations: tuple[SituationFictive, ...]
    mssante: str
    regulation: bool
    metier: str

    @property
    def affichage(self) -> str:
        """Name as people say it: « Dr Anne Morel »."""
        return f"{self.titre or self.civilite} {self.prenom} {self.nom}"


@dataclass(frozen=True, slots=True)
class SecretariatFictif:
    """A person of a structure's secretariat: feeds, never reads (rules IDN-63, IDN-64)."""

    id: UUID
    identifiant: str
    mot_de_passe: str
    civilite: str
    nom: str
    prenom: str
    courriel: str
    mssante: str
    structure_id: str


@dataclass(frozen=True, slots=True)
class EquipeFictive:
    """The care team of a hospital or a health centre; members are RPPS numbers (rule ACC-19)."""

    id: UUID
    nom: str
    structure_id: str
    membres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentementFictif:
    """A consent that the holder gave, to a team or to one professional (rules ACC-11, ACC-19)."""

    id: UUID
    genre: GenreConsentement
    equipe: UUID | None
    rpps: str
    structure_id: str
    recueilli_par: str
    mode: ModeRecueil
    debut: datetime
    fin: datetime
    retire_le: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisiteFictive:
    """One past act on a record, to seed a plausible history (rule AUD-01).

    `document` names the document read or deposited; `refus` is the machine code of a refusal.
    """

    id: UUID
    moment: datetime
    acte: ActeVisite
    rpps: str
    structure_id: str
    mode: ModeAcces = ModeAcces.NORMAL
    document: UUID | None = None
    motif: str = ""
    refus: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFictif:
    """A document as a professional's software would have deposited it.

    `id` and `entree` have the shape that a deposit gives (UUIDv7). `depose_le` is the moment
    of deposit, `deposant` the RPPS or the Struct_IdNat of who sent it, empty for the holder.
    """

    id: UUID
    entree: UUID
    depose_le: datetime
    deposant: str
    metadonnees: Metadonnees
    contenu: bytes


@dataclass(frozen=True, slots=True)
class TitulaireFictif:
    """A holder: identity, state of the profile, account when there is one, family.

    Documents, consents and visits are computed on demand from the seed: a holder kept in
    memory weighs a few hundred bytes, whatever his record holds.
    """

    rang: int
    dossier_id: UUID
    ins: Ins
    traits: Traits
    nom_utilise: str
    prenom_utilise: str
    naissance: date
    etat: EtatProfil
    etat_depuis: datetime
    motif: str
    adresse: Adresse
    telephone: str
    courriel: str
    identifiant: str
    mot_de_passe: str
    foyer: int
    role: str
    representants: tuple[UUID, ...]
    medecin_traitant: str
    parcours: tuple[str, ...]
    presentation: str = ""
    fabrique: Fabrique | None = field(default=None, repr=False, compare=False)

    @property
    def civilite(self) -> str:
        return "Madame" if self.traits.sexe == "F" else "Monsieur"

    @property
    def affichage(self) -> str:
        return f"{self.prenom_utilise} {self.nom_utilise}"

    @property
    def a_un_dossier(self) -> bool:
        """Whether a record was opened one day, hence may hold documents."""
        return self.etat in _AVEC_DOSSIER

    def documents(self) -> Iterator[DocumentFictif]:
        """The documents in order of deposit, each made when asked for."""
        return self.fabrique.documents(self) if self.fabrique else iter(())

    @property
    def consentements(self) -> tuple[ConsentementFictif, ...]:
        """The consents given, oldest first."""
        return self.fabrique.consentements(self) if self.fabrique else ()

    @property
    def visites(self) -> tuple[VisiteFictive, ...]:
        """Who came and when, oldest first."""
        return self.fabrique.visites(self) if self.fabrique else ()


_AVEC_DOSSIER = frozenset({EtatProfil.CREE_AUTO, EtatProfil.ACTIVE, EtatProfil.SUSPENDU, EtatProfil.CLOTURE})
