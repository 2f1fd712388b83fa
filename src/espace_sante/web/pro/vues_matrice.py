"""The professional's own line of the matrix in force, for reading (ACC-32, ACC-37, ACC-41)."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from espace_sante.acces import matrice
from espace_sante.documents.nomenclatures import types
from espace_sante.identite.acteurs import Acteur
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.pro.gardes import RequetePro, portail
from espace_sante.web.pro.pages import page
from espace_sante.web.public.matrice_vue import par_classe


@portail
@require_GET
def matrice_de_la_profession(request: RequetePro) -> HttpResponse:
    """Types readable and not readable by class, with the name and date of the edition."""
    lisibles = _ligne(request.acteur)
    contexte = {
        "classes": par_classe(lisibles),
        "nombre": len(lisibles),
        "total": len(types()),
        "depuis": _depuis(),
    }
    return page(request, "pro/matrice.html", contexte)


def _depuis() -> str:
    edition = matrice.en_vigueur()
    return date_longue(edition.date_effet) if edition else ""


def lit(acteur: Acteur, type_code: str) -> bool:
    """Whether the matrix in force opens this type to the actor's profession."""
    return type_code in _ligne(acteur)


def _ligne(acteur: Acteur) -> tuple[str, ...]:
    edition = matrice.en_vigueur()
    if edition is None:
        return ()
    return matrice.ligne(
        edition.numero, acteur.profession_systeme, acteur.profession_code, acteur.savoir_faire
    )
