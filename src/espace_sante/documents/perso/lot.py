"""The holder's file as a lot to store, like any other: author patient, types of his own (rules DOC-25, DOC-26). Pure.

It is wrapped in a CDA of level 1 that any software of a professional can read (CDA-40, ADR 0017), but for what a level
1 cannot hold: a PNG, a Word file, a PDF behind a password are stored as they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.formats import MEDIAS_N1, MIME_SUFFIT
from espace_sante.documents.cda.generation import document_n1, identifiant_de
from espace_sante.documents.cda.generation_elements import GenerationImpossible
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.n1 import controler_pdf
from espace_sante.documents.cda.neuf import OID_ESPACE, Acte, EnteteNeuf, Organisation, Personne, Sujet
from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, TypeDocument, type_document
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Fichier
from espace_sante.documents.perso.rules import instant_du_jour, verifier_type
from espace_sante.kernel.ids import uuid7

# "Expression personnelle du patient", in JDV_J01, J02 and J04.
EXP_PATIENT: Final = Code("EXP_PATIENT", f"urn:oid:{OID_ESPACE}", "Expression personnelle du patient")


@dataclass(frozen=True, slots=True)
class Description:
    """What the holder said of his file, already checked."""

    titre: str
    jour: date
    type_code: str
    masque: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """Who keeps the documents of holders, and the root under which they are named (CDA-40, CDA-22).

    `racine` is an OID; empty: each document takes a root of its own, under 2.25.
    """

    organisation: Organisation
    racine: str = ""


def lot_du_titulaire(
    dossier_id: UUID, titulaire: Sujet, description: Description, fichier: Fichier, service: Service, *, quand: datetime,
    saisi_par: Personne | None = None,
) -> LotADeposer:  # fmt: skip
    """One lot of one document. Raises DepotRefuse `type_refuse` for a type that is not a holder's.

    `saisi_par`: the representative or the aidant who acts; the holder stays the author (CDA-42).
    """
    verifier_type(description.type_code)
    patient = Auteur(
        "patient", nom=titulaire.nom_utilise, prenom=titulaire.prenom_utilise, specialite=EXP_PATIENT
    )
    emballe = _emballer(titulaire, description, fichier, service, quand, saisi_par)
    contenu = emballe or fichier.contenu
    if emballe:
        metadonnees = vers_metadonnees(
            lire_entete(lire(emballe)), emballe, date=quand, masque_ps=description.masque
        )
    else:
        metadonnees = _tel_quel(description, fichier, patient, quand)
    document = DocumentADeposer(id=uuid7(), entree=uuid4(), metadonnees=metadonnees, contenu=contenu)
    return LotADeposer(
        id=uuid7(), unique_id=f"urn:uuid:{uuid4()}", source_id=f"urn:uuid:{dossier_id}", date=quand,
        titre=description.titre, auteur=patient, designation=None, documents=(document,),
    )  # fmt: skip


def _emballer(
    titulaire: Sujet, description: Description, fichier: Fichier, service: Service, quand: datetime,
    saisi_par: Personne | None,
) -> bytes | None:  # fmt: skip
    """The CDA around the file; none for what a level 1 does not take, or an identity that makes no valid header."""
    if not _emballable(fichier) or not titulaire.traits.prenoms.strip():
        return None
    type_ = _type(description.type_code)
    lui = Personne(
        IdentifiantHl7(titulaire.ins.oid, titulaire.ins.matricule), titulaire.nom_utilise,
        titulaire.prenom_utilise, specialite=EXP_PATIENT,
    )  # fmt: skip
    numero = uuid4()
    identifiant = (
        IdentifiantHl7(service.racine, str(numero))
        if service.racine
        else identifiant_de(f"urn:oid:2.25.{numero.int}")
    )
    entete = EnteteNeuf(
        identifiant=identifiant,
        serie=identifiant,
        type=Code(type_.code, type_.systeme, type_.libelle),
        titre=description.titre,
        moment=instant_du_jour(description.jour, quand=quand),
        sujet=titulaire,
        auteur=lui,
        responsable=lui,
        gardien=service.organisation,
        saisi_par=saisi_par,
        acte=Acte(description.jour, EXP_PATIENT, EXP_PATIENT, service.organisation),
    )
    try:
        return document_n1(entete, fichier.mime, fichier.contenu)
    except GenerationImpossible:
        # A name that XML cannot hold: his file is kept all the same.
        return None


def _emballable(fichier: Fichier) -> bool:
    if fichier.mime not in MEDIAS_N1:
        return False
    return fichier.mime != "application/pdf" or not any(
        c.gravite == "error" for c in controler_pdf(fichier.contenu)
    )


def _type(code: str) -> TypeDocument:
    type_ = type_document(code)
    if type_ is None:
        raise DepotRefuse("type_refuse", "Vous ne pouvez pas ajouter ce type de document.")
    return type_


def _tel_quel(description: Description, fichier: Fichier, patient: Auteur, quand: datetime) -> Metadonnees:
    type_, creation = _type(description.type_code), instant_du_jour(description.jour, quand=quand)
    return Metadonnees(
        unique_id=f"urn:uuid:{uuid4()}",
        type=Code(type_.code, type_.systeme, type_.libelle),
        classe=Code(type_.classe, SYSTEME_CLASSE),
        titre=description.titre,
        langue="fr-FR",
        format=MIME_SUFFIT,
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
    )
