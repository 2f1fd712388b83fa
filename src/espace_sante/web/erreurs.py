"""Error pages in plain French: the same status and words whether a thing is closed, absent or forbidden."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def _page(request: HttpRequest, statut: int, titre: str, texte: str) -> HttpResponse:
    if request.path_info.startswith("/fhir"):
        return HttpResponse(status=statut)
    return render(
        request, "web/erreur.html", {"titre": titre, "texte": texte, "statut": statut}, status=statut
    )


def introuvable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, for what does not exist and for what is not this person's."""
    return _page(
        request, 404, "Cette page n’est pas disponible",
        "L’adresse est peut-être incomplète, ou la page n’est pas ouverte pour vous. Rien n’a été modifié.",
    )  # fmt: skip


def plus_disponible(request: HttpRequest) -> HttpResponse:
    """410, for a document of his that its author deleted (rules DOC-63, FHR-120)."""
    return render(
        request, "web/erreur.html",
        {
            "titre": "Ce document n’est plus disponible",
            "texte": "Il a été supprimé. Votre historique dit par qui et quand.",
            "statut": 410,
            "retour": reverse("web:documents"),
            "retour_libelle": "Revenir à mes documents",
        },
        status=410,
    )  # fmt: skip


def demande_refusee(
    request: HttpRequest, texte: str, statut: int = 409, titre: str = "Ce changement n’est pas possible"
) -> HttpResponse:
    """A refusal whose reason can be told: `texte` says why."""
    return _page(request, statut, titre, texte.replace("'", "’"))


def acces_refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return introuvable(request)


def requete_refusee(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 400, "Votre demande n’a pas pu être lue",
        "Rien n’a été enregistré. Revenez à la page précédente et recommencez.",
    )  # fmt: skip


def csrf_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request, 403, "La page avait expiré",
        "Par sécurité, votre demande n’a pas été enregistrée. Rechargez la page et recommencez.",
    )  # fmt: skip


def panne(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, "Le service a rencontré une difficulté",
        "Votre demande n’a pas abouti et rien n’a été enregistré à moitié. Réessayez dans quelques minutes.",
    )  # fmt: skip
