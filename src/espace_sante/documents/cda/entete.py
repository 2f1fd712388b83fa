"""From a parsed document to its header, and from the header to metadata (CDA-31, table B.4.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from lxml import etree

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
    chercher,
    lire_code,
    lire_ids,
    lire_intervenant,
    lire_organisation,
    lire_patient,
    premier,
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
    instant = attribut(premier(racine, "effectiveTime"), "value")
    niveau, media = _corps(racine)
    modeles = lire_ids(racine, "templateId")
    signataire = premier(racine, "legalAuthenticator")
    depot = premier(racine, "custodian/assignedCustodian/representedCustodianOrganization")
    return EnteteCda(
        realms=tuple(attribut(e, "code") for e in chercher(racine, "realmCode")),
        type_id=_un_id(racine, "typeId"),
        modeles=modeles,
        id=_un_id(racine, "id"),
        code=lire_code(premier(racine, "code")),
        titre=texte(premier(racine, "title")),
        langue=attribut(premier(racine, "languageCode"), "code"),
        horodatage=lire_horodatage(instant),
        horodatage_brut=instant,
        confidentialite=lire_code(premier(racine, "confidentialityCode")),
        set_id=_un_id(racine, "setId"),
        version=_entier(premier(racine, "versionNumber")),
        patients=tuple(lire_patient(e) for e in chercher(racine, "recordTarget")),
        auteurs=tuple(lire_intervenant(e, "assignedAuthor") for e in chercher(racine, "author")),
        depositaire=lire_organisation(depot),
        depositaire_identifie=bool(lire_ids(depot)),
        authentificateur=lire_intervenant(signataire, "assignedEntity") if signataire is not None else None,
        evenements=tuple(_evenement(e) for e in chercher(racine, "documentationOf/serviceEvent")),
        etablissement=lire_code(
            premier(racine, "componentOf/encompassingEncounter/location/healthCareFacility/code")
        ),
        ordres=lire_ids(racine, "inFulfillmentOf/order/id"),
        accessions=_accessions(racine),
        parents=tuple(_parent(e) for e in chercher(racine, "relatedDocument")),
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


def _un_id(racine: etree._Element, chemin: str) -> IdentifiantHl7 | None:
    ids = lire_ids(racine, chemin)
    return ids[0] if ids else None


def _entier(element: etree._Element | None) -> int | None:
    valeur = attribut(element, "value")
    return int(valeur) if valeur.isascii() and valeur.isdigit() and len(valeur) < 10 else None


def _evenement(element: etree._Element) -> Evenement:
    debut, fin = _periode(premier(element, "effectiveTime"))
    acteurs = chercher(element, "performer")
    realisateurs = [a for a in acteurs if attribut(a, "typeCode") == "PRF"]
    chemin = "assignedEntity/representedOrganization/standardIndustryClassCode"
    cadres = (lire_code(premier(a, chemin)) for a in [*realisateurs, *acteurs])
    return Evenement(
        code=lire_code(premier(element, "code")),
        debut=debut,
        fin=fin,
        realise=bool(realisateurs),
        cadre=next((c for c in cadres if c), None),
    )


def _periode(element: etree._Element | None) -> tuple[Horodatage | None, Horodatage | None]:
    return (
        lire_horodatage(attribut(premier(element, "low"), "value")),
        lire_horodatage(attribut(premier(element, "high"), "value")),
    )


def _parent(element: etree._Element) -> Parent:
    parent = premier(element, "parentDocument")
    return Parent(attribut(element, "typeCode"), lire_ids(parent), _entier(premier(parent, "versionNumber")))


def _accessions(racine: etree._Element) -> tuple[IdentifiantHl7, ...]:
    ids = (
        IdentifiantHl7(attribut(e, "root"), attribut(e, "extension"))
        for ordre in chercher(racine, "inFulfillmentOf/order")
        for e in ordre.findall(_ACCESSION)
    )
    return tuple(i for i in ids if i.racine)


def _corps(racine: etree._Element) -> tuple[Niveau, str]:
    """Level of the body and, for N1, its media type (CDA-04)."""
    n1, n3 = premier(racine, "component/nonXMLBody"), premier(racine, "component/structuredBody")
    media = attribut(premier(n1, "text"), "mediaType").lower()
    if n1 is not None:
        return ("N1+N3" if n3 is not None else "N1"), media
    return ("N3" if n3 is not None else ""), ""
