"""Reading the editions: the one in force, one line of it, past ones (rules ACC-32, ACC-37, ACC-38, ACC-44, ACC-45)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from espace_sante.acces.matrice.lignes import Case, Cle, Groupe, lisibles
from espace_sante.acces.models import Cellule, Edition, Proposition


@lru_cache(maxsize=4096)
def ligne(edition: int, systeme: str, code: str, savoir_faire: str) -> tuple[str, ...]:
    """Types that a profession may consult in an edition; absent couples mean no (rule ACC-37).

    The most precise line wins: with know-how, else without (rule ACC-44). A system of professions that the edition
    switches off reads nothing (rule ACC-45). An edition is never changed (rule ACC-38), so its lines are
    remembered; a new edition in force has another number, and so another line, from its first minute (ACC-40).
    """
    if not Proposition.objects.filter(numero=edition, systemes__contains=[systeme]).exists():
        return ()
    cellules = Cellule.objects.filter(
        edition=edition, profession_systeme=systeme, profession_code=code, savoir_faire__in={"", savoir_faire}
    )
    ouvert: dict[str, bool] = {}
    for cellule in cellules.order_by("savoir_faire"):
        ouvert[cellule.type_code] = cellule.consultation
    return tuple(sorted(lisibles(ouvert)))


def autorisait(edition: int | None, groupe: Groupe, type_code: str) -> bool:
    """Whether an edition opened a type: a past reading is judged with the one its trace names (ACC-38)."""
    return edition is not None and type_code in ligne(edition, *groupe)


def en_vigueur(quand: datetime | None = None, *, base: str = "default") -> Edition | None:
    """The approved edition in force at that moment: the last of those whose date of effect is past (ACC-40)."""
    return (
        Edition.objects.using(base)
        .filter(date_effet__lte=quand or datetime.now(UTC))
        .order_by("-date_effet", "-numero")
        .first()
    )


def publiees(quand: datetime | None = None) -> list[Edition]:
    """Approved editions that are or were in force, the last first."""
    return list(
        Edition.objects.filter(date_effet__lte=quand or datetime.now(UTC)).order_by("-date_effet", "-numero")
    )


def a_venir(quand: datetime | None = None) -> list[Edition]:
    """Approved editions whose date of effect is not there yet, the next first (ACC-40)."""
    return list(
        Edition.objects.filter(date_effet__gt=quand or datetime.now(UTC)).order_by("date_effet", "numero")
    )


def par_numero(numero: int) -> Edition | None:
    """An approved edition, in force or not."""
    return Edition.objects.filter(numero=numero).first()


def professions_de(edition: Edition) -> Iterable[tuple[str, str]]:
    """(system, code) of the professions that an edition speaks of."""
    return (
        Cellule.objects.filter(edition=edition.numero)
        .values_list("profession_systeme", "profession_code")
        .distinct()
        .order_by("profession_systeme", "profession_code")
    )


def groupes_de(edition: int) -> tuple[Groupe, ...]:
    """Professions of an edition, and the know-how that have cells of their own."""
    nommes = {
        Groupe(*g)
        for g in Cellule.objects.filter(edition=edition)
        .values_list("profession_systeme", "profession_code", "savoir_faire")
        .distinct()
    }
    return tuple(sorted(nommes | {g._replace(savoir_faire="") for g in nommes}))


def cases_de(edition: int, *, base: str = "default") -> tuple[Case, ...]:
    """Every cell of an edition or a proposal, in a stable order."""
    return tuple(
        Case(Cle(Groupe(systeme, code, savoir_faire), type_code), consultation, origine, regle)
        for systeme, code, savoir_faire, type_code, consultation, origine, regle in Cellule.objects.using(base)
        .filter(edition=edition)
        .order_by("profession_systeme", "profession_code", "savoir_faire", "type_code")
        .values_list(
            "profession_systeme", "profession_code", "savoir_faire", "type_code", "consultation", "origine", "regle"
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EtatEdition:
    """One edition for the operator: proposed, to come, in force or past (ACC-38)."""

    numero: int
    etat: str
    nom: str
    date_effet: datetime
    auteur: str
    approbateur: str


def etats(quand: datetime | None = None) -> list[EtatEdition]:
    """Every edition ever loaded, the last first."""
    maintenant = quand or datetime.now(UTC)
    courante = en_vigueur(maintenant)
    approuvees = {e.numero: e for e in Edition.objects.all()}
    liste = []
    for proposition in Proposition.objects.order_by("-numero"):
        edition = approuvees.get(proposition.numero)
        if edition is None:
            etat = "en attente"
        elif edition.date_effet > maintenant:
            etat = "à venir"
        else:
            etat = "en vigueur" if courante and courante.numero == edition.numero else "passée"
        effet = edition.date_effet if edition else proposition.date_effet
        liste.append(
            EtatEdition(
                proposition.numero,
                etat,
                proposition.nom,
                effet,
                proposition.auteur,
                edition.approbateur if edition else "",
            )
        )
    return liste
