"""Rendering of the back office: what all its pages show, and its menu by role."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from espace_sante.acces.operation import alertes, identites, logiciels, matrice, signalements, urgences
from espace_sante.identite.operateurs.roles import LIBELLES, Role
from espace_sante.web.composants.navigation import Entree
from espace_sante.web.operation.gardes import RequeteOperateur

_MENU: tuple[tuple[str, str, str, str, tuple[Role, ...]], ...] = (
    ("tableau", "Tableau de bord", "web:operation", "accueil", tuple(Role)),
    ("signalements", "Signalements", "web:operation_signalements", "message", signalements.ROLES),
    ("urgences", "Accès en urgence", "web:operation_urgences", "urgence", (urgences.ROLE,)),
    ("alertes", "Alertes", "web:operation_alertes", "alerte", (alertes.ROLE,)),
    ("identites", "Identités", "web:operation_identites", "structure", identites.ROLES),
    ("logiciels", "Logiciels", "web:operation_logiciels", "structure", (logiciels.ROLE,)),
    ("matrice", "Matrice", "web:operation_matrice", "bouclier", (matrice.ROLE,)),
    ("identite", "Identité d’un titulaire", "web:operation_identite", "personne", (Role.SUPPORT,)),
    ("profil", "État d’un espace", "web:operation_profil", "recherche", (Role.SUPPORT,)),
    ("actes", "Mes actes", "web:operation_actes", "historique", tuple(Role)),
)


def a_role(request: RequeteOperateur, *roles: Role) -> bool:
    """Whether this operator has one of these roles."""
    return any(r.value in request.acteur.portees for r in roles)


def page(
    request: RequeteOperateur, gabarit: str, contexte: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the back office, with the entries that the roles open."""
    commun = {
        "menu": [
            Entree(cle, libelle, reverse(url), icone)
            for cle, libelle, url, icone, roles in _MENU
            if a_role(request, *roles)
        ],
        "roles": ", ".join(LIBELLES[r] for r in Role if r.value in request.acteur.portees),
    }
    return render(request, gabarit, {**commun, **(contexte or {})}, status=status)
