"""Who can see a document, and why: from the matrix in force and the mask (rules ACC-32, DOC-41, DOC-42)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from espace_sante.acces import matrice
from espace_sante.acces.models import Edition
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite import professions


@dataclass(frozen=True, slots=True)
class Visibilite:
    """`professions` may read if the holder agreed; empty when the document is hidden from them.

    `illustrative`: the matrix in force is a sample without legal value (ACC-41), and the page says so.
    """

    masque: bool
    professions: tuple[str, ...]
    illustrative: bool
    depositaire: str


def visibilite(vu: DocumentVu) -> Visibilite:
    """What the rules leave to professionals on this document, now."""
    edition = matrice.en_vigueur()
    lecteurs = _lecteurs(edition).get(vu.type_code, ()) if edition else ()
    return Visibilite(
        masque=vu.masque_ps,
        professions=() if vu.masque_ps else lecteurs,
        illustrative=edition is not None and not edition.officielle,
        depositaire=vu.auteur_structure_nom or vu.auteur_nom,
    )


@lru_cache(maxsize=8)
def _lecteurs(edition: Edition) -> dict[str, tuple[str, ...]]:
    """Professions that read each type; an edition never changes once in force (ACC-38)."""
    lecteurs: dict[str, set[str]] = {}
    for systeme, code in matrice.professions_de(edition):
        for type_code in matrice.ligne(edition.numero, systeme, code, ""):
            lecteurs.setdefault(type_code, set()).add(professions.libelle(systeme, code))
    return {type_code: tuple(sorted(noms)) for type_code, noms in lecteurs.items()}
