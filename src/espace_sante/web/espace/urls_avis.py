"""Addresses of notices, reports and requests, in the holder's space."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.espace import notifications, signalements

urlpatterns = [
    path("avis/", notifications.notifications, name="avis"),
    path("avis/reglages/", notifications.reglages, name="avis_reglages"),
    path("demandes/", signalements.liste, name="signalements"),
    path("demandes/correction/", signalements.rectifier, name="rectifier"),
    path("demandes/<uuid:signalement_id>/", signalements.detail, name="signalement"),
    path("historique/<uuid:trace_id>/signaler/", signalements.signaler_acces, name="signaler_acces"),
    path("documents/<uuid:document_id>/signaler/", signalements.signaler_document, name="signaler_document"),
    path("documents/<uuid:document_id>/correction/", signalements.rectifier, name="rectifier_document"),
]
