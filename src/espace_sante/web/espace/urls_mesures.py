"""Addresses of the holder's measures."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.espace import mesures

urlpatterns = [
    path("mesures/", mesures.mesures, name="mesures"),
    path("mesures/<slug:nom>/", mesures.genre, name="mesure_genre"),
    path("mesures/<slug:nom>/<uuid:mesure_id>/suppression/", mesures.suppression, name="mesure_suppression"),
]
