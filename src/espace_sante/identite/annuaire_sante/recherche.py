"""The holder's search of a professional, to authorise, to block, to name (rules ANN-10, ANN-11). No mailbox is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchVector

from espace_sante.identite import professions
from espace_sante.identite.models import Professionnel, SituationExercice
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.traits import plier

LETTRES_MIN: Final = 2
TROUVES_MAX: Final = 50
_EXAMINES_MAX: Final = 500
_MOTS_MAX: Final = 5


class RechercheTropLarge(EspaceSanteError):
    """Not enough of a name to look for. Code `recherche_trop_large`."""


@dataclass(frozen=True, slots=True)
class ProfessionnelTrouve:
    """A professional as a holder may choose her. `actif`: one who stopped can only be blocked ahead (ANN-11)."""

    rpps: str
    nom: str
    profession: str
    structure: str
    commune: str
    actif: bool


def rechercher(nom: str, *, commune: str = "", profession: str = "") -> list[ProfessionnelTrouve]:
    """By the beginning of each word of the names, in any order; town and profession narrow (`TRE_G15/10`).

    Raises RechercheTropLarge. At most TROUVES_MAX people, active ones first.
    """
    mots = plier(nom).split()
    if sum(map(len, mots)) < LETTRES_MIN:
        raise RechercheTropLarge("recherche_trop_large", "Écrivez au moins deux lettres du nom.")
    # Folded words hold letters and digits only: nothing of a query language.
    question = SearchQuery(
        " & ".join(f"{mot}:*" for mot in mots[:_MOTS_MAX]), config="simple", search_type="raw"
    )
    candidats = Professionnel.objects.annotate(mots=SearchVector("recherche", config="simple")).filter(
        mots=question
    )
    if profession:
        systeme, _, code = profession.partition("/")
        candidats = candidats.filter(
            situations__profession_systeme=systeme, situations__profession_code=code
        ).distinct()
    if ville := plier(commune):
        candidats = candidats.filter(situations__structure__commune_pliee__startswith=ville).distinct()
    trouves = sorted(candidats[:_EXAMINES_MAX], key=lambda p: (not p.actif, p.recherche, p.rpps))
    return _situes([_nu(p) for p in trouves[:TROUVES_MAX]])


def _nu(pro: Professionnel) -> ProfessionnelTrouve:
    return ProfessionnelTrouve(pro.rpps, pro.affichage, "", "", "", pro.actif)


def _situes(retenus: list[ProfessionnelTrouve]) -> list[ProfessionnelTrouve]:
    """With the profession and the place of each, in one query; an activity under way is preferred."""
    lieux: dict[str, SituationExercice] = {}
    for s in (
        SituationExercice.objects.filter(professionnel_id__in=[p.rpps for p in retenus])
        .select_related("structure")
        .order_by("actif", "-id")
    ):
        lieux[s.professionnel_id] = s
    dits = []
    for p in retenus:
        lieu = lieux.get(p.rpps)
        dits.append(
            ProfessionnelTrouve(
                p.rpps,
                p.nom,
                professions.libelle(lieu.profession_systeme, lieu.profession_code) if lieu else "",
                lieu.structure.nom if lieu and lieu.structure else "",
                lieu.structure.commune if lieu and lieu.structure else "",
                p.actif and lieu is not None and lieu.actif,
            )
        )
    return dits
