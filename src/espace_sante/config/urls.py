"""Addresses of the product (contract): one include for each face."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("espace_sante.web.urls")),
    # Before /fhir, whose last address answers for everything below it.
    path("", include("espace_sante.api.urls")),
    path("fhir", include("espace_sante.interop.urls")),
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
