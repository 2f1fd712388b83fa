"""Who can read what, for everyone: one profession, or one type of document, at a time (rule ACC-42)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espace_sante.acces import matrice
from espace_sante.documents.nomenclatures import types
from espace_sante.platform.http import publique
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.public import etats_vue, matrice_vue
from espace_sante.web.public.matrice_vue import Choix


@publique
@require_safe
def qui_lit_quoi(request: HttpRequest) -> HttpResponse:
    """The edition in force, or a former one by its number. 404 when there is none of that number."""
    editions = matrice.publiees()
    demandee = request.GET.get("edition", "")
    edition = next((e for e in editions if not demandee or str(e.numero) == demandee), None)
    if demandee and edition is None:
        raise Http404
    contexte: dict[str, object] = {
        "edition": edition,
        "depuis": date_longue(edition.date_effet) if edition else "",
        "passee": edition is not None and edition != editions[0],
        "editions": [(e, date_longue(e.date_effet)) for e in editions],
        "entetes_etats": etats_vue.entetes(),
        "lignes_etats": etats_vue.lignes(),
        "a_venir": [(e, date_longue(e.date_effet)) for e in matrice.a_venir()],
    }
    if edition is not None:
        contexte |= _reponse(request, edition.numero, frozenset(edition.systemes))
    return render(request, "public/matrice.html", contexte)


def _reponse(request: HttpRequest, edition: int, systemes: frozenset[str]) -> dict[str, object]:
    """What was asked: the types of a profession, or the readers of a type; with the lists to choose from."""
    groupes = matrice.groupes_de(edition)
    groupe = matrice_vue.groupe_de(request.GET.get("profession", ""), groupes)
    type_ = types().get(request.GET.get("type", "")) if groupe is None else None
    contexte: dict[str, object] = {
        "professions": [Choix("", "Choisissez une profession"), *matrice_vue.choix(groupes, groupe)],
        "types": [
            Choix("", "Choisissez un type de document"),
            *(Choix(t.code, t.libelle, t == type_) for t in sorted(types().values(), key=matrice_vue.ordre)),
        ],
    }
    if groupe is not None:
        lisibles = matrice.ligne(edition, *groupe)
        contexte |= {
            "profession": matrice_vue.libelle(groupe),
            "coupee": groupe.systeme not in systemes,
            "classes": matrice_vue.par_classe(lisibles),
            "nombre": len(lisibles),
            "total": len(types()),
        }
    elif type_ is not None:
        oui, non = matrice_vue.lecteurs(edition, groupes, type_.code)
        contexte |= {"type": type_, "lecteurs": oui, "autres": non}
    return contexte
