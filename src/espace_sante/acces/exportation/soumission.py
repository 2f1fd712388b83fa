"""The archive's documents as IHE XDM describes them: real metadata, one entry for each (POR-04, POR-16)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from espace_sante.acces.exportation.noms import DOCUMENTS
from espace_sante.acces.exportation.tampon import Tampon
from espace_sante.documents.metadonnees import Auteur, Code, GenreAuteur, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, classes
from espace_sante.documents.queries import DocumentVu
from espace_sante.documents.xdm import ebrim_ecriture as ebrim
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, SoumissionXdm
from espace_sante.identite.queries import Identite
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7

# From IHE_XDM/SUBSET01/ back to the root of the archive.
_RACINE = "../.."


class Soumission:
    """METADATA.XML of one part, written entry after entry."""

    def __init__(self, titulaire: Identite, quand: datetime) -> None:
        identifiant = uuid7()
        self._patient = PatientXdm(titulaire.ins, titulaire.traits)
        self._lot = SoumissionXdm(
            id=identifiant,
            unique_id=f"urn:oid:2.25.{identifiant.int}",
            source_id=f"urn:oid:{settings.ES_SERVICE_OID}" if settings.ES_SERVICE_OID else "urn:oid:2.25.0",
            date=quand,
            titre="Copie de l’espace santé",
            auteur=Auteur(
                "organisation", structure_idnat=settings.ES_SERVICE_ID, structure_nom=settings.ES_SERVICE_NOM
            ),
        )
        self.texte = Tampon()
        self.texte.ecrire(ebrim.debut(self._patient, self._lot))

    def ajouter(self, vu: DocumentVu, nom: str, predecesseurs: frozenset[UUID]) -> None:
        """One document, whose file is `nom`; `predecesseurs`: documents of this part, which may be referred to."""
        remplace = f"urn:uuid:{vu.remplace_id}" if vu.remplace_id in predecesseurs else ""
        statut = "superseded" if vu.statut == "superseded" else "archived" if vu.archive else "current"
        uri = f"{_RACINE}/{DOCUMENTS}/{nom}"
        entree = EntreeXdm(vu.id, uri, metadonnees(vu, remplace), statut)  # type: ignore[arg-type]
        self.texte.ecrire(ebrim.entree(self._patient, self._lot, entree))

    def finir(self) -> None:
        self.texte.ecrire(ebrim.fin())


def metadonnees(vu: DocumentVu, remplace: str = "") -> Metadonnees:
    """What the record knows of a document, as any door writes it."""
    classe = classes().get(vu.classe_code)
    return Metadonnees(
        unique_id=vu.unique_id,
        type=Code(vu.type_code, vu.type_systeme, vu.type_libelle),
        classe=Code(vu.classe_code, SYSTEME_CLASSE, classe.libelle if classe else ""),
        titre=vu.titre,
        langue=vu.langue,
        format=Code(vu.format_code, vu.format_systeme),
        mime=vu.mime,
        taille=vu.taille,
        sha1=bytes(vu.sha1),
        creation=vu.creation,
        date=vu.date,
        periode_debut=vu.periode_debut,
        periode_fin=vu.periode_fin,
        etablissement=Code(vu.etablissement_code, vu.etablissement_systeme),
        cadre=Code(vu.cadre_code, vu.cadre_systeme),
        confidentialite=vu.confidentialite,
        masque_ps=vu.masque_ps,
        invisible_representants=vu.invisible_representants,
        auteurs=(_auteur(vu),),
        description=vu.description,
        remplace=remplace,
    )


def _auteur(vu: DocumentVu) -> Auteur:
    genre: GenreAuteur = "organisation"
    if vu.auteur_idnat:
        genre = "personne"
    elif vu.deposant_genre == GenreActeur.TITULAIRE:
        genre = "patient"
    organisation = genre == "organisation"
    return Auteur(
        genre,
        idnat=vu.auteur_idnat,
        nom="" if organisation else vu.auteur_nom,
        structure_idnat=vu.auteur_structure,
        structure_nom=vu.auteur_structure_nom or (vu.auteur_nom if organisation else ""),
    )
