"""Addresses of the holder's agenda."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.espace import agenda

urlpatterns = [
    path("agenda/", agenda.agenda, name="agenda"),
    path("agenda/<uuid:rendez_vous_id>/", agenda.un_rendez_vous, name="rendez_vous"),
    path("agenda/<uuid:rendez_vous_id>/masquage/", agenda.masquage, name="rendez_vous_masquage"),
    path("agenda/<uuid:rendez_vous_id>/note/", agenda.note, name="rendez_vous_note"),
]
