"""CDA R2 documents of level N1 and N3, with a whole header: facts of the population, written by `documents.cda`."""

from __future__ import annotations

from lxml import etree

from espace_sante.documents import nomenclatures
from espace_sante.documents.cda import generation
from espace_sante.documents.cda.generation_elements import element
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import (
    Acte,
    Adresse,
    Automate,
    EnteteNeuf,
    Organisation,
    Personne,
    Sujet,
)
from espace_sante.documents.metadonnees import Code
from espace_sante.kernel.identifiants import OID_PS, OID_STRUCTURE, rpps_vers_idnat
from espace_sante.simulateurs.population.actes import LOINC
from espace_sante.simulateurs.population.contenu import Bloc, Corps, Liste, Paragraphe, Section
from espace_sante.simulateurs.population.entete import (
    LIBELLE_ALIM_AM,
    LIBELLE_EXP_PATIENT,
    OID_ESPACE,
    Entete,
)
from espace_sante.simulateurs.population.modeles import Adresse as AdresseFictive
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, StructureFictive


def document_n3(entete: Entete, corps: Corps) -> bytes:
    """A structured document: one section for each part, with its readable narrative."""
    racine = generation.ecrire_entete(_entete(entete))
    structure = _e(_e(racine, "component"), "structuredBody")
    for section in corps:
        _section(structure, section)
    return generation.octets(racine)


def document_n1(entete: Entete, pdf: bytes) -> bytes:
    """An unstructured document: the PDF inside (rule CDA-05)."""
    return generation.document_n1(_entete(entete), "application/pdf", pdf)


def _entete(e: Entete) -> EnteteNeuf:
    type_document = nomenclatures.types()[e.type_code]
    structure = _organisation(e.structure)
    s = e.structure
    return EnteteNeuf(
        identifiant=IdentifiantHl7(e.oid),
        serie=IdentifiantHl7(e.oid_lot),
        version=e.version,
        type=Code(e.type_code, type_document.systeme, type_document.libelle),
        titre=e.titre,
        moment=e.moment,
        sujet=_sujet(e),
        auteur=_auteur(e, structure),
        responsable=_responsable(e),
        gardien=structure,
        acte=Acte(
            debut=e.debut,
            fin=e.fin,
            code=e.evenement,
            executant=_professionnel(e.auteur, e) if e.auteur else None,
            lieu=structure,
            etablissement=Code(s.etablissement_code, e.systeme_secteur, s.etablissement_libelle),
            cadre=Code(s.cadre_code, e.systeme_cadre, s.cadre_libelle),
        ),
        medecin_traitant=None if e.par_le_titulaire else _professionnel(e.medecin_traitant, e),
        remplace=IdentifiantHl7(e.precedent) if e.precedent else None,
    )


def _sujet(e: Entete) -> Sujet:
    t = e.titulaire
    return Sujet(t.ins, t.traits, t.nom_utilise, t.prenom_utilise, _adresse(t.adresse), t.telephone)


def _auteur(e: Entete, structure: Organisation) -> Personne | Automate:
    if e.auteur is not None:
        return _professionnel(e.auteur, e)
    if e.par_le_titulaire:
        return _titulaire(e)
    specialite = Code("ALIM_AM", OID_ESPACE, LIBELLE_ALIM_AM)
    return Automate(IdentifiantHl7(OID_PS, e.automate), e.structure.nom, specialite, structure)


def _responsable(e: Entete) -> Personne:
    if e.auteur is not None:
        return _professionnel(e.auteur, e)
    if e.par_le_titulaire:
        return _titulaire(e)
    return Personne(IdentifiantHl7(OID_PS, e.automate), e.structure.nom)


def _titulaire(e: Entete) -> Personne:
    t = e.titulaire
    return Personne(
        IdentifiantHl7(t.ins.oid, t.ins.matricule), t.nom_utilise, t.prenom_utilise,
        specialite=Code("EXP_PATIENT", OID_ESPACE, LIBELLE_EXP_PATIENT), adresse=_adresse(t.adresse),
        telephone=t.telephone,
    )  # fmt: skip


def _professionnel(p: ProfessionnelFictif, e: Entete) -> Personne:
    lui = p is e.auteur
    situation = (e.situation if lui else None) or p.situations[0]
    structure = e.structure if lui else situation.structure or e.structure
    return Personne(
        IdentifiantHl7(OID_PS, rpps_vers_idnat(p.rpps)), p.nom, p.prenom, "MME" if p.civilite == "Mme" else "M",
        "DR" if p.titre else "",
        Code(situation.specialite_code, situation.specialite_systeme, situation.specialite_libelle),
        _organisation(structure), _adresse(structure.adresse), structure.telephone,
    )  # fmt: skip


def _organisation(s: StructureFictive) -> Organisation:
    return Organisation(IdentifiantHl7(OID_STRUCTURE, s.id), s.nom, _adresse(s.adresse), s.telephone)


def _adresse(a: AdresseFictive) -> Adresse:
    return Adresse(a.numero, a.voie, a.code_postal, a.commune)


def _e(parent: etree._Element, nom: str, contenu: str | None = None, **attributs: str) -> etree._Element:
    enfant = element(parent, nom, **attributs)
    # As it was composed: its no-break spaces are for people.
    enfant.text = contenu
    return enfant


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
