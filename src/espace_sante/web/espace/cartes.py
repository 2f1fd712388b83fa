"""A document as a card or a row of the list. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from espace_sante.documents.nomenclatures import RUBRIQUES, Rubrique, rubrique
from espace_sante.documents.plein_texte.extrait import Morceau
from espace_sante.documents.queries import DocumentVu
from espace_sante.web.espace.calendrier import a_paris, date_longue, jour_en_mots


@dataclass(frozen=True, slots=True)
class Carte:
    """What a person needs to recognise a document; an untitled one is named by its type.

    `sous_titre` is the type when the title does not say it already; `extrait` the passage that answers a search.
    """

    id: UUID
    titre: str
    sous_titre: str
    rubrique: Rubrique
    jour: str
    jour_court: str
    jour_iso: str
    auteur: str
    structure: str
    masque: bool
    nouveau: bool
    extrait: tuple[Morceau, ...] = ()


def carte(vu: DocumentVu, *, depuis: datetime | None = None, extrait: tuple[Morceau, ...] = ()) -> Carte:
    """`nouveau` when it was deposited after `depuis`, the end of the last visit."""
    type_lisible = vu.type_libelle or vu.rubrique.libelle
    return Carte(
        id=vu.id,
        titre=vu.titre.strip() or type_lisible,
        sous_titre=type_lisible if vu.titre.strip() not in {"", type_lisible} else "",
        rubrique=vu.rubrique,
        jour=jour_en_mots(vu.creation),
        jour_court=date_longue(vu.creation),
        jour_iso=a_paris(vu.creation).date().isoformat(),
        auteur=vu.auteur_nom.strip() or vu.auteur_structure_nom.strip() or "Auteur non précisé",
        structure=vu.auteur_structure_nom if vu.auteur_nom.strip() != vu.auteur_structure_nom.strip() else "",
        masque=vu.masque_ps,
        nouveau=depuis is not None and vu.depose_le > depuis,
        extrait=extrait,
    )


@dataclass(frozen=True, slots=True)
class RubriqueComptee:
    rubrique: Rubrique
    nombre: int


def compter_par_rubrique(par_type: dict[str, int]) -> list[RubriqueComptee]:
    """The nine headings, each with its number, in their order (rules DOC-09, DOC-58)."""
    nombres = dict.fromkeys((r.code for r in RUBRIQUES), 0)
    for type_code, nombre in par_type.items():
        nombres[rubrique(type_code).code] += nombre
    return [RubriqueComptee(r, nombres[r.code]) for r in RUBRIQUES]
