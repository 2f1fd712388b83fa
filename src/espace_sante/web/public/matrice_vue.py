"""The matrix as people read it: who, which types, by class (ACC-42). Nothing here knows of a record or of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from espace_sante.acces import matrice
from espace_sante.acces.matrice import Groupe
from espace_sante.documents.nomenclatures import TypeDocument, classes, types
from espace_sante.identite import professions
from espace_sante.kernel.traits import plier


@dataclass(frozen=True, slots=True)
class ClasseVue:
    """One class of documents: the types that a profession may read, and those it may not."""

    libelle: str
    lisibles: tuple[TypeDocument, ...]
    fermes: tuple[TypeDocument, ...]


@dataclass(frozen=True, slots=True)
class Choix:
    """One entry of a list to choose from."""

    valeur: str
    libelle: str
    choisi: bool = False


def ordre(type_: TypeDocument) -> str:
    """Alphabetical order, as people see it: without accent or case."""
    return plier(type_.libelle)


def par_classe(lisibles: Iterable[str]) -> list[ClasseVue]:
    """Every known type, readable or not, under its class."""
    ouverts = frozenset(lisibles)
    vues = []
    for classe in classes().values():
        du_groupe = sorted((t for t in types().values() if t.classe == classe.code), key=ordre)
        if du_groupe:
            vues.append(
                ClasseVue(
                    classe.libelle,
                    tuple(t for t in du_groupe if t.code in ouverts),
                    tuple(t for t in du_groupe if t.code not in ouverts),
                )
            )
    return vues


def cle(groupe: Groupe) -> str:
    """A profession in an address: `TRE_G15-10`, `TRE_G15-10-SM03`."""
    return "-".join(v for v in groupe if v)


def libelle(groupe: Groupe) -> str:
    """`Médecin`, `Pharmacien biologiste`."""
    profession = professions.libelle(groupe.systeme, groupe.profession)
    if not groupe.savoir_faire:
        return profession
    precision = professions.libelle_savoir_faire(groupe.savoir_faire) or groupe.savoir_faire
    # The national list writes the profession in the label of most of its know-how.
    return precision if precision.startswith(profession) else f"{profession}, {precision}"


def groupe_de(texte: str, connus: Iterable[Groupe]) -> Groupe | None:
    """The profession named in an address, when the edition speaks of it."""
    return next((g for g in connus if cle(g) == texte), None)


def choix(groupes: Iterable[Groupe], retenu: Groupe | None) -> list[Choix]:
    """Professions to choose from, in alphabetical order."""
    return [
        Choix(cle(g), nom, g == retenu)
        for nom, g in sorted(((libelle(g), g) for g in groupes), key=lambda c: plier(c[0]))
    ]


def lecteurs(edition: int, groupes: Iterable[Groupe], type_code: str) -> tuple[list[str], list[str]]:
    """Professions that may read a type, and those that may not."""
    oui: list[str] = []
    non: list[str] = []
    for nom, groupe in sorted(((libelle(g), g) for g in groupes), key=lambda c: plier(c[0])):
        (oui if type_code in matrice.ligne(edition, *groupe) else non).append(nom)
    return oui, non
