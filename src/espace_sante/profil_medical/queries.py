"""Reading measures: one kind at a time, newest first, by pages (FHR-149, MES-17); the BMI, computed (FHR-143)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from psycopg.rows import TupleRow

from espace_sante.acces.appairages.droits import Sens
from espace_sante.identite.queries import identite
from espace_sante.platform.postgres.direct import lire
from espace_sante.profil_medical.carnet import Carnet
from espace_sante.profil_medical.contenu import Contenu, desceller_appareil
from espace_sante.profil_medical.errors import MesureIntrouvable
from espace_sante.profil_medical.genres import IMC, POIDS, TAILLE, GenreMesure, genres
from espace_sante.profil_medical.regles import TAILLE_ENFANT, imc, majorite
from espace_sante.traces.ecriture import Action

PAGE_MAX: Final = 100
_COLONNES: Final = (
    "id, genre, quand, auteur, client_id, auteur_nom, source, appareil_id, version, cree_le, maj_le, scelle"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plage:
    """Which measures of a kind: from, until (excluded), how many, after how many."""

    du: datetime | None = None
    au: datetime | None = None
    limite: int = 50
    decalage: int = 0


@dataclass(frozen=True, slots=True)
class MesureVue:
    """One measure, opened. `genre` is its kind's id."""

    id: UUID
    genre: str
    quand: datetime
    auteur: str
    client_id: str
    auteur_nom: str
    source: str
    appareil_id: UUID | None
    version: int
    cree_le: datetime
    maj_le: datetime
    contenu: Contenu


@dataclass(frozen=True, slots=True)
class ImcVu:
    """One BMI: of a weight and of the height that counted then. It is kept nowhere."""

    poids_id: UUID
    taille_id: UUID
    quand: datetime
    valeur: Decimal


@dataclass(frozen=True, slots=True)
class PageMesures:
    """A page, newest first, and how many there are in all."""

    elements: list[MesureVue]
    total: int


def lister(carnet: Carnet, genre: GenreMesure, plage: Plage) -> PageMesures:
    """One page of a kind. Traced. Raises AppairageRefuse."""
    carnet.exiger(genre, Sens.LIRE)
    carnet.noter(Action.MESURES_LUES, genre)
    return page(carnet, genre.code_genre, plage)


def page(carnet: Carnet, genre: str, plage: Plage) -> PageMesures:
    """The same, part of an act that is traced already."""
    ou, params = _bornes("", plage)
    params |= {"dossier": carnet.dossier_id, "genre": genre}
    depuis = f"FROM profil_medical_mesure WHERE dossier_id = %(dossier)s AND genre = %(genre)s{ou}"
    ((total,),) = lire(f"SELECT count(*) {depuis}", params)
    lignes = lire(
        f"SELECT {_COLONNES} {depuis} ORDER BY quand DESC, id DESC LIMIT %(limite)s OFFSET %(decalage)s",
        params | {"limite": plage.limite, "decalage": plage.decalage},
    )
    return PageMesures([_vue(carnet, ligne) for ligne in lignes], total)


def toutes(carnet: Carnet) -> Iterator[MesureVue]:
    """Every measure, a page in memory at a time, for an act that is traced."""
    suite = UUID(int=0)
    while lignes := lire(
        f"SELECT {_COLONNES} FROM profil_medical_mesure WHERE dossier_id = %s AND id > %s"  # noqa: S608
        " ORDER BY id LIMIT %s",
        [carnet.dossier_id, suite, PAGE_MAX],
    ):
        for ligne in lignes:
            yield _vue(carnet, ligne)
        suite = lignes[-1][0]


def dernieres(carnet: Carnet) -> dict[str, MesureVue]:
    """The last measure of each kind, for a page whose act is traced."""
    lignes = lire(
        "SELECT m.* FROM unnest(%(genres)s::text[]) AS g(genre_) CROSS JOIN LATERAL (SELECT"  # noqa: S608
        f" {_COLONNES} FROM profil_medical_mesure WHERE dossier_id = %(dossier)s AND genre = g.genre_"
        " ORDER BY quand DESC, id DESC LIMIT 1) m",
        {"dossier": carnet.dossier_id, "genres": list(genres())},
    )
    return {vue.genre: vue for vue in (_vue(carnet, ligne) for ligne in lignes)}


def trouver(carnet: Carnet, mesure_id: UUID) -> MesureVue:
    """One measure. Raises MesureIntrouvable; the kind's consent is the caller's to ask."""
    lignes = lire(
        f"SELECT {_COLONNES} FROM profil_medical_mesure WHERE dossier_id = %s AND id = %s",  # noqa: S608
        [carnet.dossier_id, mesure_id],
    )
    if not lignes:
        raise MesureIntrouvable
    return _vue(carnet, lignes[0])


