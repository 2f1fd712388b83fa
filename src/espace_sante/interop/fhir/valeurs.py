"""FHIR primitive values with their form checks: dates, uniqueId, codes."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UnsetType

from espace_sante.documents.metadonnees import Code
from espace_sante.documents.nomenclatures import systeme_uri
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import CodeableConcept, Coding, Identifier

PARIS: Final = ZoneInfo("Europe/Paris")
SYSTEME_URI: Final = "urn:ietf:rfc:3986"

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?", re.ASCII
)
_PARTIELLE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MINUTE: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:[0-5]\d)?", re.ASCII)
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+(?:\^[^\s^]{1,64})?", re.ASCII)
_EXTENSION: Final = re.compile(r"[^\s^]{1,64}", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")

_ANNEES: Final = (1850, 2200)
MAX_UNIQUE_ID: Final = 128


def present(valeur: str | UnsetType) -> str:
    """The text, or an empty one when the element is absent."""
    return "" if isinstance(valeur, UnsetType) else valeur


def lire_instant(texte: str) -> datetime | Erreur:
    """A FHIR instant: to the second, with an offset (FHR-83)."""
    forme = _INSTANT.fullmatch(texte)
    if forme is None:
        return Erreur.DATE_INVALIDE
    if forme[1] is None:
        return Erreur.DATE_SANS_DECALAGE
    try:
        lu = datetime.fromisoformat(texte)
    except ValueError:
        return Erreur.DATE_INVALIDE
    return lu if _plausible(lu) else Erreur.DATE_INVALIDE


def lire_date(texte: str) -> datetime | Erreur:
    """A FHIR dateTime; a partial one is its first instant, Paris time (FHR-83)."""
    if "T" in texte:
        return lire_instant(texte)
    bornes = intervalle(texte)
    if isinstance(bornes, Erreur):
        return bornes
    return bornes[0] if _plausible(bornes[0]) else Erreur.DATE_INVALIDE


def _plausible(lu: datetime) -> bool:
    """Far years have no form in every time zone: stored, they could never be read again."""
    return _ANNEES[0] <= lu.year <= _ANNEES[1]


def date_cherchee(
    valeur: str, prefixes: str = "eq|ge|gt|le|lt|sa|eb"
) -> tuple[str, datetime, datetime] | Erreur:
    """A search parameter of type date: its prefix, empty when none is written, then the interval that it names."""
    forme = re.fullmatch(f"({prefixes})?(.+)", valeur)
    if forme is None or "," in valeur:
        return Erreur.DATE_INVALIDE
    # An unescaped + of an offset reaches us as a space.
    bornes = intervalle(forme[2].replace(" ", "+"))
    return bornes if isinstance(bornes, Erreur) else (forme[1] or "", *bornes)


def intervalle(texte: str) -> tuple[datetime, datetime] | Erreur:
    """Half-open interval that a date of that precision stands for; Paris time without an offset (FHR-115)."""
    partielle = _PARTIELLE.fullmatch(texte)
    try:
        if partielle:
            an, mois, jour = (int(p) if p else 0 for p in partielle.groups())
            debut = datetime(an, mois or 1, jour or 1, tzinfo=PARIS)
            if jour:
                fin = datetime.combine(debut.date() + timedelta(days=1), debut.time(), PARIS)
            elif mois:
                jours = calendar.monthrange(an, mois)[1]
                fin = datetime.combine(debut.date() + timedelta(days=jours), debut.time(), PARIS)
            else:
                fin = datetime(an + 1, 1, 1, tzinfo=PARIS)
            return debut, fin
        if _MINUTE.fullmatch(texte):
            debut, pas = datetime.fromisoformat(texte), timedelta(minutes=1)
        elif _INSTANT.fullmatch(texte):
            debut = datetime.fromisoformat(texte)
            pas = timedelta(microseconds=1) if "." in texte else timedelta(seconds=1)
        else:
            return Erreur.DATE_INVALIDE
        debut = debut if debut.tzinfo else debut.replace(tzinfo=PARIS)
        # Years at the edge of the calendar have no UTC form; PostgreSQL would not take them.
        debut.astimezone(UTC)
        return debut, debut + pas
    except (ValueError, OverflowError):
        return Erreur.DATE_INVALIDE


def ecrire_date(moment: datetime) -> str:
    """A FHIR instant in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def lire_unique_id(identifiant: Identifier) -> str | Erreur:
    """uniqueId in its one form: `urn:oid:…` or `urn:uuid:…` in small letters (table A.5.1, CDA-13)."""
    systeme, valeur = present(identifiant.system), present(identifiant.value)
    if systeme != SYSTEME_URI:
        if systeme.startswith(("urn:oid:", "urn:uuid:")) and valeur and ":" not in valeur:
            valeur = f"{systeme}^{valeur}"
        else:
            return Erreur.IDENTIFIANT_UNIQUE
    return normaliser_unique_id(valeur) or Erreur.IDENTIFIANT_UNIQUE


def normaliser_unique_id(valeur: str) -> str:
    """The uniqueId in its stored form; empty when it is not one. A bare OID is one (FHR-114)."""
    if valeur.startswith("urn:uuid:"):
        uuid, marque, extension = valeur[9:].partition("^")
        correct = _UUID.fullmatch(uuid) and (not marque or _EXTENSION.fullmatch(extension))
        return f"urn:uuid:{uuid.lower()}{marque}{extension}" if correct else ""
    oid = valeur.removeprefix("urn:oid:")
    return f"urn:oid:{oid}" if len(oid) <= MAX_UNIQUE_ID and _OID.fullmatch(oid) else ""


def lire_id(texte: str) -> UUID | None:
    """An id of ours (UUID, with or without hyphens) or None."""
    try:
        return UUID(texte) if len(texte) in (32, 36) else None
    except ValueError:
        return None


def id_forme(texte: str) -> bool:
    """Whether the text may be a FHIR id."""
    return bool(_ID.fullmatch(texte))


def codages(concepts: list[CodeableConcept] | CodeableConcept | UnsetType) -> list[Coding]:
    """All codings of one or several concepts."""
    if isinstance(concepts, CodeableConcept):
        return [] if isinstance(concepts.coding, UnsetType) else concepts.coding
    if isinstance(concepts, UnsetType):
        return []
    return [c for concept in concepts if not isinstance(concept.coding, UnsetType) for c in concept.coding]


def vers_code(codage: Coding) -> Code | None:
    """Our coded value, with the system as a URI; None without code or system."""
    code, systeme = present(codage.code), present(codage.system)
    if not code or not systeme:
        return None
    return Code(code, systeme_uri(systeme), present(codage.display))
