"""Addresses of the product (contract): one include for each face."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    # First, because calls of programs are the most frequent; it leaves /fhir/.well-known/ to the next ones.
    path("fhir", include("espace_sante.interop.urls")),
    path("", include("espace_sante.web.urls")),
    path("", include("espace_sante.api.urls")),
]
if settings.ES_LOCAL:
    urlpatterns += [
        path("simulateurs/", include("espace_sante.simulateurs.urls")),
        path("composants/", include("espace_sante.web.composants.urls")),
    ]

handler400 = "espace_sante.web.erreurs.requete_refusee"
handler403 = "espace_sante.web.erreurs.acces_refuse"
handler404 = "espace_sante.web.erreurs.introuvable"
handler500 = "espace_sante.web.erreurs.panne"
