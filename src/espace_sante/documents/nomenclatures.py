"""Document types, classes and plain headings, loaded once from the package's data files.

The lists are dated public data (ANS JDV_J07, TRE_A03); class of a type: rule DOC-03,
plain headings for the holder: rule DOC-09.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

URI_DE_SYSTEME = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "1.2.250.1.213.1.1.4.12": "https://mos.esante.gouv.fr/NOS/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire",
    "1.2.250.1.213.1.1.4.1": "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument",
    "2.16.840.1.113883.5.25": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "1.2.250.1.213.1.1.4.13": "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/TRE-A07-StatutVisibiliteDocument",
}
OID_DE_SYSTEME = {uri: oid for oid, uri in URI_DE_SYSTEME.items()}
SYSTEME_CLASSE = URI_DE_SYSTEME["1.2.250.1.213.1.1.4.1"]

TYPE_REMBOURSEMENTS = "REMB"
TYPE_DIRECTIVES = "EXPPAT_3"
# What the fund feeds: reimbursements and attestations (ACC-78).
TYPES_ASSURANCE_MALADIE = frozenset(
    {"REMB", "ATTEST-DROITS-AM", "ATTEST-ASS-COMPL", "ATTEST-HEBGT", "ATTEST-RESID"}
)
# History, note and certificate of vaccination: of use however old they are (ACC-64).
TYPES_VACCINATION = ("11369-6", "87273-9", "96874-3")
# The health history that the holder tells: the summary of his medical profile (ACC-63, DOC-45).
TYPE_ANTECEDENTS = "DOCPAT08"


@dataclass(frozen=True, slots=True)
class TypeDocument:
    """A document type; `statut` is `official` (may be deposited) or `proposed` (rule DOC-02)."""

    code: str
    systeme: str
    libelle: str
    classe: str
    statut: str


@dataclass(frozen=True, slots=True)
class Classe:
    code: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Rubrique:
    """One of the nine plain headings under which a holder finds documents (rule DOC-09)."""

    code: str
    libelle: str
    icone: str


RUBRIQUES = (
    Rubrique("synthese", "Résumés de santé", "synthese"),
    Rubrique("ordonnances", "Ordonnances et soins", "ordonnance"),
    Rubrique("imagerie", "Imagerie", "imagerie"),
    Rubrique("biologie", "Analyses de biologie", "biologie"),
    Rubrique("comptes-rendus", "Comptes rendus", "document"),
    Rubrique("prevention", "Prévention et dépistage", "vaccin"),
    Rubrique("certificats", "Certificats", "certificat"),
    Rubrique("administratif", "Papiers administratifs", "administratif"),
    Rubrique("autres", "Autres documents", "autre"),
)
_PAR_CODE = {r.code: r for r in RUBRIQUES}
# The type wins over the class; what neither names falls under « autres ».
_RUBRIQUE_DE_TYPE = {
    "11502-2": "biologie",
    "DOCPAT05": "biologie",
    "PRESC-BIO": "ordonnances",
    "DOCPAT04": "imagerie",
    "60568-3": "biologie",
    "51969-4": "biologie",
    "96173-0": "biologie",
    "11369-6": "prevention",
    "87273-9": "prevention",
    "75492-9": "prevention",
    "75482-0": "prevention",
    "68817-6": "prevention",
    "59283-2": "prevention",
    "83869-8": "prevention",
    "DOCPAT06": "prevention",
    "DOCPAT01": "synthese",
    "DOCPAT02": "ordonnances",
    "DOCPAT03": "comptes-rendus",
    "DOCPAT07": "certificats",
    "DOCPAT09": "administratif",
}
_RUBRIQUE_DE_CLASSE = {
    "10": "comptes-rendus",
    "11": "synthese",
    "31": "imagerie",
    "42": "ordonnances",
    "43": "ordonnances",
    "44": "ordonnances",
    "45": "ordonnances",
    "52": "certificats",
    "60": "administratif",
    "95": "administratif",
}


def _lignes(nom: str) -> list[dict[str, str]]:
    texte = files("espace_sante.documents").joinpath("data", nom).read_text(encoding="utf-8")
    return list(csv.DictReader(texte.splitlines()))


@lru_cache(maxsize=1)
def types() -> dict[str, TypeDocument]:
    """All known types by code."""
    return {
        ligne["type_code"]: TypeDocument(
            code=ligne["type_code"],
            systeme=systeme_uri(ligne["code_system_oid"]),
            libelle=ligne["label_fr"],
            classe=ligne["class_code"],
            statut="proposed" if ligne["status"] == "proposed" else "official",
        )
        for ligne in _lignes("type_codes.csv")
    }


@lru_cache(maxsize=1)
def classes() -> dict[str, Classe]:
    return {
        ligne["class_code"]: Classe(ligne["class_code"], ligne["label_fr"])
        for ligne in _lignes("class_codes.csv")
    }


def type_document(code: str) -> TypeDocument | None:
    """The type of that code, or None when it is not in the list."""
    return types().get(code)


def systeme_uri(systeme: str) -> str:
    """URI of a code system given as an OID, `urn:oid:…` or already a URI."""
    oid = systeme.removeprefix("urn:oid:")
    return URI_DE_SYSTEME.get(oid, systeme if ":" in systeme else f"urn:oid:{systeme}")


def rubrique(type_code: str) -> Rubrique:
    """The plain heading of a type (rule DOC-09)."""
    code = _RUBRIQUE_DE_TYPE.get(type_code)
    if code is None:
        connu = types().get(type_code)
        code = _RUBRIQUE_DE_CLASSE.get(connu.classe if connu else "", "autres")
    return _PAR_CODE[code]


@lru_cache(maxsize=16)
def types_de_rubrique(code: str) -> tuple[str, ...]:
    """The type codes shown under a heading; empty when the heading does not exist."""
    return tuple(t for t in types() if rubrique(t).code == code)
