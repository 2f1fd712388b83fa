"""What comes before any page of the back office: an account in exercise, its present roles, the right one (ACC-79)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from espace_sante.acces.operation.actes import RoleRequis, noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.operateurs.queries import en_exercice
from espace_sante.identite.operateurs.roles import Role
from espace_sante.identite.sessions import fermer_session, ouvrir_session
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web import erreurs

_FACTEURS = "operateur_facteurs"
P = ParamSpec("P")


class RequeteOperateur(HttpRequest):
    """A request of a logged-in operator, with the roles that the account has now."""

    acteur: Acteur
    contexte: Contexte


VueOperateur = Callable[Concatenate[RequeteOperateur, P], HttpResponse]
Vue = Callable[Concatenate[HttpRequest, P], HttpResponse]


def ouvrir(request: HttpRequest, acteur: Acteur, facteurs_du: datetime) -> None:
    """Open the login, tied to the factors that it was opened with."""
    ouvrir_session(request, acteur)
    request.session[_FACTEURS] = facteurs_du.isoformat()


def operateur(*roles: Role) -> Callable[[VueOperateur[P]], Vue[P]]:
    """A page for operators who have one of these roles; without roles, for every operator.

    The account is read again at each request: ended, reset or changed, it counts at once. A missing role is a page
    that does not exist, and the attempt is traced.
    """

    def marquer(vue: VueOperateur[P]) -> Vue[P]:
        @reservee(GenreActeur.OPERATEUR)
        @wraps(vue)
        def garde(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            recue = cast(RequeteOperateur, request)
            trouve = en_exercice(recue.acteur.client_id)
            if trouve is None or trouve[1].isoformat() != request.session.get(_FACTEURS):
                fermer_session(request)
                return HttpResponseRedirect(reverse("web:connexion_operation"))
            recue.acteur = trouve[0]
            try:
                role_pour(recue.acteur, *(roles or Role))
            except RoleRequis as refus:
                route = request.resolver_match.url_name if request.resolver_match else ""
                noter(recue.acteur, recue.contexte, (route or "")[:40], "", refus=refus.code)
                return erreurs.introuvable(request)
            return vue(recue, *args, **kwargs)

        return garde

    return marquer
