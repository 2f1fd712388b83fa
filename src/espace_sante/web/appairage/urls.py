"""Addresses of paired services: the one that a service sends the holder to, and the holder's own pages."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.appairage import autoriser, mes_services

urlpatterns = [
    path("oauth/authorize", autoriser.autoriser, name="autoriser"),
    path("espace/services/", mes_services.services, name="services"),
    path("espace/services/<uuid:appairage_id>/", mes_services.service, name="service"),
    path("espace/services/<uuid:appairage_id>/retrait/", mes_services.retrait, name="service_retrait"),
]
