"""« Qui peut voir ? », for one document or the whole record, with the reason in plain words (issue 3, item 4)."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from espace_sante.acces import visibilite
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.visibilite import Hypothese, Personne, Raison
from espace_sante.web.espace.cartes import carte
from espace_sante.web.espace.ouverture import mon_espace, rendre

_RAISONS: Final = {
    Raison.PROFESSION.value: "Sa profession ne peut pas lire ce type de document.",
    Raison.MASQUE.value: "Vous avez masqué ce document.",
    Raison.ABSENT.value: "Ce document n’est plus disponible.",
    Raison.SANS_EXERCICE.value: "Cette personne n’exerce plus.",
    Raison.PARTAGE.value: "Vous lui avez partagé ce document.",
    Raison.PARTAGES_SEULS.value: "Seulement les documents que vous lui avez partagés.",
    "consentement_absent": "Il n’a pas votre accord en ce moment.",
    "professionnel_bloque": "Vous l’avez bloqué, lui ou son établissement.",
    "habilitation_absente": "Sa profession ne peut pas lire de dossier.",
    "authentification_insuffisante": "Cette personne n’exerce plus.",
    "dossier_indisponible": "Votre dossier n’est pas disponible.",
}
_SUPPOSE: Final = {
    "masque": ("si vous masquez ce document", Hypothese(masque=True)),
    "bloque": ("si vous bloquez chaque personne", Hypothese(bloque=True)),
    "retrait": ("si vous retirez vos accords", Hypothese(consentement_retire=True)),
}


class Ligne(NamedTuple):
    nom: str
    detail: str
    raison: str


@mon_espace
@require_safe
def document(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """Who reads this document now; `?si=masque` shows what masking would change."""
    vu = espace.document(document_id)
    return _page(request, espace, document_id, carte(vu).titre, visibilite.professions_pour(vu.type_code))


@mon_espace
@require_safe
def dossier(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Who may open the record now."""
    return _page(request, espace, None, "", [])


def _page(
    request: HttpRequest,
    espace: MonEspace,
    document_id: UUID | None,
    titre: str,
    professions: list[visibilite.Profession],
) -> HttpResponse:
    suppose, hypothese = _SUPPOSE.get(request.GET.get("si", ""), ("", visibilite.AUCUNE))
    gens = visibilite.personnes(espace, document_id, hypothese)
    contexte = {
        "document_id": document_id,
        "objet": titre,
        "suppose": suppose,
        "voient": [_ligne(p) for p in gens if p.voit],
        "ne_voient_pas": [_ligne(p) for p in gens if not p.voit],
        "professions": sorted((p.libelle for p in professions if p.lit), key=str.casefold),
        "sans": sorted((p.libelle for p in professions if not p.lit), key=str.casefold),
    }
    return rendre(request, espace, "espace/qui.html", "documents" if document_id else "plus", contexte)


def _ligne(p: Personne) -> Ligne:
    nom = p.nom or f"Professionnel {p.rpps}"
    detail = ", ".join(t for t in (p.profession, p.structure) if t)
    return Ligne(nom, detail, _RAISONS.get(p.raison, ""))
