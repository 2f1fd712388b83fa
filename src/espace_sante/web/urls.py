"""Addresses of the pages, by place (contract)."""

from django.urls import include, path

app_name = "web"
urlpatterns = [
    path("", include("espace_sante.web.public.urls")),
    path("", include("espace_sante.web.appairage.urls")),
    path("connexion/", include("espace_sante.web.connexion.urls")),
    path("espace/", include("espace_sante.web.espace.urls")),
    path("pro/", include("espace_sante.web.pro.urls")),
    path("editeurs/", include("espace_sante.web.editeurs.urls")),
    path("operation/", include("espace_sante.web.operation.urls")),
]
