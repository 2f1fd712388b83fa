"""The habilitation matrix in force: reading its lines, loading an edition (rules ACC-32 to ACC-45)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files

from django.conf import settings
from django.db import connections, transaction

from espace_sante.acces.models import Cellule, Edition
from espace_sante.documents import nomenclatures
from espace_sante.identite import professions
from espace_sante.kernel.errors import EspaceSanteError

ENTETE = ("profession_code", "profession_system", "type_code", "consultation", "origin", "rule")


class MatriceInvalide(EspaceSanteError):
    """A matrix file is refused whole; `details["lignes"]` names each bad line (rule ACC-36)."""


@lru_cache(maxsize=512)
def ligne(edition: int, systeme: str, code: str, savoir_faire: str) -> tuple[str, ...]:
    """Types that a profession may consult in an edition; absent couples mean no (rule ACC-37).

    The most precise line wins: with know-how, else without (rule ACC-44). An edition never
    changes once in force (rule ACC-38), so its lines are remembered; a system of professions
    that is switched off reads nothing (rule ACC-45).
    """
    if systeme not in settings.ES_SYSTEMES_ACTIFS:
        return ()
    cellules = Cellule.objects.filter(
        edition=edition, profession_systeme=systeme, profession_code=code, savoir_faire__in={"", savoir_faire}
    )
    ouvert: dict[str, bool] = {}
    for cellule in cellules.order_by("savoir_faire"):
        ouvert[cellule.type_code] = cellule.consultation
    return tuple(sorted(t for t, oui in ouvert.items() if oui))


@dataclass(frozen=True, slots=True)
class Chargement:
    """Outcome of an import: the edition made, and what it leaves closed for lack of a line."""

    numero: int
    cellules: int
    couples_absents: int


def importer(
    texte: str, *, nom: str, date_effet: datetime, source: str = "", base: str = "proprietaire"
) -> Chargement:
    """Load an edition from CSV (rule ACC-35); refuses the whole file with its bad lines (rule ACC-36).

    Raises MatriceInvalide (`matrice_invalide`), nothing being loaded.
    """
    cellules, erreurs = _lire(texte)
    if not cellules and not erreurs:
        erreurs.append((1, "le fichier est vide"))
    if erreurs:
        raise MatriceInvalide(
            "matrice_invalide",
            "La matrice est refusée : aucune cellule n'est chargée.",
            lignes=tuple(erreurs[:100]),
        )
    connections[base].ensure_connection()
    with transaction.atomic(using=base):
        derniere = Edition.objects.using(base).select_for_update().order_by("-numero").first()
        edition = Edition.objects.using(base).create(
            numero=(derniere.numero if derniere else 0) + 1,
            nom=nom,
            source=source,
            date_effet=date_effet,
            chargee_le=datetime.now(UTC),
            officielle=all(c.origine == "official" for c in cellules),
        )
        for cellule in cellules:
            cellule.edition = edition
        Cellule.objects.using(base).bulk_create(cellules, batch_size=2000)
    couples = {(c.profession_systeme, c.profession_code) for c in cellules}
    return Chargement(
        edition.numero, len(cellules), max(0, len(couples) * len(nomenclatures.types()) - len(cellules))
    )


def charger_illustrative() -> Chargement | None:
    """Load the sample matrix of the package when there is none yet: illustrative, without legal value.

    For demonstration and test; a production instance that has only this one refuses every reading (ACC-41).
    """
    if Edition.objects.using("proprietaire").exists():
        return None
    texte = (
        files("espace_sante.acces").joinpath("data", "matrice_illustrative.csv").read_text(encoding="utf-8")
    )
    return importer(
        texte,
        nom="Matrice illustrative",
        source="Exemple de construction, sans valeur légale",
        date_effet=datetime(2026, 1, 1, tzinfo=UTC),
    )


def _lire(texte: str) -> tuple[list[Cellule], list[tuple[int, str]]]:
    lecteur = csv.DictReader(io.StringIO(texte))
    erreurs: list[tuple[int, str]] = []
    presentes = set(lecteur.fieldnames or ())
    if manquantes := [c for c in ENTETE[:4] if c not in presentes]:
        return [], [(1, f"colonnes absentes : {', '.join(manquantes)}")]
    cellules: list[Cellule] = []
    vues: dict[tuple[str, str, str, str], int] = {}
    for numero, brute in enumerate(lecteur, start=2):
        rang = {cle: (valeur or "").strip() for cle, valeur in brute.items() if isinstance(cle, str)}
        profession, systeme, type_code = rang["profession_code"], rang["profession_system"], rang["type_code"]
        savoir_faire = rang.get("savoir_faire", "")
        cle = (systeme, profession, savoir_faire, type_code)
        if probleme := _probleme(rang):
            erreurs.append((numero, probleme))
        elif cle in vues:
            erreurs.append((numero, f"couple déjà donné à la ligne {vues[cle]}"))
        else:
            vues[cle] = numero
            cellules.append(
                Cellule(
                    profession_systeme=systeme,
                    profession_code=profession,
                    savoir_faire=savoir_faire,
                    type_code=type_code,
                    consultation=rang["consultation"] == "O",
                    origine=rang.get("origin", "illustrative") or "illustrative",
                    regle=rang.get("rule", "")[:255],
                )
            )
    return cellules, erreurs


def _probleme(rang: dict[str, str]) -> str:
    if not professions.existe(rang["profession_system"], rang["profession_code"]):
        return "profession inconnue"
    if nomenclatures.type_document(rang["type_code"]) is None:
        return "type de document inconnu"
    if rang["consultation"] not in {"O", "N"}:
        return "consultation doit valoir O ou N"
    if rang.get("origin", "illustrative") not in {"official", "sourced", "illustrative"}:
        return "origine inconnue"
    return ""


def en_vigueur(quand: datetime | None = None) -> Edition | None:
    """The edition in force at that moment: the last loaded of those whose date of effect is past (ACC-40)."""
    return (
        Edition.objects.filter(date_effet__lte=quand or datetime.now(UTC))
        .order_by("-date_effet", "-numero")
        .first()
    )


def professions_de(edition: Edition) -> Iterable[tuple[str, str]]:
    """(system, code) of the professions that an edition speaks of."""
    return (
        Cellule.objects.filter(edition=edition)
        .values_list("profession_systeme", "profession_code")
        .distinct()
        .order_by("profession_systeme", "profession_code")
    )
