"""Children of header elements by name, each element being walked once (a header is read at every deposit)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from espace_sante.documents.cda.lire import NS

Enfants = dict[str, list[etree._Element]]

# Every element of the header that is read.
_LUS: Final = """
    addr assignedAuthor assignedAuthoringDevice assignedCustodian assignedEntity assignedPerson author
    administrativeGenderCode birthTime birthplace code component componentOf confidentialityCode county
    custodian documentationOf effectiveTime encompassingEncounter family functionCode given
    healthCareFacility high id inFulfillmentOf languageCode legalAuthenticator location low
    manufacturerModelName name nonXMLBody order parentDocument patient patientRole performer place
    realmCode recordTarget relatedDocument representedCustodianOrganization representedOrganization
    serviceEvent setId signatureCode softwareName standardIndustryClassCode structuredBody templateId
    text time title typeId versionNumber
"""
_NOMS: Final = {f"{{{NS}}}{nom}": nom for nom in _LUS.split()}
_BALISES: Final = {nom: balise for balise, nom in _NOMS.items()}


def enfants(parents: Iterable[etree._Element]) -> Enfants:
    """The children of these elements by local name, in document order; other names are left out."""
    groupes: Enfants = {}
    connu = _NOMS.get
    for parent in parents:
        for element in parent:
            nom = connu(element.tag)
            if nom is None:
                continue
            if nom in groupes:
                groupes[nom].append(element)
            else:
                groupes[nom] = [element]
    return groupes


def enfants_de(groupes: Enfants, nom: str) -> Enfants:
    """`enfants` of the first child of that name; empty when there is none."""
    trouves = groupes.get(nom)
    return enfants(trouves[:1]) if trouves else {}


def un(groupes: Enfants, nom: str) -> etree._Element | None:
    """The first child of that name, or None."""
    trouves = groupes.get(nom)
    return trouves[0] if trouves else None


def valeur_de(groupes: Enfants, nom: str, attribut: str = "value") -> str:
    """The trimmed attribute of the first child of that name; empty when there is none."""
    trouves = groupes.get(nom)
    return (trouves[0].get(attribut) or "").strip() if trouves else ""


def sous(elements: Sequence[etree._Element], *noms: str) -> Sequence[etree._Element]:
    """The elements at the end of a path of names below these, in document order."""
    for nom in noms:
        balise = _BALISES[nom]
        trouves: list[etree._Element] = []
        for parent in elements:
            for element in parent:
                if element.tag == balise:
                    trouves.append(element)
        if not trouves:
            return ()
        elements = trouves
    return elements
