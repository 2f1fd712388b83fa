"""What a holder must say of a document, and how much he may keep (rules DOC-24, DOC-25, DOC-27, DOC-28, DOC-53). Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from espace_sante.documents.perso.errors import DepotRefuse, RangementRefuse

PARIS: Final = ZoneInfo("Europe/Paris")
TITRE_MAX: Final = 50
NOM_MAX: Final = 50
DOSSIERS_MAX: Final = 200
_ANNEE_MIN: Final = 1900
DIRECTIVES: Final = "EXPPAT_3"
VOLONTES: Final = "EXPPAT_1"
TYPES_DU_TITULAIRE: Final = frozenset(
    {*(f"DOCPAT{rang:02d}" for rang in range(1, 10)), "EXPPAT_1", "EXPPAT_2", "EXPPAT_3"}
)
# The type that each plain heading gives (rules DOC-09, DOC-25), then the two sections of wishes.
TYPE_DE_RUBRIQUE: Final = {
    "synthese": "DOCPAT01",
    "ordonnances": "DOCPAT02",
    "imagerie": "DOCPAT04",
    "biologie": "DOCPAT05",
    "comptes-rendus": "DOCPAT03",
    "prevention": "DOCPAT06",
    "certificats": "DOCPAT07",
    "administratif": "DOCPAT09",
    "autres": "EXPPAT_2",
    "volontes": VOLONTES,
    "directives": DIRECTIVES,
}
# Controls, invisible and direction marks, halves and private characters, line and paragraph separators.
_CATEGORIES_REFUSEES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BALISES: Final = frozenset("<>")


def lire_titre(texte: str, *, maximum: int = TITRE_MAX) -> str:
    """The title, composed and without outer spaces. Raises DepotRefuse."""
    titre = unicodedata.normalize("NFC", texte).strip()
    if not titre:
        raise DepotRefuse("titre_manquant", "Écrivez un titre.")
    if _interdit(titre):
        raise DepotRefuse(
            "titre_invalide",
            "Le titre contient un signe refusé. Gardez des lettres, des chiffres et la ponctuation.",
        )
    if len(titre) > maximum:
        raise DepotRefuse(
            "titre_trop_long",
            f"Ce titre compte {len(titre)} caractères. Le maximum est de {maximum} caractères.",
        )
    return titre


def lire_nom(texte: str) -> str:
    """Name of a folder, under the same rules. Raises RangementRefuse."""
    nom = re.sub(" +", " ", unicodedata.normalize("NFC", texte)).strip()
    if not nom:
        raise RangementRefuse("nom_manquant", "Écrivez le nom du dossier.")
    if _interdit(nom):
        raise RangementRefuse(
            "nom_invalide",
            "Le nom contient un signe refusé. Gardez des lettres, des chiffres et la ponctuation.",
        )
    if len(nom) > NOM_MAX:
        raise RangementRefuse(
            "nom_trop_long", f"Ce nom compte {len(nom)} caractères. Le maximum est de {NOM_MAX} caractères."
        )
    return nom


def plier_nom(nom: str) -> str:
    """What makes two names the same: case does not count (rule DOC-53)."""
    return unicodedata.normalize("NFC", nom.casefold())


def lire_date(texte: str, *, quand: datetime) -> date:
    """Day of the document, `2026-03-02`; not after the day it is in Paris. Raises DepotRefuse."""
    if not texte.strip():
        raise DepotRefuse("date_manquante", "Donnez la date du document.")
    try:
        jour = date.fromisoformat(texte.strip())
    except ValueError:
        raise DepotRefuse("date_invalide", "Écrivez la date comme ceci\u00a0: 03/03/2026.") from None
    verifier_date(jour, quand=quand)
    return jour


def verifier_date(jour: date, *, quand: datetime) -> None:
    """Raises DepotRefuse for a day to come, or one too old to be that of a document."""
    if jour > quand.astimezone(PARIS).date():
        raise DepotRefuse("date_future", "Cette date est dans le futur. Choisissez une date passée.")
    if jour.year < _ANNEE_MIN:
        raise DepotRefuse(
            "date_invalide", f"Cette date est trop ancienne\u00a0: elle commence en {_ANNEE_MIN}."
        )


def instant_du_jour(jour: date, *, quand: datetime) -> datetime:
    """The instant kept for a day: noon in Paris, or now when noon is still to come."""
    return min(datetime.combine(jour, time(12), PARIS).astimezone(UTC), quand)


def verifier_type(type_code: str) -> None:
    """Raises DepotRefuse for a type that is not a holder's (rule DOC-25)."""
    if type_code not in TYPES_DU_TITULAIRE:
        raise DepotRefuse("type_refuse", "Vous ne pouvez pas ajouter ce type de document.")


