"""People and organisations in the header of a CDA to write (rules CDA-19 to CDA-22, CDA-42)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lxml import etree

from espace_sante.documents.cda.generation_elements import code, element, heure, ii, texte
from espace_sante.documents.cda.neuf import Adresse, Automate, Organisation, Personne, Sujet
from espace_sante.documents.metadonnees import Code

_SEXES: Final = {"M": ("M", "Masculin"), "F": ("F", "Féminin"), "I": ("UN", "Indéterminé")}
_SYSTEME_SEXE: Final = "2.16.840.1.113883.5.1"
_MEDECIN_TRAITANT: Final = Code("PCP", "2.16.840.1.113883.5.88", "Médecin traitant")


def sujet(racine: etree._Element, s: Sujet) -> None:
    """The `recordTarget`: INS, names with their qualifiers, sex, birth."""
    role = element(element(racine, "recordTarget"), "patientRole")
    element(role, "id", extension=s.ins.matricule, root=s.ins.oid)
    _adresse(role, s.adresse, use="H")
    _telephone(role, s.telephone, use="MC")
    patient = element(role, "patient", classCode="PSN")
    nom = element(patient, "name")
    texte(nom, "family", s.traits.nom_naissance, qualifier="BR")
    texte(nom, "given", s.traits.prenoms)
    texte(nom, "given", (s.traits.prenoms.split() or [""])[0], qualifier="BR")
    if s.nom_utilise:
        texte(nom, "family", s.nom_utilise, qualifier="CL")
    if s.prenom_utilise:
        texte(nom, "given", s.prenom_utilise, qualifier="CL")
    sexe, libelle = _SEXES[s.traits.sexe]
    code(patient, "administrativeGenderCode", Code(sexe, _SYSTEME_SEXE, libelle))
    element(patient, "birthTime", value=s.traits.date_naissance.replace("-", ""))
    if s.traits.lieu_naissance:
        lieu = element(element(element(patient, "birthplace"), "place"), "addr")
        texte(lieu, "county", s.traits.lieu_naissance)


def auteur(racine: etree._Element, qui: Personne | Automate, moment: datetime) -> None:
    """The `author`, a person or a program."""
    place = element(racine, "author")
    element(place, "time", value=heure(moment))
    if isinstance(qui, Personne):
        entite(place, "assignedAuthor", qui)
        return
    assigne = element(place, "assignedAuthor")
    ii(assigne, "id", qui.identifiant)
    code(assigne, "code", qui.specialite)
    _adresse(assigne, None)
    _telephone(assigne, "")
    automate = element(assigne, "assignedAuthoringDevice")
    texte(automate, "manufacturerModelName", ".")
    texte(automate, "softwareName", qui.nom)
    organisation(assigne, "representedOrganization", qui.organisation)


def operateur(racine: etree._Element, qui: Personne, moment: datetime) -> None:
    """The `dataEnterer`: who acted in the author's name (CDA-42)."""
    place = element(racine, "dataEnterer")
    element(place, "time", value=heure(moment))
    entite(place, "assignedEntity", qui)


def entite(
    parent: etree._Element, nom: str, p: Personne, *, personne: str = "assignedPerson", avec_organisation: bool = True
) -> None:  # fmt: skip
    """A person in a role, under an element of that name (or under the parent itself)."""
    role = element(parent, nom)
    ii(role, "id", p.identifiant)
    if p.specialite:
        code(role, "code", p.specialite)
    bureau = {"use": "WP"} if p.organisation else {}
    _adresse(role, p.adresse)
    _telephone(role, p.telephone, **bureau)
    ecrit = element(element(role, personne), "name")
    if p.civilite:
        texte(ecrit, "prefix", p.civilite)
    if p.prenom:
        texte(ecrit, "given", p.prenom)
    texte(ecrit, "family", p.nom)
    if p.titre:
        texte(ecrit, "suffix", p.titre)
    if p.organisation and avec_organisation:
        sorte = "scopingOrganization" if personne == "associatedPerson" else "representedOrganization"
        organisation(role, sorte, p.organisation)


def gardien(racine: etree._Element, o: Organisation) -> None:
    """The `custodian`."""
    organisation(
        element(element(racine, "custodian"), "assignedCustodian"), "representedCustodianOrganization", o
    )


def medecin_traitant(racine: etree._Element, p: Personne) -> None:
    """The holder's own doctor, as a participant to be told."""
    participant = element(racine, "participant", typeCode="INF")
    code(participant, "functionCode", _MEDECIN_TRAITANT)
    element(participant, "time", nullFlavor="NA")
    entite(
        element(participant, "associatedEntity", classCode="PROV"), "", p, personne="associatedPerson"
    )  # fmt: skip


def organisation(parent: etree._Element, nom: str, o: Organisation) -> etree._Element:
    """A structure, under an element of that name."""
    place = element(parent, nom)
    ii(place, "id", o.identifiant)
    texte(place, "name", o.nom)
    _telephone(place, o.telephone, use="WP")
    _adresse(place, o.adresse)
    return place


def _adresse(parent: etree._Element, a: Adresse | None, **attributs: str) -> None:
    if a is None:
        element(parent, "addr", nullFlavor="NASK")
        return
    adresse = element(parent, "addr", **attributs)
    texte(adresse, "houseNumber", a.numero)
    texte(adresse, "streetName", a.voie)
    texte(adresse, "postalCode", a.code_postal)
    texte(adresse, "city", a.commune)


def _telephone(parent: etree._Element, numero: str, **attributs: str) -> None:
    if not numero:
        element(parent, "telecom", nullFlavor="NASK")
        return
    element(parent, "telecom", value=f"tel:{numero}", **attributs)
