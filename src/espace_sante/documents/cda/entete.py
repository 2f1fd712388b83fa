"""From a parsed document to its header, and from the header to metadata (CDA-31, table B.4.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from lxml import etree

from espace_sante.documents.cda.enfants import Enfants, enfants, enfants_de, sous, un, valeur_de
from espace_sante.documents.cda.formats import format_n1, format_n3
from espace_sante.documents.cda.horodatage import Horodatage, lire_horodatage
from espace_sante.documents.cda.lire import CdaInvalide, CdaLu
from espace_sante.documents.cda.modele import (
    EnteteCda,
    Evenement,
    IdentifiantHl7,
    Intervenant,
    Niveau,
    Parent,
)
from espace_sante.documents.cda.personnes import (
    attribut,
    lire_code,
    lire_depositaire,
    lire_ids,
    lire_intervenant,
    lire_patient,
    texte,
)
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, classes, type_document

_ACCESSION: Final = "{urn:dicom-org:ps3-20}accessionNumber"
LANGUE_PAR_DEFAUT: Final = "fr-FR"


def lire_entete(source: CdaLu | etree._Element, *, mime: str = "text/xml") -> EnteteCda:
    """The header of a document that `lire` accepted (or of its ClinicalDocument element).

    Never raises: what is missing or wrong is for `controles` to say.
    """
    racine = source.racine if isinstance(source, CdaLu) else source
    parties = enfants((racine,))
    instant = valeur_de(parties, "effectiveTime")
    niveau, media = _corps(enfants(parties.get("component", ())))
    modeles = lire_ids(parties.get("templateId", ()))
    signataire = un(parties, "legalAuthenticator")
    depots = sous(parties.get("custodian", ()), "assignedCustodian", "representedCustodianOrganization")
    depositaire, depositaire_identifie = lire_depositaire(enfants(depots[:1]))
    facilites = sous(
        parties.get("componentOf", ()), "encompassingEncounter", "location", "healthCareFacility", "code"
    )
    ordres = sous(parties.get("inFulfillmentOf", ()), "order")
    return EnteteCda(
        realms=tuple([attribut(e, "code") for e in parties.get("realmCode", ())]),
        type_id=_un_id(parties, "typeId"),
        modeles=modeles,
        id=_un_id(parties, "id"),
        code=lire_code(un(parties, "code")),
        titre=texte(un(parties, "title")),
        langue=valeur_de(parties, "languageCode", "code"),
        horodatage=lire_horodatage(instant),
        horodatage_brut=instant,
        confidentialite=lire_code(un(parties, "confidentialityCode")),
        set_id=_un_id(parties, "setId"),
        version=_entier(un(parties, "versionNumber")),
        patients=tuple([lire_patient(e) for e in parties.get("recordTarget", ())]),
        auteurs=tuple([lire_intervenant(e, "assignedAuthor") for e in parties.get("author", ())]),
        depositaire=depositaire,
        depositaire_identifie=depositaire_identifie,
        authentificateur=lire_intervenant(signataire, "assignedEntity") if signataire is not None else None,
        evenements=tuple(
            [_evenement(enfants((e,))) for e in sous(parties.get("documentationOf", ()), "serviceEvent")]
        ),
        etablissement=lire_code(facilites[0]) if facilites else None,
        ordres=lire_ids(sous(ordres, "id")),
        accessions=lire_ids([e for ordre in ordres for e in ordre if e.tag == _ACCESSION]),
        parents=tuple([_parent(e) for e in parties.get("relatedDocument", ())]),
        niveau=niveau,
        media_n1=media,
        format=format_n1(media) if niveau == "N1" else format_n3(m.racine for m in modeles),
        mime=source.mime if isinstance(source, CdaLu) else mime,
    )


def vers_metadonnees(
    entete: EnteteCda,
    contenu: bytes,
    *,
    date: datetime | None = None,
    masque_ps: bool = False,
    invisible_patient: bool = False,
    invisible_representants: bool = False,
    description: str = "",
) -> Metadonnees:
    """The metadata deduced from the header (CDA-31); size and hash are those of `contenu`.

    `date` (of indexing) is the effectiveTime when not given. Visibility comes from outside the
    CDA. Raises CdaInvalide `cda-metadonnees` with the names of what cannot be deduced.
    """
    evenement = entete.evenement
    debut = evenement.debut if evenement else None
    cadre = evenement.cadre if evenement else None
    connu = type_document(entete.code.code) if entete.code else None
    if not (
        entete.id
        and entete.code
        and connu
        and entete.titre
        and entete.horodatage
        and debut
        and entete.etablissement
        and cadre
        and entete.auteurs
    ):
        raise CdaInvalide(
            "cda-metadonnees",
            "L’en-tête du document ne suffit pas pour le ranger.",
            manquantes=manquantes(entete),
        )
    fin = evenement.fin if evenement else None
    return Metadonnees(
        unique_id=entete.unique_id,
        type=Code(entete.code.code, connu.systeme, connu.libelle),
        classe=Code(connu.classe, SYSTEME_CLASSE, classes()[connu.classe].libelle),
        titre=entete.titre,
        langue=entete.langue or LANGUE_PAR_DEFAUT,
        format=entete.format,
        mime=entete.mime,
        taille=len(contenu),
        sha1=hashlib.sha1(contenu, usedforsecurity=False).digest(),
        creation=entete.horodatage.instant,
        date=date or entete.horodatage.instant,
        periode_debut=debut.instant,
        periode_fin=fin.instant if fin else None,
        etablissement=entete.etablissement,
        cadre=cadre,
        confidentialite=entete.confidentialite.code if entete.confidentialite else "N",
        masque_ps=masque_ps,
        invisible_patient=invisible_patient,
        invisible_representants=invisible_representants,
        auteurs=tuple(i.auteur for i in entete.auteurs),
        authentificateur=_authentificateur(entete.authentificateur),
        depositaire=entete.depositaire,
        evenements=tuple(e.code for e in entete.evenements if e.code),
        description=description,
        remplace=entete.remplace,
    )


def manquantes(entete: EnteteCda) -> tuple[str, ...]:
    """Names of the metadata (fields of Metadonnees) that this header cannot give."""
    evenement = entete.evenement
    presentes: dict[str, object] = {
        "unique_id": entete.id,
        "type": entete.code and type_document(entete.code.code),
        "titre": entete.titre,
        "creation": entete.horodatage,
        "periode_debut": evenement and evenement.debut,
        "etablissement": entete.etablissement,
        "cadre": evenement and evenement.cadre,
        "auteurs": entete.auteurs,
    }
    return tuple(nom for nom, valeur in presentes.items() if not valeur)


def _authentificateur(signataire: Intervenant | None) -> Auteur | None:
    return signataire.auteur if signataire else None


def _un_id(parties: Enfants, nom: str) -> IdentifiantHl7 | None:
    ids = lire_ids(parties.get(nom, ()))
    return ids[0] if ids else None


def _entier(element: etree._Element | None) -> int | None:
    valeur = attribut(element, "value")
    return int(valeur) if valeur.isascii() and valeur.isdigit() and len(valeur) < 10 else None


def _evenement(parties: Enfants) -> Evenement:
    debut, fin = _periode(enfants_de(parties, "effectiveTime"))
    acteurs = parties.get("performer", ())
    realisateurs = [a for a in acteurs if attribut(a, "typeCode") == "PRF"]
    cadres = (_cadre(a) for a in [*realisateurs, *acteurs])
    return Evenement(
        code=lire_code(un(parties, "code")),
        debut=debut,
        fin=fin,
        realise=bool(realisateurs),
        cadre=next((c for c in cadres if c), None),
    )


def _cadre(acteur: etree._Element) -> Code | None:
    codes = sous((acteur,), "assignedEntity", "representedOrganization", "standardIndustryClassCode")
    return lire_code(codes[0]) if codes else None


def _periode(parties: Enfants) -> tuple[Horodatage | None, Horodatage | None]:
    return (
        lire_horodatage(valeur_de(parties, "low")),
        lire_horodatage(valeur_de(parties, "high")),
    )


def _parent(element: etree._Element) -> Parent:
    parent = enfants(sous((element,), "parentDocument")[:1])
    return Parent(
        attribut(element, "typeCode"), lire_ids(parent.get("id", ())), _entier(un(parent, "versionNumber"))
    )


def _corps(parties: Enfants) -> tuple[Niveau, str]:
    """Level of the body and, for N1, its media type (CDA-04)."""
    n1, n3 = un(parties, "nonXMLBody"), un(parties, "structuredBody")
    if n1 is not None:
        media = valeur_de(enfants((n1,)), "text", "mediaType").lower()
        return ("N1+N3" if n3 is not None else "N1"), media
    return ("N3" if n3 is not None else ""), ""
