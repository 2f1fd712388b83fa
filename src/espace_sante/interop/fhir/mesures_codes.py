"""Codes of an Observation → those of the value sets, whatever form their system is named in (FHR-144, FHR-147). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw, UnsetType

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import CodeableConcept
from espace_sante.interop.fhir.structs_mesures import LIRE_EXTENSION
from espace_sante.interop.fhir.valeurs import codages, present
from espace_sante.profil_medical.genres import JEU_DIABETE, JEU_JOURS, JEU_MOMENT, GenreMesure, jeu, par_code
from espace_sante.profil_medical.observation import LOINC, MOMENT, MOTIF, PROFILS
from espace_sante.profil_medical.regles import CodeDonne

_OIDS: Final = {
    LOINC: "2.16.840.1.113883.6.1",
    "http://snomed.info/sct": "2.16.840.1.113883.6.96",
    "http://hl7.org/fhir/sid/icd-10": "2.16.840.1.113883.6.3",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "2.16.840.1.113883.3.26.1.1",
}
# The ANS names each terminology by its own address too (TRE).
_NOS: Final = re.compile(
    r"https://mos\.esante\.gouv\.fr/NOS/TRE_(?P<n>[AR]\d+-\w+)/FHIR/TRE-(?P=n)", re.ASCII | re.IGNORECASE
)
_OIDS_NOS: Final = {
    "loinc": "2.16.840.1.113883.6.1",
    "snomed": "2.16.840.1.113883.6.96",
    "snomedct": "2.16.840.1.113883.6.96",
    "taasip": "1.2.250.1.213.1.1.4.322",
    "emdn": "1.2.250.1.213.2.68",
    "ncit": "2.16.840.1.113883.3.26.1.1",
    "cim10": "2.16.840.1.113883.6.3",
    "cim10atih": "1.2.250.1.213.2.67",
}
_ANCIENNE: Final = "http://esante.gouv.fr/ci-sis/fhir/StructureDefinition/ENS_"
JOURS: Final = f"{PROFILS}mesures-number-of-days"
DIABETE: Final = f"{PROFILS}mesures-diabetis-type"
_CONNUES: Final = {
    **{url: url for url in (MOTIF, MOMENT, JOURS, DIABETE)},
    f"{_ANCIENNE}ReasonForMeasurement": MOTIF,
    f"{_ANCIENNE}MomentOfMeasurement": MOMENT,
    f"{_ANCIENNE}NumberOfDays": JOURS,
    f"{_ANCIENNE}DiabetisType": DIABETE,
}
_JEUX: Final = {MOMENT: JEU_MOMENT, JOURS: JEU_JOURS, DIABETE: JEU_DIABETE}


@dataclass(slots=True)
class Extensions:
    """What the extensions of the guide say. `moment_libre`: a moment in words, that no kind admits alone."""

    motif: str = ""
    moment: CodeDonne | None = None
    moment_libre: bool = False
    jours: CodeDonne | None = None
    diabete: CodeDonne | None = None
    vues: set[str] = field(default_factory=set)


def oid(systeme: str) -> str:
    """OID of a code system given as a URI, `urn:oid:…`, or an address of the ANS; empty when it is unknown."""
    if systeme.startswith("urn:oid:"):
        return systeme.removeprefix("urn:oid:")
    forme = _NOS.fullmatch(systeme)
    if forme:
        return _OIDS_NOS.get(forme["n"].partition("-")[2].lower(), "")
    return _OIDS.get(systeme, "")


def genre_de(concept: CodeableConcept | UnsetType) -> GenreMesure | None:
    """The kind of measure that a code names."""
    for codage in codages(concept):
        genre = par_code(present(codage.code))
        if genre is not None and oid(present(codage.system)) == oid(genre.systeme):
            return genre
    return None


def lire_code(concept: CodeableConcept | UnsetType, nom_du_jeu: str) -> CodeDonne | None:
    """The coding that the value set knows, else the first; None without a concept."""
    if isinstance(concept, UnsetType):
        return None
    donnes = codages(concept)
    choisi = next((c for c in donnes if present(c.code) in jeu(nom_du_jeu)), donnes[0] if donnes else None)
    if choisi is None:
        return CodeDonne("", frozenset())
    return CodeDonne(present(choisi.code), frozenset({oid(present(choisi.system))}))


def lire_extensions(brutes: list[Raw] | UnsetType, constats: list[Constat]) -> Extensions:
    """Those of the guide, read; the others stay as they came (FHR-05)."""
    lues = Extensions()
    for rang, brute in enumerate([] if isinstance(brutes, UnsetType) else brutes):
        chemin = f"Observation.extension[{rang}]"
        url = _url(brute)
        if url is None:
            constats.append(Erreur.TYPE_INVALIDE.constat(chemin))
        elif url in _CONNUES:
            _une(brute, _CONNUES[url], chemin, lues, constats)
    return lues


def _une(brute: Raw, url: str, chemin: str, lues: Extensions, constats: list[Constat]) -> None:
    if url in lues.vues:
        constats.append(Erreur.ELEMENT_MULTIPLE.constat(chemin, element="extension"))
    lues.vues.add(url)
    try:
        e = LIRE_EXTENSION.decode(brute)
    except msgspec.DecodeError:
        constats.append(Erreur.TYPE_INVALIDE.constat(chemin))
        return
    if url == MOTIF:
        if present(e.valueString) and isinstance(e.valueCodeableConcept, UnsetType):
            lues.motif = present(e.valueString)
        else:
            constats.append(Erreur.TYPE_INVALIDE.constat(chemin))
        return
    code = lire_code(e.valueCodeableConcept, _JEUX[url])
    if url == MOMENT:
        lues.moment, lues.moment_libre = code, code is None
    elif code is None:
        constats.append(Erreur.TYPE_INVALIDE.constat(chemin))
    elif url == JOURS:
        lues.jours = code
    else:
        lues.diabete = code


def _url(brute: Raw) -> str | None:
    try:
        lue = msgspec.json.decode(brute)
    except msgspec.DecodeError:
        return None
    url = lue.get("url") if isinstance(lue, dict) else None
    return url if isinstance(url, str) and url else None
