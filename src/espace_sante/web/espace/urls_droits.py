"""Addresses of the holder's rights over his data."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.espace import droits, droits_fermeture, droits_historique, droits_reprise, droits_secret

urlpatterns = [
    path("droits/", droits.droits, name="droits"),
    path("droits/copie/", droits.demander_copie, name="droits_copie"),
    path("droits/copie/<uuid:export_id>/", droits.telecharger_copie, name="droits_copie_fichier"),
    path("droits/copie/<uuid:export_id>/<int:partie>/", droits.telecharger_copie, name="droits_copie_partie"),
    path(
        "droits/copie/<uuid:export_id>/<int:partie>/protegee/",
        droits_secret.proteger_copie,
        name="droits_copie_secret",
    ),
    path("droits/fermer/", droits_fermeture.avant_de_fermer, name="droits_fermeture"),
    path("droits/reprendre/", droits_reprise.reprendre_copie, name="droits_reprise"),
    path("droits/lecture-automatique/", droits.extraction, name="droits_extraction"),
    path("droits/historique/", droits_historique.choisir, name="droits_historique"),
    path(
        "droits/historique/historique.csv",
        droits_historique.telecharger,
        {"forme": "csv"},
        name="droits_historique_csv",
    ),
    path(
        "droits/historique/historique.pdf",
        droits_historique.telecharger,
        {"forme": "pdf"},
        name="droits_historique_pdf",
    ),
]
