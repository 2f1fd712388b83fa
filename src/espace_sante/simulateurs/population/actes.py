"""A planned document: when, by whom, of which type; its words are written only on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from espace_sante.documents.metadonnees import Code
from espace_sante.simulateurs.population.contenu import Corps
from espace_sante.simulateurs.population.foyers import age, mois
from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, StructureFictive, TitulaireFictif

LOINC = "2.16.840.1.113883.6.1"


@dataclass(frozen=True, slots=True)
class Cadre:
    """What a writer knows: the patient, the moment, the author, the family doctor, chance."""

    titulaire: TitulaireFictif
    moment: datetime
    auteur: ProfessionnelFictif | None
    structure: StructureFictive
    medecin_traitant: ProfessionnelFictif
    hasard: Hasard

    @property
    def age(self) -> int:
        """Age on the day of the document."""
        return max(0, age(self.titulaire.naissance, self.moment.date()))

    @property
    def mois(self) -> int:
        """Age in months on the day of the document."""
        return max(0, mois(self.titulaire.naissance, self.moment.date()))

    @property
    def patient(self) -> str:
        """« Madame Sophie Vasseur, 47 ans »; a child is called by name."""
        if self.age < 2:
            return f"l'enfant {self.titulaire.affichage}, {self.mois} mois"
        if self.age < 15:
            return f"l'enfant {self.titulaire.affichage}, {self.age} ans"
        return f"{self.titulaire.civilite} {self.titulaire.affichage}, {self.age} ans"

    @property
    def sujet(self) -> str:
        """The same at the beginning of a sentence."""
        return self.patient[:1].upper() + self.patient[1:]

    @property
    def elle(self) -> bool:
        return self.titulaire.traits.sexe == "F"

    @property
    def e(self) -> str:
        """The ending of agreement in the feminine."""
        return "e" if self.elle else ""


Redacteur = Callable[[Cadre], Corps]


@dataclass(frozen=True, slots=True)
class Acte:
    """A planned document.

    `metier` is the trade of the author ("" for the holder, "assurance_maladie" for the fund);
    `lu` says whether the family doctor reads it afterwards.
    """

    jour: date
    type_code: str
    titre: str
    metier: str
    redacteur: Redacteur
    evenement: Code | None = None
    pdf: float = 0.15
    masque_ps: bool = False
    invisible_patient: bool = False
    invisible_representants: bool = False
    fin: date | None = None
    essentiel: bool = False

    def masque(self) -> Acte:
        """The same, hidden from professionals."""
        return replace(self, masque_ps=True)

    def avant_annonce(self) -> Acte:
        """The same, hidden from the holder until someone tells him (CSP R1111-53)."""
        return replace(self, invisible_patient=True, essentiel=True)

    def secret_du_mineur(self) -> Acte:
        """The same, hidden from the legal representatives of a minor (CSP R1111-50)."""
        return replace(self, invisible_representants=True, essentiel=True)


def evenement_loinc(code: str, libelle: str) -> Code:
    """A documented act named by a LOINC code."""
    return Code(code, LOINC, libelle)
