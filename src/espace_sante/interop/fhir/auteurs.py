"""Who made, vouches for or keeps a document: references → `Auteur`, and back (FHR-70, FHR-86)."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import HumanName, Identifier, Reference
from espace_sante.interop.fhir.structure import constats_de_structure
from espace_sante.interop.fhir.valeurs import codages, present, vers_code
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, SYSTEME_RPPS, SYSTEME_STRUCTURE

VALEUR_DEDUITE: Final = "urn:espace-sante-ouvert:valeur-deduite"
SYSTEME_FINESS: Final = "https://finess.esante.gouv.fr"
SYSTEME_SIRENE: Final = "https://sirene.fr"

_PS_IDNAT: Final = re.compile(r"[0134568]\S{1,39}")
_STRUCT_IDNAT: Final = re.compile(r"[0-4]\S{1,38}")
# A longer code is no speciality nor role of any list.
_LONGUEUR: Final = 60
_RPPS: Final = re.compile(r"\d{11}", re.ASCII)
# What stands before the number of a structure, by its system.
_PREFIXES: Final = {SYSTEME_STRUCTURE: "", SYSTEME_FINESS: "1", SYSTEME_SIRENE: "3"}


class Contenues:
    """Resources contained in one resource, by their local id."""

    __slots__ = ("_par_id",)

    def __init__(self, brutes: list[Raw] | UnsetType, chemin: str, constats: list[Constat]) -> None:
        self._par_id: dict[str, structs.Contenue] = {}
        if isinstance(brutes, UnsetType):
            return
        for rang, brute in enumerate(brutes):
            try:
                ressource = structs.LIRE_CONTENUE.decode(brute)
            except (msgspec.DecodeError, RecursionError, ValueError):
                constats.extend(_constats(brute, f"{chemin}.contained[{rang}]"))
            else:
                if not isinstance(ressource.contained, UnsetType):
                    # A contained resource contains nothing (invariant dom-2 of R4).
                    ici = f"{chemin}.contained[{rang}]"
                    constats.append(Erreur.ELEMENT_INTERDIT.constat(f"{ici}.contained", element="contained"))
                if not isinstance(ressource.id, UnsetType):
                    self._par_id[ressource.id] = ressource

    def __getitem__(self, reference: str) -> structs.Contenue | None:
        return self._par_id.get(reference[1:]) if reference.startswith("#") else None

    def patient(self, reference: str) -> structs.Patient | None:
        """The contained Patient of that reference."""
        ressource = self[reference]
        return ressource if isinstance(ressource, structs.Patient) else None


def _constats(brute: Raw, chemin: str) -> list[Constat]:
    objet: Any = msgspec.json.decode(brute)
    return constats_de_structure(objet, structs.Contenue, chemin) or [Erreur.TYPE_INVALIDE.constat(chemin)]  # type: ignore[arg-type]


def lire_auteur(
    reference: Reference, contenues: Contenues, chemin: str, constats: list[Constat]
) -> Auteur | None:
    """The author that a reference names: contained, or logical by its identifier; findings are added."""
    cible = contenues[present(reference.reference)]
    if cible is None:
        if isinstance(reference.identifier, Identifier):
            return _logique(reference, chemin, constats)
        constats.append(Erreur.REFERENCE_NON_RESOLUE.constat(f"{chemin}.reference"))
        return None
    lecture = _Acteur(contenues, chemin, constats)
    if isinstance(cible, structs.Practitioner):
        return lecture.praticien(cible)
    if isinstance(cible, structs.PractitionerRole):
        return lecture.role(cible)
    if isinstance(cible, structs.Organization):
        idnat, nom = lecture.organisation(cible)
        return Auteur("organisation", structure_idnat=idnat, structure_nom=nom)
    if isinstance(cible, structs.Device):
        noms = [] if isinstance(cible.deviceName, UnsetType) else cible.deviceName
        return Auteur("dispositif", nom=present(noms[0].name) if noms else present(cible.modelNumber))
    nom, prenom = _nom(cible.name)
    return Auteur("patient" if isinstance(cible, structs.Patient) else "personne", nom=nom, prenom=prenom)


def _logique(reference: Reference, chemin: str, constats: list[Constat]) -> Auteur | None:
    assert isinstance(reference.identifier, Identifier)  # noqa: S101 - the caller checked
    lecture = _Acteur(Contenues(UNSET, chemin, constats), chemin, constats)
    nom = present(reference.display)
    idnat = lecture.idnat([reference.identifier])
    if idnat:
        return Auteur("personne", idnat=idnat, nom=nom)
    structure = lecture.idnat_structure([reference.identifier])
    if structure:
        return Auteur("organisation", structure_idnat=structure, structure_nom=nom)
    constats.append(Erreur.REFERENCE_NON_RESOLUE.constat(f"{chemin}.identifier"))
    return None


class _Acteur:
    """Reads contained people and organisations; wrong identifiers are warnings (FHR-86)."""

    def __init__(self, contenues: Contenues, chemin: str, constats: list[Constat]) -> None:
        self._contenues = contenues
        self._chemin = chemin
        self._constats = constats

    def _avertir(self) -> None:
        self._constats.append(Erreur.IDENTIFIANT_ACTEUR.constat(self._chemin, gravite="warning"))

    def idnat(self, identifiants: list[Identifier] | UnsetType) -> str:
        """PS_IdNat among identifiers; an RPPS becomes `8` + RPPS."""
        if isinstance(identifiants, UnsetType):
            return ""
        for identifiant in identifiants:
            systeme, valeur = present(identifiant.system), present(identifiant.value)
            if systeme == SYSTEME_RPPS:
                systeme, valeur = SYSTEME_IDNAT_PS, f"8{valeur}" if _RPPS.fullmatch(valeur) else "?"
            if systeme == SYSTEME_IDNAT_PS:
                if _PS_IDNAT.fullmatch(valeur):
                    return valeur
                self._avertir()
        return ""

    def idnat_structure(self, identifiants: list[Identifier] | UnsetType) -> str:
        """Struct_IdNat among identifiers; a FINESS becomes `1` + FINESS, a SIRET `3` + SIRET."""
        if isinstance(identifiants, UnsetType):
            return ""
        for identifiant in identifiants:
            systeme, valeur = present(identifiant.system), present(identifiant.value)
            if systeme not in _PREFIXES or (systeme == SYSTEME_SIRENE and len(valeur) != 14):
                continue
            complet = _PREFIXES[systeme] + valeur
            if _STRUCT_IDNAT.fullmatch(complet):
                return complet
            self._avertir()
        return ""

    def praticien(self, p: structs.Practitioner) -> Auteur:
        nom, prenom = _nom(p.name)
        return Auteur("personne", idnat=self.idnat(p.identifier), nom=nom, prenom=prenom)

    def role(self, r: structs.PractitionerRole) -> Auteur:
        idnat, nom, prenom = self.idnat(r.identifier), "", ""
        if isinstance(r.practitioner, Reference):
            praticien = self._contenues[present(r.practitioner.reference)]
            if isinstance(praticien, structs.Practitioner):
                personne = self.praticien(praticien)
                idnat, nom, prenom = personne.idnat or idnat, personne.nom, personne.prenom
            else:
                nom = present(r.practitioner.display)
                if isinstance(r.practitioner.identifier, Identifier):
                    idnat = self.idnat([r.practitioner.identifier]) or idnat
        structure_idnat, structure_nom = "", ""
        if isinstance(r.organization, Reference):
            organisation = self._contenues[present(r.organization.reference)]
            if isinstance(organisation, structs.Organization):
                structure_idnat, structure_nom = self.organisation(organisation)
            else:
                structure_nom = present(r.organization.display)
                if isinstance(r.organization.identifier, Identifier):
                    structure_idnat = self.idnat_structure([r.organization.identifier])
        genre_organisation = not (idnat or nom) and bool(structure_idnat or structure_nom)
        return Auteur(
            "organisation" if genre_organisation else "personne",
            idnat=idnat,
            nom=nom,
            prenom=prenom,
            structure_idnat=structure_idnat,
            structure_nom=structure_nom,
            specialite=_premier_code(r.specialty),
            role=_premier_code(r.code),
        )

    def organisation(self, o: structs.Organization) -> tuple[str, str]:
        return self.idnat_structure(o.identifier), present(o.name)


def _nom(noms: list[HumanName] | UnsetType) -> tuple[str, str]:
    if isinstance(noms, UnsetType):
        return "", ""
    nom = next((n for n in noms if n.use == "usual"), noms[0])
    prenom = "" if isinstance(nom.given, UnsetType) else nom.given[0]
    famille = present(nom.family)
    return (famille, prenom) if famille or prenom else (present(nom.text), "")


def _premier_code(concepts: list[structs.CodeableConcept] | UnsetType) -> Code | None:
    if isinstance(concepts, UnsetType):
        return None
    for codage in codages(concepts):
        code = vers_code(codage)
        if code is not None and len(code.code) <= _LONGUEUR:
            return code
    return None


# --- Auteur → contained resources ----------------------------------------------------------------


def contenir(auteur: Auteur, local_id: str) -> Raw:
    """A contained resource that says who `auteur` is, under that local id."""
    if auteur.genre == "dispositif":
        return _brut(
            structs.Device(
                id=local_id,
                deviceName=[structs.DeviceName(name=auteur.nom or "?", type="user-friendly-name")],
            )
        )
    noms = [HumanName(family=auteur.nom or UNSET, given=[auteur.prenom] if auteur.prenom else UNSET)]
    if auteur.genre == "patient":
        return _brut(structs.Patient(id=local_id, name=noms if auteur.nom or auteur.prenom else UNSET))
    structure = _identifiant(SYSTEME_STRUCTURE, auteur.structure_idnat)
    if auteur.genre == "organisation":
        return _brut(
            structs.Organization(
                id=local_id, identifier=structure, name=auteur.structure_nom or auteur.nom or UNSET
            )
        )
    personne = _identifiant(SYSTEME_IDNAT_PS, auteur.idnat)
    if not (auteur.structure_idnat or auteur.structure_nom or auteur.specialite or auteur.role):
        avec_nom = noms if auteur.nom or auteur.prenom else UNSET
        return _brut(structs.Practitioner(id=local_id, identifier=personne, name=avec_nom))
    organisation = Reference(
        identifier=structure[0] if not isinstance(structure, UnsetType) else UNSET,
        display=auteur.structure_nom or UNSET,
    )
    return _brut(
        structs.PractitionerRole(
            id=local_id,
            identifier=personne,
            practitioner=Reference(
                identifier=personne[0] if not isinstance(personne, UnsetType) else UNSET,
                display=f"{auteur.prenom} {auteur.nom}".strip() or UNSET,
            ),
            organization=organisation if auteur.structure_idnat or auteur.structure_nom else UNSET,
            code=_concept(auteur.role),
            specialty=_concept(auteur.specialite),
        )
    )


def deduite(local_id: str) -> Reference:
    """A reference filled in by the service, marked so (FHR-70)."""
    extension = Raw(b'{"url":"%s","valueBoolean":true}' % VALEUR_DEDUITE.encode())
    return Reference(extension=[extension], reference=f"#{local_id}")


def _brut(ressource: structs.Contenue) -> Raw:
    return Raw(structs.ECRIRE.encode(ressource))


def _identifiant(systeme: str, valeur: str) -> list[Identifier] | UnsetType:
    return [Identifier(system=systeme, value=valeur)] if valeur else UNSET


def _concept(code: Code | None) -> list[structs.CodeableConcept] | UnsetType:
    if code is None:
        return UNSET
    codage = structs.Coding(system=code.systeme, code=code.code, display=code.libelle or UNSET)
    return [structs.CodeableConcept(coding=[codage])]
