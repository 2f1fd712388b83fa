"""Writing CDA R2 documents of the CI-SIS: the header, and the body of a level N1 (rules CDA-05, CDA-11 to CDA-22, CDA-40).

What is written here passes our own checks (`controles`) and the extended schema. Read again, the header says what
was given, white space of texts being made simple as readers do.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

from lxml import etree

from espace_sante.documents.cda.formats import MEDIAS_N1
from espace_sante.documents.cda.generation_acteurs import (
    auteur,
    entite,
    gardien,
    medecin_traitant,
    operateur,
    organisation,
    sujet,
)
from espace_sante.documents.cda.generation_elements import code, element, heure, ii, texte
from espace_sante.documents.cda.lire import NS, RACINE
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import Acte, EnteteNeuf

# The stubs of lxml forget that None names the default namespace.
_PREFIXES: Final[dict[str, str]] = cast("dict[str, str]", {None: NS})
_MODELES: Final = ("2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1")
_MODELE_XDS_SD: Final = "1.3.6.1.4.1.19376.1.2.20"
_CONFIDENTIALITE: Final = "2.16.840.1.113883.5.25"
_NIVEAUX: Final = {"N": "Normal", "R": "Restreint", "V": "Très restreint"}
_URN_OID: Final = re.compile(r"urn:oid:([0-9.]+)(?:\^(.+))?")


def identifiant_de(unique_id: str) -> IdentifiantHl7:
    """The instance identifier of a uniqueId: `urn:oid:…`, perhaps `^` and an extension, or `urn:uuid:…` (CDA-13)."""
    if forme := _URN_OID.fullmatch(unique_id):
        return IdentifiantHl7(forme[1], forme[2] or "")
    return IdentifiantHl7(str(UUID(unique_id.removeprefix("urn:uuid:"))).upper())


def document_n1(entete: EnteteNeuf, media: str, contenu: bytes) -> bytes:
    """An unstructured document around a file, whose bytes are untouched (CDA-05, CDA-43).

    Raises GenerationImpossible for a character that XML cannot hold, ValueError for a media type that a level
    N1 does not take (a mistake of the caller).
    """
    if media not in MEDIAS_N1:
        raise ValueError("media type not taken in a level N1")
    racine = ecrire_entete(entete, modele=_MODELE_XDS_SD)
    corps = element(element(racine, "component"), "nonXMLBody")
    element(corps, "text", mediaType=media, representation="B64").text = b64encode(contenu).decode("ascii")
    return octets(racine)


def octets(racine: etree._Element) -> bytes:
    """The document as it is stored and signed."""
    ecrits: bytes = etree.tostring(racine, xml_declaration=True, encoding="UTF-8")
    return ecrits


def ecrire_entete(e: EnteteNeuf, *, modele: str = "") -> etree._Element:
    """A ClinicalDocument with its whole header, its body still to come. `modele`: the templateId of the body.

    Raises GenerationImpossible.
    """
    racine = etree.Element(RACINE, nsmap=_PREFIXES)
    element(racine, "realmCode", code="FR")
    element(racine, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    for root in (*_MODELES, modele):
        if root:
            element(racine, "templateId", root=root)
    ii(racine, "id", e.identifiant)
    code(racine, "code", e.type)
    texte(racine, "title", e.titre)
    element(racine, "effectiveTime", value=heure(e.moment))
    element(
        racine,
        "confidentialityCode",
        code=e.confidentialite,
        displayName=_NIVEAUX[e.confidentialite],
        codeSystem=_CONFIDENTIALITE,
    )
    element(racine, "languageCode", code="fr-FR")
    ii(racine, "setId", e.serie)
    element(racine, "versionNumber", value=str(e.version))
    sujet(racine, e.sujet)
    auteur(racine, e.auteur, e.moment)
    if e.saisi_par:
        operateur(racine, e.saisi_par, e.moment)
    gardien(racine, e.gardien)
    responsable = element(racine, "legalAuthenticator")
    element(responsable, "time", value=heure(e.moment))
    element(responsable, "signatureCode", code="S")
    entite(responsable, "assignedEntity", e.responsable)
    if e.medecin_traitant:
        medecin_traitant(racine, e.medecin_traitant)
    _acte(racine, e.acte)
    if e.remplace:
        lien = element(element(racine, "relatedDocument", typeCode="RPLC"), "parentDocument")
        ii(lien, "id", e.remplace)
    _prise_en_charge(racine, e.acte)
    return racine


def _acte(racine: etree._Element, a: Acte) -> None:
    evenement = element(element(racine, "documentationOf"), "serviceEvent")
    if a.code:
        code(evenement, "code", a.code)
    _periode(evenement, a.debut, a.fin)
    executant = element(element(evenement, "performer", typeCode="PRF"), "assignedEntity")
    if a.executant:
        entite(executant, "", a.executant, avec_organisation=False)
    else:
        element(executant, "id", nullFlavor="NA")
    code(organisation(executant, "representedOrganization", a.lieu), "standardIndustryClassCode", a.cadre)


def _prise_en_charge(racine: etree._Element, a: Acte) -> None:
    rencontre = element(element(racine, "componentOf"), "encompassingEncounter")
    _periode(rencontre, a.debut, None)
    lieu = element(element(rencontre, "location"), "healthCareFacility")
    ii(lieu, "id", a.lieu.identifiant)
    code(lieu, "code", a.etablissement)


def _periode(parent: etree._Element, debut: date | datetime, fin: date | datetime | None) -> None:
    periode = element(parent, "effectiveTime")
    element(periode, "low", value=heure(debut))
    if fin:
        element(periode, "high", value=heure(fin))
