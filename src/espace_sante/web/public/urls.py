"""Public addresses: home and help."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.public import views
from espace_sante.web.public.matrice import qui_lit_quoi
from espace_sante.web.public.vos_donnees import cle_des_copies, vos_donnees

urlpatterns = [
    path("vos-donnees/", vos_donnees, name="vos_donnees"),
    path("vos-donnees/cle-des-copies.pem", cle_des_copies, name="cle_des_copies"),
    path("", views.accueil, name="accueil"),
    path("matrice/", qui_lit_quoi, name="matrice"),
    path("aide/", views.aide, name="aide"),
    path("aide/<slug:fiche>/", views.fiche, name="aide_fiche"),
]
