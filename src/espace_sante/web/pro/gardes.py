"""What comes before any page of the portal: a situation d'exercice, then the warning (IDN-53, REG-19, ACC-80)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.porte import open_dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web import erreurs
from espace_sante.web.pro import patients
from espace_sante.web.pro.patients import Patient

_CONFIRME = "pro_avertissement"
P = ParamSpec("P")


class RequetePro(HttpRequest):
    """A request of a logged-in professional, as the middleware completed it."""

    acteur: Acteur
    contexte: Contexte


def ouvrir(request: RequetePro, patient: Patient) -> AbstractContextManager[DossierOuvert]:
    """The gate, for this professional and the patient whom he confirmed, in the mode in which he opened him."""
    return open_dossier(
        request.acteur,
        patient.dossier_id,
        contexte=request.contexte,
        mode=patient.mode,
        identite_qualifiee=patient.confirme,
    )


VuePro = Callable[Concatenate[RequetePro, P], HttpResponse]
Vue = Callable[Concatenate[HttpRequest, P], HttpResponse]


def situation_choisie(acteur: Acteur) -> bool:
    """Whether the login has its situation: without one the actor has no profession (IDN-53)."""
    return bool(acteur.profession_code)


def confirmer_avertissement(request: HttpRequest) -> None:
    request.session[_CONFIRME] = True


def avertissement_confirme(request: HttpRequest) -> bool:
    """Whether the sanctions warning was confirmed in this login."""
    return request.session.get(_CONFIRME) is True


def professionnel(vue: VuePro[P]) -> Vue[P]:
    """A page for any logged-in professional, before situation and warning."""

    @reservee(GenreActeur.PROFESSIONNEL)
    @wraps(vue)
    def garde(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return vue(cast(RequetePro, request), *args, **kwargs)

    return garde


def avec_situation(vue: VuePro[P]) -> Vue[P]:
    """A page that needs the situation d'exercice, not yet the warning."""

    @professionnel
    @wraps(vue)
    def garde(request: RequetePro, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not situation_choisie(request.acteur):
            return HttpResponseRedirect(reverse("web:pro_situation"))
        return vue(request, *args, **kwargs)

    return garde


def portail(vue: VuePro[P]) -> Vue[P]:
    """A page of the portal: situation chosen and warning confirmed, else the step that is missing."""

    @avec_situation
    @wraps(vue)
    def garde(request: RequetePro, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not avertissement_confirme(request):
            return HttpResponseRedirect(reverse("web:pro_avertissement"))
        return vue(request, *args, **kwargs)

    return garde


def patient_confirme(
    vue: Callable[Concatenate[RequetePro, Patient, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page of one open patient, confirmed as the person in front (ACC-09).

    A key that this login does not hold is a page that does not exist; a patient not confirmed is found anew.
    """

    @portail
    @wraps(vue)
    def garde(request: RequetePro, /, cle: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        patient = patients.trouver(request, cle)
        if patient is None:
            return erreurs.introuvable(request)
        if not patient.confirme:
            return HttpResponseRedirect(reverse("web:pro"))
        return vue(request, patient, *args, **kwargs)

    return garde
