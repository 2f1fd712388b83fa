"""The holder's file as a lot to store, like any other: author patient, types of his own (rules DOC-25, DOC-26). Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, type_document
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Fichier
from espace_sante.documents.perso.rules import instant_du_jour, verifier_type
from espace_sante.kernel.ids import uuid7

# "Expression personnelle du patient", in JDV_J01, J02 and J04.
EXP_PATIENT: Final = Code("EXP_PATIENT", "urn:oid:1.2.250.1.213.1.1.4.6", "Expression personnelle du patient")
_FORMAT: Final = Code(
    "urn:ihe:iti:xds:2017:mimeTypeSufficient",
    "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
)


@dataclass(frozen=True, slots=True)
class Description:
    """What the holder said of his file, already checked."""

    titre: str
    jour: date
    type_code: str
    masque: bool = False


def lot_du_titulaire(
    dossier_id: UUID, prenom: str, nom: str, description: Description, fichier: Fichier, *, quand: datetime
) -> LotADeposer:
    """One lot of one document. Raises DepotRefuse `type_refuse` for a type that is not a holder's."""
    verifier_type(description.type_code)
    type_ = type_document(description.type_code)
    if type_ is None:
        raise DepotRefuse("type_refuse", "Vous ne pouvez pas ajouter ce type de document.")
    patient = Auteur("patient", nom=nom, prenom=prenom, specialite=EXP_PATIENT)
    creation = instant_du_jour(description.jour, quand=quand)
    document = DocumentADeposer(
        id=uuid7(),
        entree=uuid4(),
        metadonnees=Metadonnees(
            unique_id=f"urn:uuid:{uuid4()}",
            type=Code(type_.code, type_.systeme, type_.libelle),
            classe=Code(type_.classe, SYSTEME_CLASSE),
            titre=description.titre,
            langue="fr-FR",
            format=_FORMAT,
            mime=fichier.mime,
            taille=len(fichier.contenu),
            sha1=hashlib.sha1(fichier.contenu, usedforsecurity=False).digest(),
            creation=creation,
            date=quand,
            periode_debut=creation,
            etablissement=EXP_PATIENT,
            cadre=EXP_PATIENT,
            masque_ps=description.masque,
            auteurs=(patient,),
        ),
        contenu=fichier.contenu,
    )
    return LotADeposer(
        id=uuid7(), unique_id=f"urn:uuid:{uuid4()}", source_id=f"urn:uuid:{dossier_id}", date=quand,
        titre=description.titre, auteur=patient, designation=None, documents=(document,),
    )  # fmt: skip
