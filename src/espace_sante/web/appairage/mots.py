"""Boxes of the consent, by purpose and by direction, in plain words (CAT-25). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from espace_sante.acces.appairages.choix import Ligne
from espace_sante.acces.appairages.demandes import Offre
from espace_sante.acces.appairages.droits import GENRES, Droit, Sens
from espace_sante.identite.logiciels.finalites import FINALITES

_SENS = {Sens.LIRE: "Ce service pourra lire", Sens.ECRIRE: "Ce service pourra ajouter"}
_DETAILS = {
    ("documents", Sens.LIRE): (
        "Tous les documents de votre espace, aussi ceux que vous masquez aux professionnels."
        " Ils disent votre nom et votre numéro de sécurité sociale."
    ),
    ("identite", Sens.LIRE): "Sans cette case, le service ne sait pas qui vous êtes.",
    ("rendez_vous.tous", Sens.LIRE): "Aussi ceux que d’autres ont ajoutés.",
    ("rendez_vous", Sens.ECRIRE): "Il pourra aussi changer ou annuler ceux qu’il a ajoutés.",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One box."""

    id: str
    valeur: str
    libelle: str
    detail: str
    choisi: bool


@dataclass(frozen=True, slots=True)
class Sorte:
    """The boxes of one direction, under one legend."""

    legende: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Finalite:
    """What for, in the words of the service, and its boxes."""

    code: str
    titre: str
    texte: str
    sortes: tuple[Sorte, ...]


def finalites(offres: Iterable[Offre], choisies: frozenset[Ligne]) -> list[Finalite]:
    """Every box of these offers; ticked are those that the holder gave already, and no other."""
    return [
        Finalite(
            offre.finalite,
            offre.titre,
            offre.texte,
            tuple(
                Sorte(_SENS[sens], tuple(cases))
                for sens in Sens
                if (cases := [_case(offre, d, choisies) for d in offre.droits if d.sens is sens])
            ),
        )
        for offre in offres
    ]


def offres_des(lignes: Iterable[Ligne], declarees: Iterable[Offre]) -> list[Offre]:
    """The same boxes as offers: what a service declares, and what was given before it declared otherwise."""
    textes = {o.finalite: o.texte for o in declarees}
    ordre = list(GENRES)
    par_finalite: dict[str, set[Droit]] = {}
    for ligne in lignes:
        par_finalite.setdefault(ligne.finalite, set()).add(ligne.droit)
    return [
        Offre(
            code,
            textes.get(code, ""),
            tuple(sorted(par_finalite[code], key=lambda d: (ordre.index(d.genre), d.sens.value != "lire"))),
        )
        for code in FINALITES
        if code in par_finalite
    ]


def resume(lignes: Iterable[Ligne]) -> list[str]:
    """What a service may do, one sentence for each direction."""
    ordre = list(GENRES)
    phrases = []
    for sens, verbe in ((Sens.LIRE, "Peut lire"), (Sens.ECRIRE, "Peut ajouter")):
        genres = sorted({x.droit.genre for x in lignes if x.droit.sens is sens}, key=ordre.index)
        if genres:
            phrases.append(f"{verbe}\u00a0: {', '.join(_dans_la_phrase(GENRES[g]) for g in genres)}.")
    return phrases


def _case(offre: Offre, droit: Droit, choisies: frozenset[Ligne]) -> Case:
    ligne = Ligne(offre.finalite, droit)
    return Case(
        id=f"{offre.finalite}-{droit.genre}-{droit.sens.value}".replace(".", "-"),
        valeur=str(ligne),
        libelle=GENRES[droit.genre],
        detail=_DETAILS.get((droit.genre, droit.sens), ""),
        choisi=ligne in choisies,
    )


def _dans_la_phrase(libelle: str) -> str:
    return libelle[:1].lower() + libelle[1:]
