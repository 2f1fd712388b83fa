"""Public addresses: home and help."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.public import views

urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("aide/", views.aide, name="aide"),
    path("aide/<slug:fiche>/", views.fiche, name="aide_fiche"),
]
