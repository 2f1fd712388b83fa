"""CDA R2 documents of level N1 and N3, with a whole header (rules CDA-11 to CDA-22)."""

from __future__ import annotations

from base64 import b64encode
from typing import cast

from lxml import etree

from espace_sante.documents import nomenclatures
from espace_sante.kernel.identifiants import OID_PS, OID_STRUCTURE, rpps_vers_idnat
from espace_sante.simulateurs.population.actes import LOINC
from espace_sante.simulateurs.population.contenu import Bloc, Corps, Liste, Paragraphe, Section
from espace_sante.simulateurs.population.entete import (
    LIBELLE_ALIM_AM,
    LIBELLE_EXP_PATIENT,
    OID_ESPACE,
    Entete,
    date_hl7,
)
from espace_sante.simulateurs.population.modeles import Adresse, ProfessionnelFictif, StructureFictive

_NS = "urn:hl7-org:v3"
# The stubs of lxml forget that None names the default namespace.
_PREFIXES: dict[str, str] = cast("dict[str, str]", {None: _NS})
_MODELE_XDS_SD = "1.3.6.1.4.1.19376.1.2.20"
_CONFIDENTIALITE = "2.16.840.1.113883.5.25"
_SEXES = {"M": "Masculin", "F": "Féminin"}


def document_n3(entete: Entete, corps: Corps) -> bytes:
    """A structured document: one section for each part, with its readable narrative."""
    racine = _entete(entete, "")
    structure = _e(_e(racine, "component"), "structuredBody")
    for section in corps:
        _section(structure, section)
    return _octets(racine)


def document_n1(entete: Entete, pdf: bytes) -> bytes:
    """An unstructured document: the PDF inside (rule CDA-05)."""
    racine = _entete(entete, _MODELE_XDS_SD)
    corps = _e(_e(racine, "component"), "nonXMLBody")
    texte = _e(corps, "text", mediaType="application/pdf", representation="B64")
    texte.text = b64encode(pdf).decode("ascii")
    return _octets(racine)


def _octets(racine: etree._Element) -> bytes:
    octets: bytes = etree.tostring(racine, xml_declaration=True, encoding="UTF-8")
    return octets


def _e(parent: etree._Element, nom: str, texte: str | None = None, **attributs: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NS}}}{nom}", attributs)
    element.text = texte
    return element


