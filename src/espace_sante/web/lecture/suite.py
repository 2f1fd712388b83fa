"""One opening of a document: its page, and the views that the page contains (rules AUD-01, AUD-16).

Each answer is traced. The addresses that a page gives to its frame hold a short seal of the page's own
trace; the view then writes its trace under the request id of the page, so that the history tells one act.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.traces.queries import DUREE_LECTURE, PORTE_CADRE

PARAMETRE = "lecture"
P = ParamSpec("P")


def sceau(acteur: Acteur, contexte: Contexte, document_id: UUID) -> str:
    """What the page adds to the addresses of its views. It names nobody: actor and document are only signed."""
    return _signataire(acteur, document_id).sign(contexte.requete.hex)


def suite_de_lecture(
    vue: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view that a document's page contains. Without a fresh seal it is a reading of its own, traced as such."""

    @wraps(vue)
    def suivie(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        acteur: Acteur | None = request.acteur  # type: ignore[attr-defined]
        document_id = kwargs.get("document_id")
        if acteur is not None and isinstance(document_id, UUID):
            contexte: Contexte = request.contexte  # type: ignore[attr-defined]
            request.contexte = _suivre(  # type: ignore[attr-defined]
                acteur, contexte, document_id, request.GET.get(PARAMETRE, "")
            )
        return vue(request, *args, **kwargs)

    return suivie


def _suivre(acteur: Acteur, contexte: Contexte, document_id: UUID, presente: str) -> Contexte:
    try:
        requete = _signataire(acteur, document_id).unsign(presente, max_age=DUREE_LECTURE)
    except BadSignature:
        return contexte
    return replace(contexte, porte=PORTE_CADRE, requete=UUID(requete))


def _signataire(acteur: Acteur, document_id: UUID) -> TimestampSigner:
    return TimestampSigner(salt=f"lecture:{acteur.genre}:{acteur.identifiant}:{document_id}")
