"""Names, persons and organisations in a CDA header."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from lxml import etree

from espace_sante.documents.cda.enfants import Enfants, enfants, enfants_de, sous, un, valeur_de
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
    if element is None:
        return ""
    brut = "".join(map(str, element.itertext())) if len(element) else element.text
    return " ".join(brut.split()) if brut else ""


def lire_code(element: etree._Element | None) -> Code | None:
    """A coded value; None when absent or without code (nullFlavor)."""
    code = (element.get("code") or "").strip() if element is not None else ""
    if element is None or not code:
        return None
    systeme = (element.get("codeSystem") or "").strip()
    return Code(code, systeme_uri(systeme) if systeme else "", (element.get("displayName") or "").strip())


def lire_ids(elements: Iterable[etree._Element]) -> tuple[IdentifiantHl7, ...]:
    """Instance identifiers that have a root."""
    ids: list[IdentifiantHl7] = []
    for element in elements:
        racine = (element.get("root") or "").strip()
        if racine:
            ids.append(IdentifiantHl7(racine, (element.get("extension") or "").strip()))
    return tuple(ids)


def lire_patient(cible: etree._Element) -> Patient:
    """One recordTarget (CDA-19, CDA-20)."""
    role = enfants_de(enfants((cible,)), "patientRole")
    patient = enfants_de(role, "patient")
    nom = enfants(patient.get("name", ()))
    familles = _parties(nom, "family")
    prenoms = _parties(nom, "given")
    nom_br = _joindre(familles, "BR")
    sexe = valeur_de(patient, "administrativeGenderCode", "code")
    lieux = sous(patient.get("birthplace", ()), "place", "addr", "county")
    return Patient(
        identifiants=lire_ids(role.get("id", ())),
        nomme=bool(familles or prenoms),
        nom_naissance=nom_br or _joindre(familles, ""),
        nom_naissance_qualifie=bool(nom_br),
        nom_utilise=_joindre(familles, "CL") or _joindre(familles, "SP"),
        prenoms=_prenoms(prenoms),
        prenom_utilise=_joindre(prenoms, "CL"),
        sexe=_SEXES.get(sexe, "I") if sexe else "",
        date_naissance=date_de_naissance(valeur_de(patient, "birthTime")),
        lieu_naissance=texte(lieux[0]) if lieux else "",
    )


def lire_intervenant(element: etree._Element, entite: str) -> Intervenant:
    """An author (`assignedAuthor`) or a legal authenticator (`assignedEntity`)."""
    parties = enfants((element,))
    assigne = enfants_de(parties, entite)
    ids = lire_ids(assigne.get("id", ()))
    instant = valeur_de(parties, "time")
    return Intervenant(
        auteur=_auteur(assigne, ids, lire_code(un(parties, "functionCode"))),
        identifiants=ids,
        horodatage=lire_horodatage(instant),
        horodatage_brut=instant,
        signature=valeur_de(parties, "signatureCode", "code"),
    )


def lire_depositaire(organisation: Enfants) -> tuple[Auteur | None, bool]:
    """The custodian, None when it has neither id nor name; and whether it has an id (CDA-22)."""
    ids, nom = _organisation(organisation)
    if not ids and not nom:
        return None, False
    idnat = ids[0].extension if ids else ""
    return Auteur("organisation", structure_idnat=idnat, structure_nom=nom), bool(ids)


def _organisation(organisation: Enfants) -> tuple[tuple[IdentifiantHl7, ...], str]:
    return lire_ids(organisation.get("id", ())), texte(un(organisation, "name"))


def _auteur(assigne: Enfants, ids: tuple[IdentifiantHl7, ...], role: Code | None) -> Auteur:
    structure_ids, structure_nom = _organisation(enfants_de(assigne, "representedOrganization"))
    noms = enfants_de(assigne, "assignedPerson").get("name", ())
    parties = enfants(noms)
    nom, prenom = texte(un(parties, "family")), texte(un(parties, "given"))
    if noms and not nom:
        nom = texte(noms[0])
    genre: Literal["personne", "organisation", "dispositif", "patient"]
    if any([i.racine in OIDS for i in ids]):
        genre = "patient"
    elif "assignedAuthoringDevice" in assigne:
        genre = "dispositif"
        details = enfants_de(assigne, "assignedAuthoringDevice")
        nom = texte(un(details, "softwareName")) or texte(un(details, "manufacturerModelName"))
    elif "assignedPerson" not in assigne and (structure_ids or structure_nom):
        genre = "organisation"
    else:
        genre = "personne"
    return Auteur(
        genre=genre,
        # The id of a holder is his INS: it stays in the header, where it is kept secret (INS-15).
        idnat="" if genre == "patient" or not ids else ids[0].extension,
        nom=nom,
        prenom=prenom,
        structure_idnat=structure_ids[0].extension if structure_ids else "",
        structure_nom=structure_nom,
        specialite=lire_code(un(assigne, "code")),
        role=role,
    )


def _parties(nom: Enfants, balise: str) -> list[tuple[str, str]]:
    """(qualifier, text) of each part of a name that has a text."""
    parties: list[tuple[str, str]] = []
    for element in nom.get(balise, ()):
        lu = texte(element)
        if lu:
            parties.append((attribut(element, "qualifier"), lu))
    return parties


def _joindre(parties: list[tuple[str, str]], qualite: str) -> str:
    return " ".join([valeur for q, valeur in parties if q == qualite])


def _prenoms(parties: list[tuple[str, str]]) -> str:
    """The birth first names in order, from the two ways of writing them (CDA-20)."""
    liste, premier_prenom = _joindre(parties, ""), _joindre(parties, "BR")
    if not premier_prenom or f"{liste} ".startswith(f"{premier_prenom} "):
        # Written the same: no folding is needed to see it.
        return liste or _joindre(parties, "CL")
    debut = plier(premier_prenom).split()
    if not debut or plier(liste).split()[: len(debut)] == debut:
        return liste or _joindre(parties, "CL")
    return f"{premier_prenom} {liste}".strip()
