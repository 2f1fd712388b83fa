"""The lot of one deposit from the portal: a CDA of level 1 around the file, and the metadata of its header (CDA-31)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.generation import document_n1, identifiant_de
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import Acte, EnteteNeuf, Sujet
from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.perso.rules import instant_du_jour
from espace_sante.documents.portail.auteur import Signataire
from espace_sante.documents.portail.prepares import Prepare
from espace_sante.documents.portail.regles import Description
from espace_sante.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class Precedent:
    """The document that is replaced: its uniqueId, and the set and version that its header gave."""

    unique_id: str
    serie: IdentifiantHl7 | None = None
    version: int = 1


def unique_id(prepare_id: UUID) -> str:
    """The same for the same prepared deposit, however often it is confirmed (DOC-14)."""
    return f"urn:uuid:{prepare_id}"


def lot_du_portail(
    sujet: Sujet, signataire: Signataire, description: Description, prepare: Prepare, *,
    source_id: str, precedent: Precedent | None = None, depositaire: Auteur | None = None, quand: datetime,
) -> LotADeposer:  # fmt: skip
    """One lot of one document. `depositaire`: the structure that deposits, when it is not the author himself.

    Raises GenerationImpossible.
    """
    fichier, saisie = prepare.fichier, prepare.saisie
    if fichier is None:
        raise ValueError("a deposit without a file")
    identifiant = identifiant_de(unique_id(prepare.id))
    t = description.type
    entete = EnteteNeuf(
        identifiant=identifiant,
        serie=(precedent.serie if precedent else None) or identifiant,
        version=precedent.version + 1 if precedent else 1,
        type=Code(t.code, t.systeme, t.libelle),
        titre=description.titre,
        moment=instant_du_jour(description.jour, quand=prepare.cree_le),
        confidentialite=description.niveau,
        sujet=sujet,
        auteur=signataire.personne,
        responsable=signataire.personne,
        gardien=signataire.organisation,
        acte=Acte(
            description.jour, signataire.etablissement, signataire.cadre, signataire.organisation,
            executant=signataire.personne,
        ),
        remplace=identifiant_de(precedent.unique_id) if precedent else None,
    )  # fmt: skip
    contenu = document_n1(entete, fichier.media, fichier.contenu)
    metadonnees = vers_metadonnees(
        lire_entete(lire(contenu)),
        contenu,
        date=quand,
        masque_ps=saisie.masque,
        invisible_patient=saisie.annonce,
        invisible_representants=saisie.representants,
    )
    if precedent:
        # Whatever the case in which the header writes a UUID.
        metadonnees = replace(metadonnees, remplace=precedent.unique_id)
    return LotADeposer(
        id=uuid7(),
        unique_id=f"urn:uuid:{uuid4()}",
        source_id=source_id,
        date=quand,
        titre=description.titre,
        auteur=depositaire or metadonnees.auteurs[0],
        designation=None,
        documents=(DocumentADeposer(uuid7(), uuid4(), metadonnees, contenu),),
    )