def appareils(carnet: Carnet, ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Instruments by id, as their services described them."""
    if not ids:
        return {}
    lignes = lire(
        "SELECT id, scelle FROM profil_medical_appareil WHERE dossier_id = %s AND id = ANY(%s)",
        [carnet.dossier_id, list(ids)],
    )
    return {i: desceller_appareil(carnet.cle, i, s) for i, s in lignes}


def genres_de_l_appareil(carnet: Carnet, appareil_id: UUID) -> set[str]:
    """Kinds that an instrument measured in this record."""
    lignes = lire(
        "SELECT DISTINCT genre FROM profil_medical_mesure WHERE dossier_id = %s AND appareil_id = %s",
        [carnet.dossier_id, appareil_id],
    )
    return {genre for (genre,) in lignes}


def auteur_de_l_appareil(carnet: Carnet, appareil_id: UUID) -> str | None:
    """The service that named this instrument; None when there is no such instrument."""
    lignes = lire(
        "SELECT client_id FROM profil_medical_appareil WHERE dossier_id = %s AND id = %s",
        [carnet.dossier_id, appareil_id],
    )
    return lignes[0][0] if lignes else None


# Of each weight, the height that counts: the last one known then, else the first one after; of a child, near in time.
_TAILLE: Final = """
CROSS JOIN LATERAL (
    (SELECT 0 AS rang, id, scelle FROM profil_medical_mesure WHERE dossier_id = %(dossier)s AND genre = %(taille)s
        AND quand <= p.quand AND (p.quand >= %(majeur)s OR quand >= p.quand - %(enfant)s)
        ORDER BY quand DESC, id DESC LIMIT 1)
    UNION ALL
    (SELECT 1, id, scelle FROM profil_medical_mesure WHERE dossier_id = %(dossier)s AND genre = %(taille)s
        AND quand > p.quand AND (p.quand >= %(majeur)s OR quand <= p.quand + %(enfant)s)
        ORDER BY quand, id LIMIT 1)
    ORDER BY rang LIMIT 1
) t
"""


def lister_imc(carnet: Carnet, plage: Plage) -> tuple[list[ImcVu], int]:
    """One page of the BMI, and how many in all. Traced. Raises AppairageRefuse (FHR-143, MES-10)."""
    genre = genres()[IMC]
    carnet.exiger(genre, Sens.LIRE)
    carnet.noter(Action.MESURES_LUES, genre)
    return page_imc(carnet, plage)


def page_imc(carnet: Carnet, plage: Plage) -> tuple[list[ImcVu], int]:
    """The same, part of an act that is traced already."""
    jour = majorite(naissance(carnet.dossier_id))
    ou, params = _bornes("p.", plage)
    params |= {
        "dossier": carnet.dossier_id, "poids": POIDS, "taille": TAILLE, "enfant": TAILLE_ENFANT,
        "majeur": datetime.combine(jour, time(), UTC) if jour else datetime(1, 1, 2, tzinfo=UTC),
    }  # fmt: skip
    depuis = (
        f"FROM profil_medical_mesure p {_TAILLE} WHERE p.dossier_id = %(dossier)s AND p.genre = %(poids)s{ou}"
    )
    ((total,),) = lire(f"SELECT count(*) {depuis}", params)
    lignes = lire(
        f"SELECT p.id, p.scelle, p.quand, t.id, t.scelle {depuis}"
        " ORDER BY p.quand DESC, p.id DESC LIMIT %(limite)s OFFSET %(decalage)s",
        params | {"limite": plage.limite, "decalage": plage.decalage},
    )
    return [_imc(carnet, *ligne) for ligne in lignes], total


def naissance(dossier_id: UUID) -> date | None:
    """Birth date of the holder; a partial one is its first day, none when it is unknown."""
    an, _, reste = identite(dossier_id).traits.date_naissance.partition("-")
    mois, _, jour = reste.partition("-")
    try:
        return date(int(an), int(mois or 1) or 1, int(jour or 1) or 1)
    except ValueError:
        return None


def _imc(
    carnet: Carnet, poids_id: UUID, poids: bytes, quand: datetime, taille_id: UUID, taille: bytes
) -> ImcVu:
    kilos = Contenu.desceller(poids, carnet.cle, poids_id).nombres[""]
    centimetres = Contenu.desceller(taille, carnet.cle, taille_id).nombres[""]
    return ImcVu(poids_id, taille_id, quand, imc(kilos, centimetres))


def _bornes(nom: str, plage: Plage) -> tuple[str, dict[str, Any]]:
    ou, params = "", {}
    if plage.du is not None:
        ou, params = f" AND {nom}quand >= %(du)s", {"du": plage.du}
    if plage.au is not None:
        ou += f" AND {nom}quand < %(au)s"
        params["au"] = plage.au
    return ou, params


def _vue(carnet: Carnet, ligne: TupleRow) -> MesureVue:
    return MesureVue(*[*ligne[:-1], Contenu.desceller(ligne[-1], carnet.cle, ligne[0])])
