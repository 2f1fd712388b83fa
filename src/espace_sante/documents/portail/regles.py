"""What a professional says of a document that he deposits from the portal (DOC-01, DOC-04, DOC-20, DOC-25). Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, TypeVar
from uuid import UUID

from espace_sante.documents.nomenclatures import (
    RUBRIQUES,
    TYPE_REMBOURSEMENTS,
    Rubrique,
    TypeDocument,
    rubrique,
    types,
)
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.rules import TYPES_DU_TITULAIRE, lire_date, lire_titre
from espace_sante.documents.regles import NIVEAUX
from espace_sante.kernel.traits import plier

TITRE_MAX: Final = 120
# What the patient says himself, and envelopes of software that nobody reads.
_CLASSES_DES_AUTRES: Final = frozenset({"90", "99"})
# Deposited by the fund under its own name (DOC-20).
_TYPES_DE_LA_CAISSE: Final = frozenset({TYPE_REMBOURSEMENTS, "ATTEST-DROITS-AM"})
_TYPES_DE_LOGICIEL: Final = frozenset({"IMG-KOS"})
Lu = TypeVar("Lu")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Saisie:
    """What the form said, as typed; `annonce`: the patient sees it only after a consultation d'annonce (DOC-46).

    `responsable` is the RPPS of the author when a structure deposits (IDN-65).
    """

    titre: str = ""
    jour: str = ""
    type_code: str = ""
    remplace: str = ""
    annonce: bool = False
    masque: bool = False
    representants: bool = False
    niveau: str = "N"
    responsable: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """The same, judged."""

    titre: str
    jour: date
    type: TypeDocument
    remplace: UUID | None
    niveau: str


def types_du_professionnel() -> dict[str, TypeDocument]:
    """The types in force that a professional feeds: neither the holder's (DOC-25) nor the fund's (DOC-20)."""
    return _types()


@lru_cache(maxsize=1)
def _types() -> dict[str, TypeDocument]:
    exclus = TYPES_DU_TITULAIRE | _TYPES_DE_LA_CAISSE | _TYPES_DE_LOGICIEL
    return {
        t.code: t
        for t in types().values()
        if t.statut == "official" and t.classe not in _CLASSES_DES_AUTRES and t.code not in exclus
    }


def groupes(cherche: str = "", *, garder: str = "") -> list[tuple[Rubrique, list[TypeDocument]]]:
    """Types under the plain headings (DOC-09), by label; only those with every word of `cherche`, and `garder`."""
    mots = plier(cherche).split()
    trouves: dict[str, list[TypeDocument]] = {}
    for t in sorted(_types().values(), key=lambda t: plier(t.libelle)):
        titre = plier(f"{t.libelle} {rubrique(t.code).libelle} {t.code}")
        if t.code == garder or all(mot in titre for mot in mots):
            trouves.setdefault(rubrique(t.code).code, []).append(t)
    return [(r, trouves[r.code]) for r in RUBRIQUES if r.code in trouves]


def lire_saisie(saisie: Saisie, *, quand: datetime) -> tuple[Description | None, dict[str, str]]:
    """Every field judged, so that all that is wrong is said at once: the description, or the errors by field."""
    erreurs: dict[str, str] = {}

    def juger(champ: str, lecture: Callable[[], Lu]) -> Lu | None:
        try:
            return lecture()
        except DepotRefuse as refus:
            erreurs[champ] = refus.message
            return None

    titre = juger("titre", lambda: lire_titre(saisie.titre, maximum=TITRE_MAX))
    jour = juger("jour", lambda: lire_date(saisie.jour, quand=quand))
    type_ = juger("type", lambda: _lire_type(saisie.type_code))
    remplace = juger("remplace", lambda: _lire_id(saisie.remplace))
    if saisie.niveau not in NIVEAUX:
        erreurs["niveau"] = "Choisissez un niveau de la liste."
    if erreurs or titre is None or jour is None or type_ is None:
        return None, erreurs
    return Description(titre, jour, type_, remplace, saisie.niveau), {}


def _lire_type(code: str) -> TypeDocument:
    if not code:
        raise DepotRefuse("type_manquant", "Choisissez le type du document.")
    if code not in _types():
        raise DepotRefuse("type_refuse", "Ce type de document ne se dépose pas ici. Choisissez-en un autre.")
    return _types()[code]


def _lire_id(texte: str) -> UUID | None:
    if not texte:
        return None
    try:
        return UUID(texte)
    except ValueError:
        raise DepotRefuse("remplacement_inconnu", "Choisissez un document de la liste.") from None
