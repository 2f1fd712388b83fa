"""Who, what, when: all that stands around the words of a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from espace_sante.documents import nomenclatures
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.kernel.identifiants import rpps_vers_idnat
from espace_sante.simulateurs.population.modeles import (
    ProfessionnelFictif,
    SituationFictive,
    StructureFictive,
    TitulaireFictif,
)

OID_ESPACE = "1.2.250.1.213.1.1.4.6"
SECTEUR = "1.2.250.1.71.4.2.4"
CADRE = "1.2.250.1.213.1.1.4.9"
LIBELLE_EXP_PATIENT = "Expression personnelle du patient"
LIBELLE_ALIM_AM = "Alimentation automatique à partir du Système d'Information de l'Assurance Maladie"


@dataclass(frozen=True, slots=True)
class Entete:
    """The header of a document: the same facts make the CDA header and the metadata.

    Without `auteur`, the author is the holder when `structure` is the service, else the fund.
    `precedent` is the OID of the document that this one replaces.
    """

    oid: str
    oid_lot: str
    version: int
    precedent: str
    type_code: str
    titre: str
    moment: datetime
    debut: datetime
    fin: datetime | None
    titulaire: TitulaireFictif
    auteur: ProfessionnelFictif | None
    structure: StructureFictive
    medecin_traitant: ProfessionnelFictif
    evenement: Code | None

    @property
    def par_le_titulaire(self) -> bool:
        """Whether the holder deposited it himself (rule CDA-40)."""
        return self.auteur is None and self.structure.cadre_code == "EXP_PATIENT"

    @property
    def situation(self) -> SituationFictive | None:
        """The situation of the author in the structure of the document."""
        if self.auteur is None:
            return None
        situations = self.auteur.situations
        return next((s for s in situations if s.structure is self.structure), situations[0])

    @property
    def signataire(self) -> str:
        """Who signs, as written at the foot of a page."""
        if self.auteur:
            return self.auteur.affichage
        return self.titulaire.affichage if self.par_le_titulaire else self.structure.nom

    @property
    def qualite(self) -> str:
        """In what quality: « Médecin - Cardiologie… », « Titulaire de l'espace santé »."""
        if self.situation:
            return self.situation.specialite_libelle
        return "Titulaire de l'espace santé" if self.par_le_titulaire else "Organisme d'assurance maladie"

    @property
    def systeme_secteur(self) -> str:
        """OID of the table of the facility code (JDV_J02)."""
        return OID_ESPACE if self.par_le_titulaire else SECTEUR

    @property
    def systeme_cadre(self) -> str:
        """OID of the table of the practice setting code (JDV_J04)."""
        return OID_ESPACE if self.par_le_titulaire else CADRE

    @property
    def automate(self) -> str:
        """National identifier of the fund's feeding program (prefix 5, as in published examples)."""
        return f"5{self.structure.finess}/1.2.250.1.215.1.2"

    @property
    def auteur_xds(self) -> Auteur:
        """The author as the metadata name him; the INS of a holder is no author's id (INS-15)."""
        if self.auteur and self.situation:
            return Auteur(
                genre="personne",
                idnat=rpps_vers_idnat(self.auteur.rpps),
                nom=self.auteur.nom,
                prenom=self.auteur.prenom,
                structure_idnat=self.structure.id,
                structure_nom=self.structure.nom,
                specialite=_specialite(self.situation),
            )
        if self.par_le_titulaire:
            return Auteur(
                genre="patient",
                nom=self.titulaire.nom_utilise,
                prenom=self.titulaire.prenom_utilise,
                specialite=Code("EXP_PATIENT", systeme(OID_ESPACE), LIBELLE_EXP_PATIENT),
            )
        return Auteur(
            genre="dispositif",
            idnat=self.automate,
            nom=self.structure.nom,
            structure_idnat=self.structure.id,
            structure_nom=self.structure.nom,
            specialite=Code("ALIM_AM", systeme(OID_ESPACE), LIBELLE_ALIM_AM),
        )

    @property
    def authentificateur_xds(self) -> Auteur:
        """Who answers for the document: its author, or the fund."""
        if self.auteur or self.par_le_titulaire:
            return self.auteur_xds
        return Auteur(genre="personne", idnat=self.automate, nom=self.structure.nom)

    @property
    def depositaire_xds(self) -> Auteur:
        """The custodian as the metadata name it."""
        return Auteur(
            genre="organisation", structure_idnat=self.structure.id, structure_nom=self.structure.nom
        )


@lru_cache(maxsize=256)
def systeme(oid: str) -> str:
    """The URI of a code system as the metadata write it."""
    return nomenclatures.systeme_uri(oid)


def _specialite(situation: SituationFictive) -> Code:
    return Code(
        situation.specialite_code, systeme(situation.specialite_systeme), situation.specialite_libelle
    )
