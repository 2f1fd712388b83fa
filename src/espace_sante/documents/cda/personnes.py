"""Names, persons and organisations in a CDA header."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from lxml import etree

from espace_sante.documents.cda.horodatage import date_de_naissance, lire_horodatage
from espace_sante.documents.cda.lire import NS
from espace_sante.documents.cda.modele import IdentifiantHl7, Intervenant, Patient
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.nomenclatures import systeme_uri
from espace_sante.kernel.ins import OIDS
from espace_sante.kernel.traits import plier

_SEXES: Final[dict[str, Literal["M", "F"]]] = {"M": "M", "F": "F"}


def chercher(element: etree._Element | None, chemin: str) -> list[etree._Element]:
    """Elements under `element`; path steps without prefix are those of the CDA namespace."""
    return [] if element is None else list(element.findall(_qualifie(chemin)))


@lru_cache(maxsize=512)
def _qualifie(chemin: str) -> str:
    return "/".join(p if p.startswith((".", "*")) else f"{{{NS}}}{p}" for p in chemin.split("/"))


def premier(element: etree._Element | None, chemin: str) -> etree._Element | None:
    """The first such element, or None."""
    return None if element is None else element.find(_qualifie(chemin))


def attribut(element: etree._Element | None, nom: str) -> str:
    """The trimmed value of an attribute; empty when there is none."""
    return (element.get(nom) or "").strip() if element is not None else ""


def texte(element: etree._Element | None) -> str:
    """All the text of an element on one line; empty when there is none."""
    return " ".join("".join(map(str, element.itertext())).split()) if element is not None else ""


def lire_code(element: etree._Element | None) -> Code | None:
    """A coded value; None when absent or without code (nullFlavor)."""
    code = attribut(element, "code")
    if not code:
        return None
    systeme = attribut(element, "codeSystem")
    return Code(code, systeme_uri(systeme) if systeme else "", attribut(element, "displayName"))


def lire_ids(element: etree._Element | None, chemin: str = "id") -> tuple[IdentifiantHl7, ...]:
    """Instance identifiers that have a root."""
    ids = (IdentifiantHl7(attribut(e, "root"), attribut(e, "extension")) for e in chercher(element, chemin))
    return tuple(i for i in ids if i.racine)


def lire_patient(cible: etree._Element) -> Patient:
    """One recordTarget (CDA-19, CDA-20)."""
    role = premier(cible, "patientRole")
    patient = premier(role, "patient")
    noms = chercher(patient, "name")
    familles = _parties(noms, "family")
    prenoms = _parties(noms, "given")
    nom_br = _joindre(familles, "BR")
    sexe = premier(patient, "administrativeGenderCode")
    return Patient(
        identifiants=lire_ids(role),
        nomme=bool(familles or prenoms),
        nom_naissance=nom_br or _joindre(familles, ""),
        nom_naissance_qualifie=bool(nom_br),
        nom_utilise=_joindre(familles, "CL") or _joindre(familles, "SP"),
        prenoms=_prenoms(prenoms),
        prenom_utilise=_joindre(prenoms, "CL"),
        sexe=_SEXES.get(attribut(sexe, "code"), "I") if attribut(sexe, "code") else "",
        date_naissance=date_de_naissance(attribut(premier(patient, "birthTime"), "value")),
        lieu_naissance=texte(premier(patient, "birthplace/place/addr/county")),
    )


def lire_intervenant(element: etree._Element, entite: str) -> Intervenant:
    """An author (`assignedAuthor`) or a legal authenticator (`assignedEntity`)."""
    assigne = premier(element, entite)
    ids = lire_ids(assigne)
    instant = attribut(premier(element, "time"), "value")
    role = lire_code(premier(element, "functionCode"))
    return Intervenant(
        auteur=_auteur(assigne, ids, role),
        identifiants=ids,
        horodatage=lire_horodatage(instant),
        horodatage_brut=instant,
        signature=attribut(premier(element, "signatureCode"), "code"),
    )


def lire_organisation(element: etree._Element | None) -> Auteur | None:
    """An organisation as an author; None when it has neither id nor name."""
    ids, nom = lire_ids(element), texte(premier(element, "name"))
    if not ids and not nom:
        return None
    return Auteur("organisation", structure_idnat=ids[0].extension if ids else "", structure_nom=nom)


def _auteur(assigne: etree._Element | None, ids: tuple[IdentifiantHl7, ...], role: Code | None) -> Auteur:
    personne = premier(assigne, "assignedPerson")
    appareil = premier(assigne, "assignedAuthoringDevice")
    structure = lire_organisation(premier(assigne, "representedOrganization"))
    nom, prenom = texte(premier(personne, "name/family")), texte(premier(personne, "name/given"))
    if personne is not None and not nom:
        nom = texte(premier(personne, "name"))
    genre: Literal["personne", "organisation", "dispositif", "patient"]
    if any(i.racine in OIDS for i in ids):
        genre = "patient"
    elif appareil is not None:
        genre = "dispositif"
        nom = texte(premier(appareil, "softwareName")) or texte(premier(appareil, "manufacturerModelName"))
    elif personne is not None or structure is None:
        genre = "personne"
    else:
        genre = "organisation"
    return Auteur(
        genre=genre,
        # The id of a holder is his INS: it stays in the header, where it is kept secret (INS-15).
        idnat="" if genre == "patient" or not ids else ids[0].extension,
        nom=nom,
        prenom=prenom,
        structure_idnat=structure.structure_idnat if structure else "",
        structure_nom=structure.structure_nom if structure else "",
        specialite=lire_code(premier(assigne, "code")),
        role=role,
    )


def _parties(noms: list[etree._Element], balise: str) -> list[tuple[str, str]]:
    """(qualifier, text) of each part of a name that has a text."""
    parties = ((attribut(e, "qualifier"), texte(e)) for nom in noms for e in chercher(nom, balise))
    return [(qualite, valeur) for qualite, valeur in parties if valeur]


def _joindre(parties: list[tuple[str, str]], qualite: str) -> str:
    return " ".join(valeur for q, valeur in parties if q == qualite)


def _prenoms(parties: list[tuple[str, str]]) -> str:
    """The birth first names in order, from the two ways of writing them (CDA-20)."""
    liste, premier_prenom = _joindre(parties, ""), _joindre(parties, "BR")
    debut = plier(premier_prenom).split()
    if not debut or plier(liste).split()[: len(debut)] == debut:
        return liste or _joindre(parties, "CL")
    return f"{premier_prenom} {liste}".strip()
