"""Resources of the directory → our own values, with normalised identifiers (rules ANN-04, ANN-07, ANN-09). Pure.

A resource that is broken, hostile or without the number that names it is `None`: one bad line never stops a pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from espace_sante.identite.annuaire_sante.formes import (
    Coding,
    Concept,
    Contact,
    Identifiant,
    Nom,
    Organization,
    Practitioner,
    PractitionerRole,
)
from espace_sante.kernel.identifiants import (
    SYSTEME_IDNAT_PS,
    SYSTEME_RPPS,
    SYSTEME_STRUCTURE,
    Finess,
    IdentifiantInvalide,
    Rpps,
    Siret,
)

METADONNEES_BOITE: Final = "as-ext-mailbox-mss-metadata"
TYPE_COURRIEL: Final = "fr-core-contact-point-email-type"
_PROFESSION: Final = re.compile(r"TRE[_-](G15|R94|R95|R85)\b")
# Ordinal specialities, competences, exclusive competences, orientations, sections of the pharmacists' order.
_SAVOIR_FAIRE: Final = re.compile(r"TRE[_-](R38|R39|R40|R42|R43|R44|R45|G13|G05)")
_SECTEUR: Final = re.compile(r"TRE[_-](R02)\b")
_AUTRE_IDNAT: Final = re.compile(r"[0-9][0-9A-Za-z]{7,18}")
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_CODE: Final = re.compile(r"[A-Za-z0-9_\-]{1,10}")
_BOITE: Final = re.compile(r"[^@\s<>\"',;]{1,64}@[a-z0-9][a-z0-9.\-]{0,188}\.[a-z]{2,}")
_CODE_POSTAL: Final = re.compile(r"\d{5}\s+")
_CIVILITES: Final = {"M": "M.", "MME": "Mme", "MLLE": "Mme"}
_TITRES: Final = {"DR": "Dr", "PR": "Pr"}
GENRES_BOITE: Final = ("PER", "ORG", "APP", "CAB")
RANG_DERNIER: Final = 999


@dataclass(frozen=True, slots=True)
class Boite:
    """A published mailbox."""

    adresse: str
    genre: str
    rang: int = RANG_DERNIER
    liste_rouge: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Personne:
    """A professional; `professions` are `TRE_G15/10`."""

    source_id: str
    rpps: str
    civilite: str
    nom: str
    prenom: str
    actif: bool
    professions: tuple[str, ...]
    savoir_faire: str
    boites: tuple[Boite, ...]


@dataclass(frozen=True, slots=True)
class Etablissement:
    """A structure; `id` is its Struct_IdNat."""

    source_id: str
    id: str
    nom: str
    commune: str
    code_postal: str
    secteur: str
    boites: tuple[Boite, ...]


@dataclass(frozen=True, slots=True)
class Activite:
    """One activity; `personne` and `structure` are ids in the directory, `structure` may be empty."""

    source_id: str
    personne: str
    structure: str
    actif: bool
    secteur: str
    boites: tuple[Boite, ...]


_Forme = TypeVar("_Forme", Practitioner, PractitionerRole, Organization)


def lire_personne(brut: bytes | msgspec.Raw) -> Personne | None:
    lu = _decoder(brut, Practitioner)
    if lu is None:
        return None
    rpps = rpps_de(lu.identifier)
    nom = next((n for n in lu.name if n.use != "old" and n.family), Nom())
    famille = texte(nom.family, 100)
    if not rpps or not famille:
        return None
    codages = [c for q in lu.qualification for c in q.code.coding]
    return Personne(
        lu.id, rpps, _civilite(nom), famille, texte(" ".join(nom.given), 100), lu.active,
        tuple(dict.fromkeys(f"TRE_{s}/{c}" for s, c in _codes(codages, _PROFESSION)))[:8],
        next((c for _, c in _codes(codages, _SAVOIR_FAIRE)), ""), boites(lu.telecom, "PER"),
    )  # fmt: skip


def lire_etablissement(brut: bytes | msgspec.Raw) -> Etablissement | None:
    lu = _decoder(brut, Organization)
    if lu is None:
        return None
    numero, nom = structure_de(lu.identifier), texte(lu.name, 200)
    if not numero or not nom:
        return None
    adresse = lu.address[0] if lu.address else None
    return Etablissement(
        lu.id, numero, nom,
        _CODE_POSTAL.sub("", texte(adresse.city, 100), count=1) if adresse else "",
        texte(adresse.postalCode, 10) if adresse else "", _secteur(lu.type), boites(lu.telecom, "ORG"),
    )  # fmt: skip


def lire_activite(brut: bytes | msgspec.Raw) -> Activite | None:
    lu = _decoder(brut, PractitionerRole)
    if lu is None:
        return None
    personne = _fin(lu.practitioner.reference, "Practitioner")
    structure = _fin(lu.organization.reference, "Organization")
    if not personne or (lu.organization.reference and not structure):
        return None
    return Activite(lu.id, personne, structure, lu.active, _secteur(lu.code), boites(lu.telecom, "PER"))


def rpps_de(identifiants: Iterable[Identifiant]) -> str:
    """The RPPS: as such, or as a PS_IdNat; empty when there is none, or two that differ (ANN-07)."""
    lus = set()
    for i in identifiants:
        if i.system in (SYSTEME_RPPS, SYSTEME_IDNAT_PS):
            try:
                lus.add(Rpps.lire(i.value, i.system).numero)
            except IdentifiantInvalide:
                continue
    return lus.pop() if len(lus) == 1 else ""


def structure_de(identifiants: Iterable[Identifiant]) -> str:
    """The Struct_IdNat: given, or made from a FINESS or a SIRET (ANN-07)."""
    deduits = []
    for i in identifiants:
        valeur = "".join(i.value.split()).upper()
        if i.system == SYSTEME_STRUCTURE and _AUTRE_IDNAT.fullmatch(valeur):
            return valeur
        try:
            if "finess" in i.system:
                deduits.append(Finess(valeur).idnat)
            elif "siret" in i.system or ("sirene" in i.system and len(valeur) == 14):
                deduits.append(Siret(valeur).idnat)
        except IdentifiantInvalide:
            continue
    return deduits[0] if deduits else ""


def boites(contacts: Iterable[Contact], defaut: str) -> tuple[Boite, ...]:
    """MSSanté mailboxes among the contacts, best rank first (ANN-09). Ordinary addresses are left."""
    lues: dict[str, Boite] = {}
    for contact in contacts:
        adresse = contact.value.strip().lower()
        details = next((x.extension for x in contact.extension if METADONNEES_BOITE in x.url), None)
        mss = details is not None or any(
            TYPE_COURRIEL in x.url and x.valueCoding is not None and x.valueCoding.code == "MSSANTE"
            for x in contact.extension
        )
        if contact.system != "email" or not mss or not _BOITE.fullmatch(adresse) or not adresse.isprintable():
            continue
        genre, rouge, description = defaut, False, ""
        for x in details or ():
            if x.url == "type" and x.valueCodeableConcept and x.valueCodeableConcept.coding:
                genre = x.valueCodeableConcept.coding[0].code
            elif x.url == "listeRouge":
                # Not a plain « false »: kept out of sight.
                rouge = x.valueBoolean is not False
            elif x.url == "description":
                description = texte(x.valueString, 200)
        if genre in GENRES_BOITE:
            rang = contact.rank if 0 < contact.rank <= RANG_DERNIER else RANG_DERNIER
            lues[adresse] = Boite(adresse, genre, rang, rouge, description)
    return tuple(sorted(lues.values(), key=lambda b: (b.rang, b.adresse)))[:20]


def texte(valeur: str, maximum: int) -> str:
    """Text fit to be stored and shown: no control nor direction character, one space between words."""
    propre = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in valeur[: 4 * maximum]
    )
    propre = "".join(c for c in propre if unicodedata.category(c)[0] != "C")
    return " ".join(propre.split())[:maximum].strip()


def _decoder(brut: bytes | msgspec.Raw, forme: type[_Forme]) -> _Forme | None:
    try:
        lu = msgspec.json.decode(brut, type=forme)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return lu if _ID.fullmatch(lu.id) else None


def _codes(codages: Iterable[Coding], systeme: re.Pattern[str]) -> list[tuple[str, str]]:
    """(table, code) of the codings in one of these national tables."""
    trouves = [(systeme.search(c.system), c.code) for c in codages]
    return [(t[1], code) for t, code in trouves if t and _CODE.fullmatch(code)]


def _secteur(concepts: Iterable[Concept]) -> str:
    return next((c for _, c in _codes([x for k in concepts for x in k.coding], _SECTEUR)), "")


def _civilite(nom: Nom) -> str:
    titre = next((_TITRES[s] for s in (x.upper().rstrip(".") for x in nom.suffix) if s in _TITRES), "")
    return titre or next(
        (_CIVILITES[p] for p in (x.upper().rstrip(".") for x in nom.prefix) if p in _CIVILITES), ""
    )


def _fin(reference: str, genre: str) -> str:
    """The id of a reference to that type, relative or absolute; empty for anything else."""
    chemin, _, fin = reference.rpartition("/")
    return fin if (chemin == genre or chemin.endswith(f"/{genre}")) and _ID.fullmatch(fin) else ""