def lire_rubrique(code: str) -> str:
    """The type that a heading gives. Raises DepotRefuse."""
    if not code:
        raise DepotRefuse("rubrique_manquante", "Choisissez une rubrique.")
    if code not in TYPE_DE_RUBRIQUE:
        raise DepotRefuse("type_refuse", "Vous ne pouvez pas ajouter ce type de document.")
    return TYPE_DE_RUBRIQUE[code]


@dataclass(frozen=True, slots=True)
class Quota:
    """What a holder may keep of his own (rule DOC-27)."""

    documents: int
    octets: int


@dataclass(frozen=True, slots=True)
class Occupation:
    """What his own documents take; what others deposit is never in it."""

    documents: int
    octets: int


def verifier_quota(occupation: Occupation, quota: Quota, taille: int) -> None:
    """Raises DepotRefuse, the quota told, when one more document of that size does not fit (rule DOC-27)."""
    if occupation.documents + 1 > quota.documents:
        raise DepotRefuse(
            "quota_documents",
            f"Vous avez ajouté {en_milliers(occupation.documents)} documents."
            f" Le maximum est de {en_milliers(quota.documents)}."
            " Supprimez-en pour en ajouter d’autres.",
            quota=quota.documents,
        )
    if occupation.octets + taille > quota.octets:
        raise DepotRefuse(
            "quota_volume",
            f"Vos documents prennent {en_mo(occupation.octets)}. Le maximum est de {en_mo(quota.octets)}."
            " Supprimez-en pour en ajouter d’autres.",
            quota=quota.octets,
        )


def est_majeur(naissance: str, *, quand: datetime) -> bool:
    """Whether a person is certainly 18 in Paris; a partial birth date is taken at its latest (rules DOC-28, IDN-11)."""
    morceaux = [int(m) if m.isdigit() else 0 for m in naissance.split("-")]
    annee, mois, jour = (*morceaux, 0, 0, 0)[:3]
    if not annee:
        return False
    ici = quand.astimezone(PARIS).date()
    return (ici.year - 18, ici.month, ici.day) >= (annee, mois or 12, jour or 31)


def verifier_directives(type_code: str, naissance: str, *, quand: datetime) -> None:
    """Directives anticipées are for adults only (rule DOC-28). Raises DepotRefuse."""
    if type_code == DIRECTIVES and not est_majeur(naissance, quand=quand):
        raise DepotRefuse(
            "directives_majeurs", "Les directives anticipées sont réservées aux personnes majeures."
        )


def en_mo(octets: int) -> str:
    """`5 Mo`, `4,8 Mo`: millions of bytes, one figure after the comma when there is one."""
    if 0 < octets < 50_000:
        return "moins de 0,1\u00a0Mo"
    dixiemes = round(octets / 100_000)
    entier, reste = divmod(dixiemes, 10)
    return f"{entier}{f',{reste}' if reste else ''}\u00a0Mo"


def en_milliers(nombre: int) -> str:
    """`2 000`, with a space that does not break."""
    return f"{nombre:,}".replace(",", "\u00a0")


def _interdit(texte: str) -> bool:
    return any(c in _BALISES or unicodedata.category(c) in _CATEGORIES_REFUSEES for c in texte)