def _entete(e: Entete, modele: str) -> etree._Element:
    racine = etree.Element(f"{{{_NS}}}ClinicalDocument", nsmap=_PREFIXES)
    _e(racine, "realmCode", code="FR")
    _e(racine, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    _e(racine, "templateId", root="2.16.840.1.113883.2.8.2.1")
    _e(racine, "templateId", root="1.2.250.1.213.1.1.1.1")
    if modele:
        _e(racine, "templateId", root=modele)
    _e(racine, "id", root=e.oid)
    type_document = nomenclatures.types()[e.type_code]
    oid = nomenclatures.OID_DE_SYSTEME[type_document.systeme]
    _e(racine, "code", code=e.type_code, codeSystem=oid, displayName=type_document.libelle)
    _e(racine, "title", e.titre)
    _e(racine, "effectiveTime", value=date_hl7(e.moment))
    _e(racine, "confidentialityCode", code="N", displayName="Normal", codeSystem=_CONFIDENTIALITE)
    _e(racine, "languageCode", code="fr-FR")
    _e(racine, "setId", root=e.oid_lot)
    _e(racine, "versionNumber", value=str(e.version))
    _patient(racine, e)
    _auteur(racine, e)
    gardien = _e(_e(racine, "custodian"), "assignedCustodian")
    _organisation(gardien, "representedCustodianOrganization", e.structure)
    _responsable(racine, e)
    if not e.par_le_titulaire:
        _medecin_traitant(racine, e.medecin_traitant)
    _acte(racine, e)
    if e.precedent:
        lien = _e(_e(racine, "relatedDocument", typeCode="RPLC"), "parentDocument")
        _e(lien, "id", root=e.precedent)
    _prise_en_charge(racine, e)
    return racine


def _patient(racine: etree._Element, e: Entete) -> None:
    t = e.titulaire
    role = _e(_e(racine, "recordTarget"), "patientRole")
    _e(role, "id", extension=t.ins.matricule, root=t.ins.oid)
    _adresse(role, t.adresse, use="H")
    _e(role, "telecom", value=f"tel:{t.telephone}", use="MC")
    patient = _e(role, "patient", classCode="PSN")
    nom = _e(patient, "name")
    _e(nom, "family", t.traits.nom_naissance, qualifier="BR")
    _e(nom, "given", t.traits.prenoms)
    _e(nom, "given", t.traits.prenoms.split(" ")[0], qualifier="BR")
    _e(nom, "family", t.nom_utilise, qualifier="CL")
    _e(nom, "given", t.prenom_utilise, qualifier="CL")
    _e(
        patient,
        "administrativeGenderCode",
        code=t.traits.sexe,
        displayName=_SEXES[t.traits.sexe],
        codeSystem="2.16.840.1.113883.5.1",
    )
    _e(patient, "birthTime", value=t.traits.date_naissance.replace("-", ""))
    lieu = _e(_e(_e(patient, "birthplace"), "place"), "addr")
    _e(lieu, "county", t.traits.lieu_naissance)


def _auteur(racine: etree._Element, e: Entete) -> None:
    auteur = _e(racine, "author")
    _e(auteur, "time", value=date_hl7(e.moment))
    assigne = _e(auteur, "assignedAuthor")
    if e.auteur is not None:
        _professionnel(assigne, e.auteur, e)
        _organisation(assigne, "representedOrganization", e.structure)
    elif e.par_le_titulaire:
        _titulaire(assigne, e)
    else:
        _e(assigne, "id", root=OID_PS, extension=e.automate)
        _e(assigne, "code", code="ALIM_AM", displayName=LIBELLE_ALIM_AM, codeSystem=OID_ESPACE)
        _e(assigne, "addr", nullFlavor="NASK")
        _e(assigne, "telecom", nullFlavor="NASK")
        automate = _e(assigne, "assignedAuthoringDevice")
        _e(automate, "manufacturerModelName", ".")
        _e(automate, "softwareName", e.structure.nom)
        _organisation(assigne, "representedOrganization", e.structure)


def _titulaire(assigne: etree._Element, e: Entete) -> None:
    t = e.titulaire
    _e(assigne, "id", root=t.ins.oid, extension=t.ins.matricule)
    _e(
        assigne,
        "code",
        code="EXP_PATIENT",
        displayName=LIBELLE_EXP_PATIENT,
        codeSystem=OID_ESPACE,
    )
    _adresse(assigne, t.adresse)
    _e(assigne, "telecom", value=f"tel:{t.telephone}")
    nom = _e(_e(assigne, "assignedPerson"), "name")
    _e(nom, "family", t.nom_utilise)
    _e(nom, "given", t.prenom_utilise)


def _professionnel(
    parent: etree._Element, p: ProfessionnelFictif, e: Entete, personne: str = "assignedPerson"
) -> None:
    situation = e.situation if p is e.auteur else p.situations[0]
    structure = e.structure if p is e.auteur else p.situations[0].structure or e.structure
    _e(parent, "id", root=OID_PS, extension=rpps_vers_idnat(p.rpps))
    if situation:
        _e(
            parent,
            "code",
            code=situation.specialite_code,
            displayName=situation.specialite_libelle,
            codeSystem=situation.specialite_systeme,
        )
    _adresse(parent, structure.adresse)
    _e(parent, "telecom", value=f"tel:{structure.telephone}", use="WP")
    nom = _e(_e(parent, personne), "name")
    _e(nom, "prefix", "MME" if p.civilite == "Mme" else "M")
    _e(nom, "given", p.prenom)
    _e(nom, "family", p.nom)
    if p.titre:
        _e(nom, "suffix", "DR")


def _responsable(racine: etree._Element, e: Entete) -> None:
    responsable = _e(racine, "legalAuthenticator")
    _e(responsable, "time", value=date_hl7(e.moment))
    _e(responsable, "signatureCode", code="S")
    entite = _e(responsable, "assignedEntity")
    if e.auteur is not None:
        _professionnel(entite, e.auteur, e)
        _organisation(entite, "representedOrganization", e.structure)
        return
    if e.par_le_titulaire:
        _titulaire(entite, e)
        return
    _e(entite, "id", root=OID_PS, extension=e.automate)
    _e(entite, "addr", nullFlavor="NASK")
    _e(entite, "telecom", nullFlavor="NASK")
    _e(_e(_e(entite, "assignedPerson"), "name"), "family", e.structure.nom)


def _medecin_traitant(racine: etree._Element, p: ProfessionnelFictif) -> None:
    participant = _e(racine, "participant", typeCode="INF")
    _e(
        participant,
        "functionCode",
        code="PCP",
        displayName="Médecin traitant",
        codeSystem="2.16.840.1.113883.5.88",
    )
    _e(participant, "time", nullFlavor="NA")
    entite = _e(participant, "associatedEntity", classCode="PROV")
    situation = p.situations[0]
    _e(entite, "id", root=OID_PS, extension=rpps_vers_idnat(p.rpps))
    _e(
        entite,
        "code",
        code=situation.specialite_code,
        displayName=situation.specialite_libelle,
        codeSystem=situation.specialite_systeme,
    )
    if situation.structure:
        _adresse(entite, situation.structure.adresse)
        _e(entite, "telecom", value=f"tel:{situation.structure.telephone}", use="WP")
    nom = _e(_e(entite, "associatedPerson"), "name")
    _e(nom, "prefix", "MME" if p.civilite == "Mme" else "M")
    _e(nom, "given", p.prenom)
    _e(nom, "family", p.nom)
    _e(nom, "suffix", "DR")
    if situation.structure:
        _organisation(entite, "scopingOrganization", situation.structure)


def _acte(racine: etree._Element, e: Entete) -> None:
    acte = _e(_e(racine, "documentationOf"), "serviceEvent")
    if e.evenement:
        _e(
            acte,
            "code",
            code=e.evenement.code,
            displayName=e.evenement.libelle,
            codeSystem=e.evenement.systeme,
        )
    periode = _e(acte, "effectiveTime")
    _e(periode, "low", value=date_hl7(e.debut))
    if e.fin:
        _e(periode, "high", value=date_hl7(e.fin))
    executant = _e(_e(acte, "performer", typeCode="PRF"), "assignedEntity")
    if e.auteur is not None:
        _professionnel(executant, e.auteur, e)
    else:
        _e(executant, "id", nullFlavor="NA")
    organisation = _organisation(executant, "representedOrganization", e.structure)
    _e(
        organisation,
        "standardIndustryClassCode",
        code=e.structure.cadre_code,
        displayName=e.structure.cadre_libelle,
        codeSystem=e.systeme_cadre,
    )


def _prise_en_charge(racine: etree._Element, e: Entete) -> None:
    rencontre = _e(_e(racine, "componentOf"), "encompassingEncounter")
    periode = _e(rencontre, "effectiveTime")
    _e(periode, "low", value=date_hl7(e.debut))
    lieu = _e(_e(rencontre, "location"), "healthCareFacility")
    _e(lieu, "id", root=OID_STRUCTURE, extension=e.structure.id)
    _e(
        lieu,
        "code",
        code=e.structure.etablissement_code,
        displayName=e.structure.etablissement_libelle,
        codeSystem=e.systeme_secteur,
    )


def _organisation(parent: etree._Element, nom: str, s: StructureFictive) -> etree._Element:
    organisation = _e(parent, nom)
    _e(organisation, "id", root=OID_STRUCTURE, extension=s.id)
    _e(organisation, "name", s.nom)
    _e(organisation, "telecom", value=f"tel:{s.telephone}", use="WP")
    _adresse(organisation, s.adresse)
    return organisation


def _adresse(parent: etree._Element, a: Adresse, **attributs: str) -> None:
    adresse = _e(parent, "addr", **attributs)
    _e(adresse, "houseNumber", a.numero)
    _e(adresse, "streetName", a.voie)
    _e(adresse, "postalCode", a.code_postal)
    _e(adresse, "city", a.commune)


def _section(parent: etree._Element, s: Section) -> None:
    section = _e(_e(parent, "component"), "section")
    if s.code:
        _e(section, "code", code=s.code, displayName=s.libelle, codeSystem=LOINC)
    _e(section, "title", s.titre)
    texte = _e(section, "text")
    for bloc in s.blocs:
        _bloc(texte, bloc)


def _bloc(texte: etree._Element, bloc: Bloc) -> None:
    if isinstance(bloc, Paragraphe):
        if bloc.fort:
            _e(_e(texte, "paragraph"), "content", bloc.texte, styleCode="Bold")
        else:
            _e(texte, "paragraph", bloc.texte)
    elif isinstance(bloc, Liste):
        liste = _e(texte, "list", listType="unordered")
        for element in bloc.elements:
            _e(liste, "item", element)
    else:
        table = _e(texte, "table", border="1")
        if bloc.legende:
            _e(table, "caption", bloc.legende)
        ligne = _e(_e(table, "thead"), "tr")
        for entete in bloc.entetes:
            _e(ligne, "th", entete)
        corps = _e(table, "tbody")
        for rang, cellules in enumerate(bloc.lignes):
            ligne = _e(corps, "tr")
            if rang in bloc.saillantes:
                for cellule in cellules:
                    _e(_e(ligne, "td"), "content", cellule, styleCode="Bold")
            else:
                for cellule in cellules:
                    _e(ligne, "td", cellule)
