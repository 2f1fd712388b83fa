"""Opening the holder's own record around a view: one transaction, the gate, the same answer to every refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from espace_sante.acces.errors import DocumentIntrouvable, EspaceFerme
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.acces.vie_documents import supprime_pour_le_titulaire
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web import erreurs

VueEspace = Callable[..., HttpResponse]


def mon_espace(vue: VueEspace) -> Callable[..., HttpResponse]:
    """A page of the holder: `vue(request, espace, …)` runs inside the gate, rendering included.

    A document that is not his, hidden from him or absent gives the same page as any unknown address.
    """

    @reservee(GenreActeur.TITULAIRE)
    @wraps(vue)
    def ouverte(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with ouvrir_mon_espace(request.acteur, contexte=request.contexte) as espace:  # type: ignore[attr-defined]
                return vue(request, espace, *args, **kwargs)
        except DocumentIntrouvable:
            document_id = kwargs.get("document_id")
            if document_id and supprime_pour_le_titulaire(request.acteur, document_id):  # type: ignore[attr-defined]
                return erreurs.plus_disponible(request)
            raise Http404 from None
        except EspaceFerme as ferme:
            return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)

    return ouverte


def rendre(
    request: HttpRequest,
    espace: MonEspace,
    gabarit: str,
    place: str,
    contexte: dict[str, Any],
    *,
    statut: int = 200,
) -> HttpResponse:
    """Render a page of the space; `place` is the entry of the bar that is lit."""
    return render(
        request, gabarit, {"titulaire": espace.titulaire, "place": place, **contexte}, status=statut
    )
